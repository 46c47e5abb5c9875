import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Figure, Measurement } from './figure.cjs';
import { capFigures, compareAll, pureSpeed } from './real/creates.cjs';
import { requestsOfLongTask } from './real/long.cjs';
import { secondStart } from './real/npmStart.cjs';
import { pageOf } from './real/page.cjs';
import { plotOfDelays, plotOfResults } from './real/plots.cjs';
import { readyToNext } from './real/readyToNext.cjs';
import { setStage, type Say } from './real/stage.cjs';
import { thousandPaused } from './real/thousand.cjs';
import { DOCS, writeSection } from './section.cjs';

/** How much is measured. */
export interface Sizes {
	items: number;
	/** Of the two nodes side by side, and of the table. */
	rounds: number;
	tableRounds: number;
	voices: number;
	paused: number;
}

const FULL: Sizes = { items: 200, rounds: 5, tableRounds: 3, voices: 30, paused: 1_000 };

/** A real n8n with the packed package, beside what one would do without it; writes `docs/bench.md` and its plots. */
export const real: Measurement = async (say) => await measure(FULL, DOCS, say);

export async function measure(sizes: Sizes, folder: string, say: Say): Promise<Figure[]> {
	const { items, tableRounds } = sizes;
	const { figures, results, delays } = await compare(sizes, say);
	// After the other n8n has ended, as it would take its time.
	figures.push(...(await secondStart(say)));
	await writeFile(join(folder, 'bench.svg'), await plotOfResults(results, items));
	await writeFile(join(folder, 'bench-ready.svg'), await plotOfDelays(delays));
	writeSection('real', pageOf({ items, rounds: tableRounds }, figures, results), folder);
	return figures;
}

async function compare({ items, rounds, tableRounds, voices, paused }: Sizes, say: Say) {
	const stage = await setStage({ fetchClips: false, submittedMs: 1_000, processingMs: 8_000 });
	try {
		const speed = await pureSpeed(stage, items, rounds, say);
		const [long, results] = await Promise.all([
			requestsOfLongTask(stage),
			compareAll(stage, items, tableRounds, say),
		]);
		const { figures: ready, delays } = await readyToNext(stage, voices, say);
		const many = await thousandPaused(stage, paused, say);
		const figures = [
			...speed,
			...capFigures(results, items, tableRounds),
			...ready,
			...long,
			...many,
		];
		return { figures, results, delays };
	} finally {
		await stage.close();
	}
}
