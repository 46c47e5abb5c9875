import { seeds } from '../test/support/clips/fuzz.cjs';
import { LIMITS } from '../test/support/clips/limits.cjs';
import {
	mutations,
	noise,
	ordeal,
	truncations,
	type Ordeal,
} from '../test/support/clips/ordeal.cjs';
import type { Figure, Measurement } from './figure.cjs';

const MUTATIONS = 20_000;
const NOISE = 1000;
const MB = 1024 * 1024;

function figure(what: string, { files, worst, faults }: Ordeal): Figure {
	const { blockedMs, ms, memoryBytes, readBytes } = worst;
	const measured = [
		`${String(faults.length)} of ${String(files)}`,
		`${blockedMs.toFixed(0)} ms`,
		`${ms.toFixed(0)} ms`,
		`${(memoryBytes / MB).toFixed(0)} MB`,
		`${(readBytes / MB).toFixed(1)} MB`,
	];
	return {
		what: `${what}: files over a limit, longest block of the event loop, longest check, most memory, most bytes read`,
		goal: `0, ${String(LIMITS.blockedMs)} ms, ${String(LIMITS.ms)} ms, 32 MB, 512 MB`,
		measured: measured.join(', '),
		met: faults.length === 0,
	};
}

/** All files of which the tests try a tenth. */
export const clipFuzz: Measurement = async (say) => {
	const files = seeds();
	const kinds = {
		[`mutations of ${String(files.length)} files`]: mutations(files, MUTATIONS, 0),
		'files that end early': truncations(files, 1),
		'random files': noise(NOISE, 1_000_000),
	};
	const figures: Figure[] = [];
	for (const [what, cases] of Object.entries(kinds)) {
		say(what);
		const result = await ordeal(cases);
		for (const fault of result.faults) say(fault);
		figures.push(figure(what, result));
	}
	return figures;
};
