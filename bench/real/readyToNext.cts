import { setTimeout as sleep } from 'node:timers/promises';

import type { WorkflowFile } from '../../sandbox/engine/index.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import { SeededRandom } from '../../sandbox/kling/random.cjs';
import type { Sandbox } from '../../sandbox/kling/server.cjs';
import { median, type Figure } from '../figure.cjs';
import { namesInARow, pollingWorkflow, POLL_S } from './contestants.cjs';
import { createWithKling, tellRecorder } from './nodes.cjs';
import { deploy, type Deployed, type Say, type Stage } from './stage.cjs';

/** One execution starts this long after the other, so that they do not wait for each other. */
const APART_MS = 500;
const SUBMITTED_MS = 1_000;
const SHORTEST_MS = 5_000;
const LONGEST_MS = 15_000;
const SEED = 7;
const GOAL = 5;
const GOAL_S = 0.12;

/** How long a finished voice waits for the next node, in seconds, by the way it is waited for. */
export type Delays = Record<Way, number[]>;
export type Way = 'pause' | 'poll' | 'usual';

export const WAYS: Record<Way, string> = {
	pause: 'Kling, waits for the callback',
	poll: 'Kling, waits for the finished voice',
	usual: `HTTP Request → Wait ${String(POLL_S)} s → Get → IF → loop`,
};

/** Ends with a request to the recorder, which names the task. */
export function tellingWorkflow(
	way: Way,
	path: string,
	addresses: { api: string; recorder: string },
): WorkflowFile {
	const { api, recorder } = addresses;
	if (way === 'usual') {
		return pollingWorkflow(path, api, tellRecorder(recorder, '$json.data.task_id'));
	}
	const waitFor = way === 'pause' ? 'callback' : 'poll';
	return namesInARow(path, [createWithKling(waitFor)], tellRecorder(recorder, '$json.task_id'));
}

/** Voices of 5 to 15 s, one in each execution, many executions at once. */
export async function readyToNext(
	stage: Stage,
	voices: number,
	say: Say,
): Promise<{ figures: Figure[]; delays: Delays }> {
	const { sandbox } = stage.ready;
	sandbox.reset();
	drawDurations(sandbox);
	const deployed = await Promise.all(ways.map(async (way) => await deployWay(stage, way)));
	say(`${String(voices)} voices of 5 to 15 s, waited for in ${String(ways.length)} ways`);
	for (let voice = 0; voice < voices; voice += 1) {
		for (const { way, call } of deployed) {
			await call([`${way} ${String(voice)}`]);
			await sleep(APART_MS);
		}
	}
	await until('every voice to reach the next node', () => {
		const { tasks } = sandbox;
		return (
			tasks.length === voices * ways.length &&
			tasks.every(({ task_id: id }) => stage.recorder.calledAt.has(id))
		);
	});
	delete sandbox.onRequest;
	await Promise.all(deployed.map(async ({ deactivate }) => await deactivate()));
	const delays = delaysOf(stage);
	return { delays, figures: [figureOf(delays, voices)] };
}

const ways = Object.keys(WAYS) as Way[];

/** Each voice takes a time of its own, the same in every bench. */
function drawDurations(sandbox: Sandbox): void {
	const random = new SeededRandom(SEED, 'callbacks');
	sandbox.options.submittedMs = SUBMITTED_MS;
	const drawNext = () => {
		const ms = SHORTEST_MS + random.below(LONGEST_MS - SHORTEST_MS);
		sandbox.options.processingMs = ms - SUBMITTED_MS;
	};
	drawNext();
	sandbox.onRequest = ({ route }) => {
		if (route === 'create') drawNext();
	};
}

async function deployWay(stage: Stage, way: Way): Promise<Deployed & { way: Way }> {
	const addresses = { api: stage.ready.sandbox.baseUrl, recorder: stage.recorder.address };
	const file = tellingWorkflow(way, `ready-${way}`, addresses);
	return { way, ...(await deploy(stage, file)) };
}

function delaysOf({ ready, recorder }: Stage): Delays {
	const delays: Delays = { pause: [], poll: [], usual: [] };
	for (const { task_id: id, voice_name: name, updated_at: readyAt } of ready.sandbox.tasks) {
		const way = ways.find((candidate) => name.startsWith(candidate)) ?? 'usual';
		delays[way].push(((recorder.calledAt.get(id) ?? NaN) - readyAt) / 1000);
	}
	return delays;
}

function figureOf(delays: Delays, voices: number): Figure {
	const times = median(delays.usual) / median(delays.pause);
	const show = (way: Way) => `${median(delays[way]).toFixed(2)} s`;
	return {
		what: `from the finished voice to the next node, tasks of 5–15 s at random: pause beside the usual polling workflow (Wait ${String(POLL_S)} s), medians of ${String(voices)} each`,
		goal: `≥ ${String(GOAL)} × sooner, ≤ ${String(GOAL_S)} s`,
		measured: `${times.toFixed(1)} × (${show('pause')} beside ${show('usual')}; Wait For: Finished Voice ${show('poll')})`,
		met: times >= GOAL && Number(median(delays.pause).toFixed(2)) <= GOAL_S,
	};
}
