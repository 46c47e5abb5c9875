import { setTimeout as sleep } from 'node:timers/promises';

import pidusage from 'pidusage';

import { until } from '../../sandbox/n8n/client/rest.cjs';
import type { Sandbox } from '../../sandbox/kling/server.cjs';
import type { Figure } from '../figure.cjs';
import { namesInARow } from './contestants.cjs';
import { createWithKling, tellRecorder } from './nodes.cjs';
import { pauseMany, resumeAll, runningOf, seconds } from './pausing.cjs';
import { deploy, type Deployed, type Say, type Stage } from './stage.cjs';
import { settle, type MemoryUse } from './usage.cjs';

/** n8n has started everything that it loads on first use, and its database has its cache. */
const WARM_UP = 50;
const QUIET_MS = 15_000;
const HOUR_MS = 3_600_000;
const LIMIT_MB = 50;
const GC_ROUNDS = 20;
/** Where many pause at once, each is looked at once more after five seconds. */
const LOOKED_MS = 8_000;

/** A thousand executions that wait for a callback: what they cost, and whether a restart loses one. */
export async function thousandPaused(stage: Stage, count: number, say: Say): Promise<Figure[]> {
	const { ready, recorder } = stage;
	const { sandbox } = ready;
	sandbox.reset();
	Object.assign(sandbox.options, { submittedMs: 1_000, processingMs: HOUR_MS });
	const node = createWithKling('callback', { timeout: HOUR_MS / 1000 });
	const done = tellRecorder(recorder.address, '$json.task_id');
	const deployed = await deploy(stage, namesInARow('thousand', [node], done));
	// What n8n keeps of the measurements before would hide what it takes now.
	await ready.restart('stop');
	await pauseMany(stage, deployed, WARM_UP);
	await resumeAll(stage);
	const before = await settle(ready.n8n, GC_ROUNDS);

	const pausedS = await seconds(async () => await pauseMany(stage, deployed, count));
	const isOver = () => performance.now() - (sandbox.requests.at(-1)?.time ?? 0) > LOOKED_MS;
	await until('the last look at the crowd', isOver);
	const after = await settle(ready.n8n, GC_ROUNDS);
	say(
		`${String(count)} paused in ${pausedS.toFixed(0)} s; memory ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
	);
	const costs = costFigures(count, await quiet(stage, deployed), { before, after });

	await ready.restart('stop');
	say('n8n was stopped and started');
	const resumedS = await seconds(async () => await resumeAll(stage));
	const took = `paused in ${pausedS.toFixed(0)} s, resumed in ${resumedS.toFixed(0)} s`;
	const resumed = await resumeFigure(stage, deployed, count, took, say);
	await deployed.deactivate();
	return [...costs, resumed];
}

function costFigures(
	count: number,
	{ requests, cpuSeconds, running }: Awaited<ReturnType<typeof quiet>>,
	{ before, after }: Record<'before' | 'after', MemoryUse>,
): Figure[] {
	const grown = Math.max(after.resident - before.resident, after.heap - before.heap);
	const span = String(QUIET_MS / 1000);
	return [
		{
			what: `${String(count)} paused executions, watched for ${span} s`,
			goal: '0 requests, 0 workers busy',
			measured: `${String(requests)} requests, ${String(running)} executions running, ${cpuSeconds.toFixed(2)} s of CPU in ${span} s`,
			met: requests === 0 && running === 0,
		},
		{
			what: 'the same: memory of n8n after garbage collection',
			goal: `< ${String(LIMIT_MB)} MB more`,
			measured: `objects in use ${change(before.heap, after.heap)}, resident ${change(before.resident, after.resident)}`,
			met: grown < LIMIT_MB,
		},
	];
}

async function resumeFigure(
	{ ready, recorder }: Stage,
	{ id: workflowId }: Deployed,
	count: number,
	took: string,
	say: Say,
): Promise<Figure> {
	const { sandbox, rest } = ready;
	const lost = sandbox.tasks.filter(({ task_id: id }) => !recorder.calledAt.has(id));
	for (const { task_id: id } of lost) say(`not resumed: task ${id}, ${answersOf(sandbox, id)}`);
	const left = await rest.executions({ workflowId, status: 'waiting', limit: count });
	return {
		what: 'the same: all callbacks, after n8n was stopped and started again',
		goal: 'all resumed',
		measured: `${String(count - lost.length)} of ${String(count)} resumed, ${String(left.length)} still waiting (${took})`,
		met: lost.length === 0 && left.length === 0,
	};
}

function change(before: number, after: number): string {
	const by = `${Math.abs(after - before).toFixed(1)} MB ${after < before ? 'less' : 'more'}`;
	return `${by} (${before.toFixed(0)} → ${after.toFixed(0)})`;
}

/** What n8n said to the callbacks of a task. */
const answersOf = ({ callbacks }: Sandbox, id: string) =>
	callbacks
		.filter(({ task_id: of }) => of === id)
		.map(({ task_status: state, status, error }) => `${state}: ${String(status ?? error)}`)
		.join(', ');

async function quiet(stage: Stage, deployed: Deployed) {
	const { sandbox, n8n } = stage.ready;
	const first = { requests: sandbox.requests.length, cpu: (await pidusage(n8n.pid)).ctime };
	// A span of time is what is looked at here.
	await sleep(QUIET_MS);
	const cpuSeconds = ((await pidusage(n8n.pid)).ctime - first.cpu) / 1000;
	return {
		requests: sandbox.requests.length - first.requests,
		cpuSeconds,
		running: await runningOf(stage, deployed),
	};
}
