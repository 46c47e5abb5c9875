import { Agent, request } from 'node:http';
import pLimit from 'p-limit';
import type { IDataObject, INode, INodeType } from 'n8n-workflow';

import { outputOf, type WorkflowFile } from '../sandbox/engine.cjs';
import { startInstance, type ActiveWorkflow, type Instance } from '../sandbox/engineInstance.cjs';
import { SeededRandom } from '../sandbox/random.cjs';
import { startSandbox, type Sandbox } from '../sandbox/server.cjs';
import { median, type Figure, type Measurement } from './figure.cjs';
import { credentialsFor } from './workflow.cjs';

const TASKS = 10_000;
const FORGED = 1_000;
const LOST = 0.2;
const DOUBLED = 0.2;
const AT_ONCE = 50;
const CALLS = 600;
const ROUNDS = 5;
const API_MS = 20;
const FILTERED = 100_000;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

/** What the trigger promises, and what it costs beside a webhook that promises nothing. */
export const events: Measurement = async (say) => {
	const sandbox = await startSandbox({
		fetchClips: false,
		callbacks: false,
		submittedMs: 600_000,
		recordRequests: false,
	});
	const instance = await startInstance();
	try {
		say(`${String(TASKS)} tasks, callbacks lost, doubled, shuffled and forged`);
		const once = await eachOnce(instance, sandbox);
		say(`${String(CALLS)} callbacks, ${String(ROUNDS)} rounds, beside a bare webhook`);
		const speed = await speeds(instance, sandbox);
		say(`${String(FILTERED)} callbacks that start nothing`);
		return [...once, ...speed, await memory(instance, sandbox)];
	} finally {
		await instance.close();
		await sandbox.close();
	}
};

async function eachOnce(instance: Instance, sandbox: Sandbox): Promise<Figure[]> {
	const workflow = await activate(instance, sandbox, { receive: 'both' });
	const ids = finishedTasks(sandbox, TASKS);
	const random = new SeededRandom(7, 'callbacks');
	const calls = ids.flatMap((id) => {
		if (random.chance(LOST)) return [];
		return random.chance(DOUBLED) ? [id, id] : [id];
	});
	const forged = Array.from({ length: FORGED }, (_, n) => `9${String(n).padStart(17, '0')}`);
	await post(workflow.url, random.shuffled([...calls, ...forged]));
	await workflow.poll();
	await workflow.poll();
	await workflow.idle();
	const seen = workflow.executions.flatMap((run) =>
		outputOf(run, 'Trigger').map(({ json }) => json.task_id as string),
	);
	await workflow.deactivate();
	const known = new Set(ids);
	const unique = new Set(seen.filter((id) => known.has(id)));
	const twice = seen.filter((id) => known.has(id)).length - unique.size;
	const strangers = seen.filter((id) => !known.has(id)).length;
	return [
		{
			what: `${String(TASKS)} finished tasks; 20 % of callbacks dropped, 20 % doubled, shuffled, ${String(FORGED)} forged ones between`,
			goal: `${String(TASKS)} events, 0 twice, 0 forged`,
			measured: `${String(unique.size)} events, ${String(twice)} twice, ${String(strangers)} forged`,
			met: unique.size === TASKS && twice === 0 && strangers === 0,
		},
	];
}

async function speeds(instance: Instance, sandbox: Sandbox): Promise<Figure[]> {
	const off: number[] = [];
	const on: number[] = [];
	for (let round = 0; round < ROUNDS; round += 1) {
		// Side by side in each round, as the speed of the machine changes from one to the next.
		const bare = await perSecond(instance, sandbox, bareWorkflow());
		const unverified = await perSecond(
			instance,
			sandbox,
			triggerWorkflow({ options: { verify: false } }),
		);
		sandbox.addFault({ on: 'get', kind: 'slow', delayMs: API_MS });
		const verified = await perSecond(instance, sandbox, triggerWorkflow({}));
		sandbox.clearFaults();
		off.push(unverified / bare);
		on.push(verified / unverified);
	}
	const [offRatio, onRatio] = [median(off), median(on)];
	return [
		{
			what: `callbacks per second, verify off, beside a bare webhook trigger (median of ${String(ROUNDS)})`,
			goal: '≥ 0.9 ×',
			measured: `${offRatio.toFixed(2)} ×`,
			met: offRatio >= 0.9,
		},
		{
			what: `callbacks per second, verify on, API answering in ${String(API_MS)} ms (median of ${String(ROUNDS)})`,
			goal: '≥ 0.5 × of the above',
			measured: `${onRatio.toFixed(2)} ×`,
			met: onRatio >= 0.5,
		},
	];
}

async function perSecond(
	instance: Instance,
	sandbox: Sandbox,
	file: WorkflowFile,
): Promise<number> {
	const workflow = await instance.activate(file, {
		credentials: credentialsFor(sandbox),
		nodeTypes: { 'bench.webhook': bareWebhook },
	});
	const ids = finishedTasks(sandbox, CALLS);
	const started = performance.now();
	await post(workflow.url, ids);
	await workflow.idle();
	const seconds = (performance.now() - started) / 1000;
	if (workflow.executions.length !== CALLS) throw new Error('Not every call started the workflow');
	await workflow.deactivate();
	sandbox.reset();
	return CALLS / seconds;
}

async function memory(instance: Instance, sandbox: Sandbox): Promise<Figure> {
	const workflow = await activate(instance, sandbox, {});
	const heapMb = async (calls: number) => {
		await post(
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

function finishedTasks(sandbox: Sandbox, count: number): string[] {
	const created = Array.from({ length: count }, (_, n) =>
		sandbox.createTask({ voice_name: `Voice ${String(n)}` }),
	);
	return created.map(({ task_id: id }) => {
		sandbox.finish(id);
		return id;
	});
}

async function post(url: string, ids: string[], task_status = 'succeed'): Promise<void> {
	const limit = pLimit(AT_ONCE);
	await Promise.all(
		ids.map(
			async (task_id) => await limit(async () => await postOne(url, { task_id, task_status })),
		),
	);
}

async function postOne(url: string, body: IDataObject): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const call = request(
			url,
			{ method: 'POST', agent, headers: { 'content-type': 'application/json' } },
			(response) => {
				response.resume().on('end', resolve);
			},
		);
		call.on('error', reject).end(JSON.stringify(body));
	});
}

let workflows = 0;

function workflowOf(type: string, parameters: IDataObject): WorkflowFile {
	const id = `bench-${String((workflows += 1))}`;
	const node: INode = {
		id,
		name: 'Trigger',
		type,
		typeVersion: 1,
		position: [0, 0],
		webhookId: id,
		parameters: parameters as INode['parameters'],
		credentials: { klingApi: { id: '1', name: 'Kling API' } },
	};
	return { id, name: 'Bench', nodes: [node], connections: {} };
}

const triggerWorkflow = (parameters: IDataObject) =>
	workflowOf('n8n-nodes-kling-voice.klingTrigger', parameters);
const bareWorkflow = () => workflowOf('bench.webhook', {});

async function activate(
	instance: Instance,
	sandbox: Sandbox,
	parameters: IDataObject,
): Promise<ActiveWorkflow> {
	return await instance.activate(triggerWorkflow(parameters), {
		credentials: credentialsFor(sandbox),
	});
}

/** The least that a webhook trigger can do: hand the body on. */
const bareWebhook: INodeType = {
	description: {
		displayName: 'Bare Webhook',
		name: 'webhook',
		group: ['trigger'],
		version: 1,
		description: 'Hands the body on',
		defaults: {},
		inputs: [],
		outputs: ['main'],
		properties: [],
		webhooks: [{ name: 'default', httpMethod: 'POST', path: 'hook', responseMode: 'onReceived' }],
	},
	async webhook() {
		const { headers, query, params } = this.getRequestObject();
		const json = { headers, params, query, body: this.getBodyData() } as IDataObject;
		return await Promise.resolve({ workflowData: [[{ json }]] });
	},
};
