import { median, type Figure } from '../figure.cjs';
import { pausing, sideBySide, type Contestant } from './contestants.cjs';
import { namesOf, runOnce, type RunFigures, type Say, type Stage } from './stage.cjs';
import { settle } from './usage.cjs';

const GOAL_S = 14;
const GOAL_TIMES = 1.25;
const GOAL_CPU_S = 7;

/** How long each voice of the stage's sandbox takes. */
export const VOICE_S = 9;

export type Engine = 'default' | 'lazy';

/**
 * One execution that waits for many voices. Each calls back up to three times: n8n refuses what comes before the pause.
 * As many creates with HTTP Request, just before, tell how fast the machine is.
 */
export async function callbacksOfOne(
	stage: Stage,
	engine: Engine,
	items: number,
	rounds: number,
	say: Say,
): Promise<Figure[]> {
	const { theirs } = sideBySide(items);
	const runs: RunFigures[] = [];
	const references: number[] = [];
	const taken: number[] = [];
	for (let round = 0; round < rounds; round += 1) {
		const name = `one-${engine}-${String(round)}`;
		const reference = await fresh(stage, theirs, `${name}-http`, items);
		const run = await fresh(stage, pausing, name, items);
		runs.push(run);
		references.push(reference.wallSeconds);
		taken.push(stage.ready.sandbox.callbacks.filter(({ status }) => status === 200).length);
		say(
			`${engine}: ${run.wallSeconds.toFixed(1)} s, ${run.cpuSeconds.toFixed(1)} s of CPU, ${String(run.failed)} failed; HTTP Request ${reference.wallSeconds.toFixed(2)} s`,
		);
	}
	const wall = median(runs.map(({ wallSeconds }) => wallSeconds));
	const cpu = median(runs.map(({ cpuSeconds }) => cpuSeconds));
	const failed = Math.max(...runs.map((run) => run.failed));
	const reference = median(references);
	const times = wall / VOICE_S;
	const isMet = engine === 'default' ? wall <= GOAL_S : times <= GOAL_TIMES && cpu <= GOAL_CPU_S;
	return [
		{
			what: `${String(items)} voices of ${String(VOICE_S)} s in one paused run, ${ENGINES[engine]} (median of ${String(rounds)})`,
			goal: GOALS[engine],
			measured: `${wall.toFixed(1)} s, ${times.toFixed(2)} × the voices' time, ${cpu.toFixed(1)} s of CPU, ${String(failed)} failed; n8n took ${String(median(taken))} callbacks (HTTP Request beside it: ${reference.toFixed(2)} s for as many creates)`,
			met: isMet && failed === 0,
		},
	];
}

async function fresh(
	stage: Stage,
	way: Contestant,
	path: string,
	items: number,
): Promise<RunFigures> {
	stage.ready.sandbox.reset();
	await settle(stage.ready.n8n);
	return await runOnce(stage, way.build(path, stage.ready.sandbox.baseUrl), namesOf(items));
}

const ENGINES: Record<Engine, string> = {
	default: 'n8n as it is',
	lazy: 'with the lazy expression engine',
};

const GOALS: Record<Engine, string> = {
	default: `≤ ${String(GOAL_S)} s`,
	lazy: `≤ ${String(GOAL_TIMES)} × the voices' time, ≤ ${String(GOAL_CPU_S)} s of CPU`,
};
