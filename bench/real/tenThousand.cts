import { median, type Figure } from '../figure.cjs';
import { sideBySide } from './contestants.cjs';
import { namesOf, runOnce, type RunFigures, type Say, type Stage } from './stage.cjs';
import { settle } from './usage.cjs';

const IN_FLIGHT = 200;
const GOAL_MS = 2;
const GOAL_MB = 120;
/** n8n's memory grows once, with the first large run. */
const WARM_UP = 2_000;

/** One run with thousands of items. */
export async function manyCreates(
	stage: Stage,
	items: number,
	rounds: number,
	say: Say,
): Promise<Figure[]> {
	const runs: RunFigures[] = [];
	const { ready } = stage;
	const { ours } = sideBySide(IN_FLIGHT);
	const warm = ours.build('many-warm', ready.sandbox.baseUrl);
	await runOnce(stage, warm, namesOf(WARM_UP));
	for (let round = 0; round < rounds; round += 1) {
		ready.sandbox.reset();
		await settle(ready.n8n);
		const file = ours.build(`many-${String(round)}`, ready.sandbox.baseUrl);
		const run = await runOnce(stage, file, namesOf(items));
		runs.push(run);
		say(
			`${String(items)} items: ${run.wallSeconds.toFixed(1)} s (${run.cpuSeconds.toFixed(1)} s of CPU), ${run.peakMb.toFixed(0)} MB, ${String(run.failed)} failed`,
		);
	}
	const eachMs = (median(runs.map(({ wallSeconds }) => wallSeconds)) * 1000) / items;
	const peakMb = median(runs.map((run) => run.peakMb));
	const wrong = runs.reduce((sum, { failed, duplicates }) => sum + failed + duplicates, 0);
	return [
		{
			what: `${String(items)} creates in one run, ${String(IN_FLIGHT)} in flight (median of ${String(rounds)})`,
			goal: `≤ ${String(GOAL_MS)} ms per item, ≤ ${String(GOAL_MB)} MB more at the peak`,
			measured: `${eachMs.toFixed(2)} ms per item, ${peakMb.toFixed(0)} MB more; ${String(wrong)} failed or made twice`,
			met: eachMs <= GOAL_MS && peakMb <= GOAL_MB && wrong === 0,
		},
	];
}
