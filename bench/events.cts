import { Agent } from 'node:http';
import pLimit from 'p-limit';
import type { IDataObject } from 'n8n-workflow';

import { outputOf } from '../sandbox/engine/index.cjs';
import {
	startInstance,
	type ActiveWorkflow,
	type Instance,
} from '../sandbox/engine/instance/index.cjs';
import { SeededRandom } from '../sandbox/kling/random.cjs';
import { credentialsFor } from '../sandbox/kling/connection.cjs';
import { startSandbox, type Sandbox } from '../sandbox/kling/server.cjs';
import { triggerWorkflow } from '../test/support/workflows.cjs';
import { finishedTasks, postCallback } from './callback.cjs';
import type { Figure, Measurement } from './figure.cjs';

const TASKS = 10_000;
const FORGED = 1_000;
const LOST = 0.2;
const DOUBLED = 0.2;
const AT_ONCE = 50;
const FILTERED = 100_000;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

/** What the trigger promises. What it costs in a real n8n is measured by `realEvents`. */
export const triggerEvents: Measurement = async (say) => {
	const sandbox = await startSandbox({
		fetchClips: false,
		callbacks: false,
		submittedMs: 600_000,
		recordRequests: false,
	});
	const instance = await startInstance();
	try {
		say(`${String(TASKS)} tasks, callbacks lost, doubled, shuffled and forged`);
		const once = await onceFigure(instance, sandbox);
		say(`${String(FILTERED)} callbacks that start nothing`);
		return [...once, await heapFigure(instance, sandbox)];
	} finally {
		await instance.close();
		await sandbox.close();
	}
};

async function onceFigure(instance: Instance, sandbox: Sandbox): Promise<Figure[]> {
	const workflow = await activateTrigger(instance, sandbox, { receive: 'both' });
	const ids = finishedTasks(sandbox, TASKS);
	const random = new SeededRandom(7, 'callbacks');
	const calls = ids.flatMap((id) => {
		if (random.chance(LOST)) return [];
		return random.chance(DOUBLED) ? [id, id] : [id];
	});
	const forged = Array.from({ length: FORGED }, (_, n) => `9${String(n).padStart(17, '0')}`);
	await postAll(workflow.url, random.shuffled([...calls, ...forged]));
	await workflow.poll();
	await workflow.poll();
	await workflow.idle();
	const seen = workflow.executions.flatMap((run) =>
		outputOf(run, 'Kling Trigger').map(({ json }) => json.task_id as string),
	);
	await workflow.deactivate();
	const known = new Set(ids);
	const unique = new Set(seen.filter((id) => known.has(id)));
	const twice = seen.filter((id) => known.has(id)).length - unique.size;
	const strangers = seen.filter((id) => !known.has(id)).length;
	return [
		{
			what: `${String(TASKS)} finished tasks; callbacks in random order, 20 % of them lost, 20 % repeated, ${String(FORGED)} forged ones between them`,
			goal: `${String(TASKS)} events, 0 twice, 0 forged`,
			measured: `${String(unique.size)} events, ${String(twice)} twice, ${String(strangers)} forged`,
			met: unique.size === TASKS && twice === 0 && strangers === 0,
		},
	];
}

async function heapFigure(instance: Instance, sandbox: Sandbox): Promise<Figure> {
	const workflow = await activateTrigger(instance, sandbox, {});
	const heapMb = async (calls: number) => {
		await postAll(
			workflow.url,
			Array.from({ length: calls }, (_, n) => String(n)),
			'processing',
		);
		global.gc?.();
		return process.memoryUsage().heapUsed / 1024 / 1024;
	};
	const before = await heapMb(FILTERED / 10);
	const after = await heapMb(FILTERED);
	await workflow.deactivate();
	const grown = after - before;
	return {
		what: `heap after ${String(FILTERED)} filtered callbacks, beside that after ${String(FILTERED / 10)}`,
		goal: 'flat (< 5 MB more)',
		measured: `${grown.toFixed(1)} MB more`,
		met: grown < 5,
	};
}

async function postAll(url: string, ids: string[], task_status = 'succeed'): Promise<void> {
	const limit = pLimit(AT_ONCE);
	await Promise.all(
		ids.map(
			async (task_id) =>
				await limit(async () => await postCallback(url, { task_id, task_status }, { agent })),
		),
	);
}

async function activateTrigger(
	instance: Instance,
	sandbox: Sandbox,
	parameters: IDataObject,
): Promise<ActiveWorkflow> {
	return await instance.activate(triggerWorkflow(parameters), {
		credentials: credentialsFor(sandbox),
	});
}
