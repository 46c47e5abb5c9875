import { median, type Figure } from '../figure.cjs';
import { pausing } from './contestants.cjs';
import { namesOf, runOnce, type RunFigures, type Say, type Stage } from './stage.cjs';
import { settle } from './usage.cjs';

const GOAL_S = 14;
const GOAL_TIMES = 1.25;
const GOAL_CPU_S = 7;

/** How long each voice of the stage's sandbox takes. */
export const VOICE_S = 9;

export type Engine = 'default' | 'lazy';

/** One execution that waits for many voices, each of which is called back twice. */
export async function callbacksOfOne(
	stage: Stage,
	engine: Engine,
	items: number,
	rounds: number,
	say: Say,
): Promise<Figure[]> {
	const runs: RunFigures[] = [];
	for (let round = 0; round < rounds; round += 1) {
		stage.ready.sandbox.reset();
		await settle(stage.ready.n8n);
		const file = pausing.build(`one-${engine}-${String(round)}`, stage.ready.sandbox.baseUrl);
		const run = await runOnce(stage, file, namesOf(items));
		runs.push(run);
		say(
			`${engine}: ${run.wallSeconds.toFixed(1)} s, ${run.cpuSeconds.toFixed(1)} s of CPU, ${String(run.failed)} failed`,
		);
	}
	const wall = median(runs.map(({ wallSeconds }) => wallSeconds));
	const cpu = median(runs.map(({ cpuSeconds }) => cpuSeconds));
	const failed = Math.max(...runs.map((run) => run.failed));
	const times = wall / VOICE_S;
	const isMet = engine === 'default' ? wall <= GOAL_S : times <= GOAL_TIMES && cpu <= GOAL_CPU_S;
	return [
		{
			what: `${String(items)} voices of ${String(VOICE_S)} s in one paused run, ${ENGINES[engine]} (median of ${String(rounds)})`,
			goal: GOALS[engine],
			measured: `${wall.toFixed(1)} s, ${times.toFixed(2)} × the voices' time, ${cpu.toFixed(1)} s of CPU, ${String(failed)} failed`,
			met: isMet && failed === 0,
		},
	];
}

const ENGINES: Record<Engine, string> = {
	default: 'n8n as it is',
	lazy: 'with the lazy expression engine',
};

const GOALS: Record<Engine, string> = {
	default: `≤ ${String(GOAL_S)} s`,
	lazy: `≤ ${String(GOAL_TIMES)} × the voices' time, ≤ ${String(GOAL_CPU_S)} s of CPU`,
};
