import { createsAtHostileGateway } from '../test/support/hostileGateway.cjs';
import { ordealOfReaders, READER_LIMITS } from '../test/support/readers/ordeal.cjs';
import type { Figure, Measurement } from './figure.cjs';

const CREATES = 1_000;
const TIMEOUT_S = 120;
/** Looks for a lost answer, and the requests under way when the time is up, come on top. */
const MOST_S = 2 * TIMEOUT_S;
const CASES = 100_000;
const SEED = 1;

/** Whether a gateway that answers badly at random can cost, mislead or stop. */
export const hostileGateway: Measurement = async (say) => {
	say(`${String(CREATES)} creates at a gateway that spoils one answer in three`);
	const run = await createsAtHostileGateway(CREATES, TIMEOUT_S);
	say(`took ${run.seconds.toFixed(0)} s`);
	say(`${String(CASES)} spoilt answers, callbacks, rows and errors`);
	return [...figuresOf(run), readers(say)];
};

function figuresOf(run: Awaited<ReturnType<typeof createsAtHostileGateway>>): Figure[] {
	const { twice, ofOthers, nameless, voices, errors, seconds } = run;
	const zero = (what: string, count: number): Figure => ({
		what,
		goal: '0',
		measured: String(count),
		met: count === 0,
	});
	return [
		zero(`${String(CREATES)} creates at a hostile gateway: paid twice`, twice),
		zero('the same: items with a voice of somebody else', ofOthers),
		zero('the same: items without an ID of their own', nameless),
		{
			what: 'the same: all items ended, in seconds',
			goal: `≤ ${String(MOST_S)}`,
			measured: `${seconds.toFixed(0)} (${String(voices)} voices, ${String(errors)} errors)`,
			met: seconds <= MOST_S && voices + errors === CREATES,
		},
	];
}

function readers(say: (progress: string) => void): Figure {
	const { faults, cases, slowestMs } = ordealOfReaders(CASES, SEED);
	for (const fault of faults.slice(0, 10)) say(fault);
	return {
		what: `${String(cases)} strange answers and callbacks: exceptions, false successes, long errors, or over ${String(READER_LIMITS.blockedMs)} ms`,
		goal: '0',
		measured: `${String(faults.length)} (slowest ${slowestMs.toFixed(0)} ms)`,
		met: faults.length === 0,
	};
}
