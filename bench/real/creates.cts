import { median, type Figure } from '../figure.cjs';
import type { FaultRule } from '../../sandbox/kling/server.cjs';
import { contestants, sideBySide, TUNED_NAME, type Contestant } from './contestants.cjs';
import { namesOf, runOnce, type RunFigures, type Say, type Stage } from './stage.cjs';
import { settle } from './usage.cjs';

const ALLOWED = 5;
const EACH_MS = 500;
const CAPPED = '5 in flight';
const FAULT_KINDS: Partial<FaultRule>[] = [
	{ kind: 'errorBefore', status: 503 },
	{ kind: 'resetBefore' },
	{ kind: 'answerLost' },
	{ kind: 'errorAfter', status: 500 },
];
const FAULTY_SHARE = 0.02;
/** Goals: beside HTTP Request, and beside what a cap allows. */
const SIDE_BY_SIDE = 0.55;
const OF_IDEAL = 1.03;

/** What the sandbox is like in one part of the comparison. */
export interface Condition {
	name: string;
	apply: (stage: Stage, items: number) => void;
}

export const CONDITIONS: Condition[] = [
	{ name: 'no cap', apply: () => undefined },
	{
		name: CAPPED,
		apply: ({ ready }) => {
			Object.assign(ready.sandbox.options, {
				createMs: EACH_MS,
				maxInFlight: ALLOWED,
				slotHeldBy: 'request',
			});
		},
	},
	{ name: '2 % faults', apply: ({ ready }, items) => breakSome(ready.sandbox, items) },
];

/** Of the first creates exactly 2 %, evenly and each kind in turn; of the reads 2 % by chance. */
function breakSome(sandbox: Stage['ready']['sandbox'], items: number): void {
	const every = 1 / FAULTY_SHARE;
	for (let at = every / 2; at < items; at += every) {
		const fault = FAULT_KINDS[Math.floor(at / every) % FAULT_KINDS.length];
		sandbox.addFault({ kind: 'errorBefore', ...fault, on: 'create', skip: at, times: 1 });
	}
	sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 503, probability: FAULTY_SHARE });
	sandbox.addFault({ on: 'list', kind: 'errorBefore', status: 503, probability: FAULTY_SHARE });
}

/** A contestant under a condition. */
export interface Result {
	condition: string;
	contestant: string;
	/** The one that took the median of all times, with the most that failed, and were made twice, in any of them. */
	run: RunFigures;
}

/** Every contestant under every condition, in turns. */
export async function compareAll(
	stage: Stage,
	items: number,
	rounds: number,
	say: Say,
): Promise<Result[]> {
	const results: Result[] = [];
	for (const condition of CONDITIONS) {
		const runs = contestants.map((contestant): [Contestant, RunFigures[]] => [contestant, []]);
		for (let round = 1; round <= rounds; round += 1) {
			for (const [contestant, all] of runs) {
				const run = await underCondition(stage, contestant, condition, items);
				all.push(run);
				say(
					`${condition.name}, ${contestant.name}, round ${String(round)}: ${run.wallSeconds.toFixed(2)} s, ${String(run.failed)} failed, ${String(run.duplicates)} made twice`,
				);
			}
		}
		for (const [{ name }, all] of runs) {
			results.push({ condition: condition.name, contestant: name, run: middleOf(all) });
		}
	}
	return results;
}

function middleOf(runs: RunFigures[]): RunFigures {
	const wallSeconds = median(runs.map((run) => run.wallSeconds));
	const middle = runs.find((run) => run.wallSeconds === wallSeconds);
	if (!middle) throw new Error('There were no runs');
	return {
		...middle,
		failed: Math.max(...runs.map(({ failed }) => failed)),
		duplicates: Math.max(...runs.map(({ duplicates }) => duplicates)),
	};
}

async function underCondition(
	stage: Stage,
	contestant: Contestant,
	condition: Condition,
	items: number,
): Promise<RunFigures> {
	const { sandbox, n8n } = stage.ready;
	sandbox.reset();
	condition.apply(stage, items);
	await settle(n8n);
	return await runOnce(stage, build(stage, contestant), namesOf(items));
}

let built = 0;

/** Each run has a workflow and a webhook of its own. */
function build({ ready }: Stage, { build: make, name }: Contestant) {
	built += 1;
	return { ...make(`bench-${String(built)}`, ready.sandbox.baseUrl), name };
}

type Side = 'ours' | 'theirs';
type SideSeconds = Record<Side, { wall: number[]; node: number[] }>;

/** Both nodes with all items in flight at once and nothing in their way: what the node itself costs. */
export async function pureSpeed(
	stage: Stage,
	items: number,
	rounds: number,
	say: Say,
): Promise<Figure[]> {
	const { ours, theirs } = await timedSideBySide(stage, items, rounds);
	const show = (values: number[]) => `${median(values).toFixed(3)} s`;
	const ratios = ours.wall.map((value, round) => value / (theirs.wall[round] ?? NaN));
	say(`wall, ours: ${ours.wall.join(' ')}; theirs: ${theirs.wall.join(' ')}`);
	say(`node, ours: ${ours.node.join(' ')}; theirs: ${theirs.node.join(' ')}`);
	const ratio = median(ratios);
	return [
		{
			what: `${String(items)} creates without a cap: Kling (Wait For: Nothing, Max Concurrency ${String(items)}) beside HTTP Request (no batching), all ${String(items)} in flight (median of ${String(rounds)} rounds, in turns)`,
			goal: `≤ ${String(SIDE_BY_SIDE)} × its wall clock`,
			measured: `${ratio.toFixed(3)} × (${show(ours.wall)} beside ${show(theirs.wall)}; the node alone ${show(ours.node)} beside ${show(theirs.node)})`,
			met: ratio <= SIDE_BY_SIDE,
		},
	];
}

async function timedSideBySide(stage: Stage, items: number, rounds: number): Promise<SideSeconds> {
	const contestant = sideBySide(items);
	const seconds: SideSeconds = { ours: { wall: [], node: [] }, theirs: { wall: [], node: [] } };
	const sides: Side[] = ['ours', 'theirs'];
	// The first round warms both up and does not count; who goes first changes from round to round.
	for (let round = 0; round <= rounds; round += 1) {
		for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
			stage.ready.sandbox.reset();
			const run = await runOnce(stage, build(stage, contestant[side]), namesOf(items));
			if (run.failed > 0) throw new Error(`${contestant[side].name}: ${String(run.failed)} failed`);
			if (round === 0) continue;
			seconds[side].wall.push(run.wallSeconds);
			seconds[side].node.push(run.createSeconds);
		}
	}
	return seconds;
}

/** What the cap of five costs each: the Kling node, HTTP Request as it is, and HTTP Request tuned to that cap. */
export function capFigures(results: Result[], items: number, rounds: number): Figure[] {
	const capped = (name: string) => {
		const found = results.find(
			({ condition, contestant }) => condition === CAPPED && contestant === name,
		);
		if (!found) throw new Error(`${name} did not run`);
		return found.run;
	};
	const ours = capped('Kling');
	const plain = capped('HTTP Request');
	const tuned = capped(TUNED_NAME);
	const ratio = ours.wallSeconds / ((items / ALLOWED) * (EACH_MS / 1000));
	const shown = ({ wallSeconds, failed }: RunFigures) =>
		`${wallSeconds.toFixed(1)} s, ${String(failed)} failed`;
	const isBeaten = ours.wallSeconds < tuned.wallSeconds && ours.failed <= tuned.failed;
	return [
		{
			what: `${String(items)} creates of 500 ms each, at most 5 at a time allowed: Kling with its defaults (median of ${String(rounds)})`,
			goal: `≤ ${String(OF_IDEAL)} × ideal, 0 failed`,
			measured: `${ratio.toFixed(3)} × ideal (${shown(ours)}); HTTP Request: ${shown(plain)}`,
			met: ratio <= OF_IDEAL && ours.failed === 0,
		},
		{
			what: 'the same beside HTTP Request in batches of 5 every 700 ms, tuned by hand to this cap',
			goal: 'faster, without any tuning',
			measured: `${shown(ours)} beside ${shown(tuned)}`,
			met: isBeaten,
		},
	];
}
