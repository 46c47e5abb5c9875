import { setTimeout as sleep } from 'node:timers/promises';

import axios from 'axios';
import { stringify } from 'flatted';

import type { WorkflowFile } from '../../sandbox/engine/index.cjs';
import { startReady, type Ready } from '../../sandbox/n8n/process/ready.cjs';
import { credentialsFor } from '../../sandbox/kling/connection.cjs';
import type { Sandbox, SandboxOptions } from '../../sandbox/kling/server.cjs';
import { startRecorder, type Recorder } from '../../test/support/e2e/recorder.cjs';
import { OBSERVED, watchUsage, type Usage } from './usage.cjs';

const LOOK_MS = 500;
const AGAIN_MS = 50;
const REGISTERED_MS = 10_000;
const LONGEST_RUN_MS = 240_000;
const FINAL = ['success', 'error', 'crashed', 'canceled'];

/** Ids of the credentials for one sandbox, by type. */
export interface Keys extends Record<string, string> {
	klingApi: string;
	/** The same key as a user without the package keeps it. */
	httpHeaderAuth: string;
}

/** Told of the progress, as some measurements take minutes. */
export type Say = (progress: string) => void;

/** The n8n, sandbox and recorder that all measurements of a bench share. */
export interface Stage {
	ready: Ready;
	keys: Keys;
	recorder: Recorder;
	close: () => Promise<void>;
}

/** @param env for n8n, beside what lets its memory be watched */
export async function setStage(
	sandbox: SandboxOptions,
	env: Record<string, string> = {},
): Promise<Stage> {
	const ready = await startReady({ sandbox, env: { ...OBSERVED, ...env } });
	const recorder = await startRecorder();
	const httpHeaderAuth = await saveHeader(ready);
	return {
		ready,
		keys: { klingApi: ready.credentialId, httpHeaderAuth },
		recorder,
		async close() {
			await recorder.close();
			await ready.close();
		},
	};
}

/** Both kinds of keys for one more sandbox. */
export async function keysFor({ rest }: Ready, sandbox: Sandbox): Promise<Keys> {
	const fields = credentialsFor(sandbox);
	const klingApi = await rest.saveCredential('Kling API', 'klingApi', fields);
	return { klingApi, httpHeaderAuth: await saveHeader({ rest }) };
}

async function saveHeader({ rest }: Pick<Ready, 'rest'>): Promise<string> {
	return await rest.saveCredential('Kling key', 'httpHeaderAuth', {
		name: 'Authorization',
		value: 'Bearer sandbox-key',
	});
}

export const namesOf = (count: number): string[] =>
	Array.from({ length: count }, (_, index) => `Voice ${String(index)}`);

/** An active workflow. */
export interface Deployed {
	id: string;
	/** One execution in production for these names. @returns when it was called, milliseconds since the epoch */
	call: (names: string[]) => Promise<number>;
	deactivate: () => Promise<void>;
}

export async function deploy(
	{ ready, keys }: Stage,
	file: WorkflowFile,
	credentials = keys,
): Promise<Deployed> {
	const { id } = await ready.rest.importWorkflow(file, { credentials });
	await ready.rest.activate(id);
	const path = pathOf(file);
	return {
		id,
		async call(names) {
			return await callRegistered(`${ready.n8n.address}/webhook/${path}`, { names });
		},
		deactivate: async () => {
			await ready.rest.deactivate(id);
		},
	};
}

function pathOf({ name, nodes }: WorkflowFile): string {
	const path = nodes[0]?.parameters.path;
	if (typeof path !== 'string') throw new Error(`${name} does not begin with a webhook`);
	return path;
}

/** n8n registers the webhook a moment after it has called the workflow active; a 404 has started nothing. */
async function callRegistered(url: string, body: object): Promise<number> {
	const until = Date.now() + REGISTERED_MS;
	for (;;) {
		const calledAt = Date.now();
		const { status } = await axios.post(url, body, { proxy: false, validateStatus: () => true });
		if (status === 200) return calledAt;
		if (status !== 404 || Date.now() > until) throw new Error(`${url} answered ${String(status)}`);
		await sleep(AGAIN_MS);
	}
}

/** What one execution did and took. */
export interface RunFigures extends Usage {
	/** From the webhook's call to the end that n8n stored. */
	wallSeconds: number;
	/** Of the node that creates, in all its tries. */
	createSeconds: number;
	/** Items that came in and did not come to the node "Done". */
	failed: number;
	/** Tasks made beyond the first of each name. */
	duplicates: number;
	requests: number;
	/** Executions that n8n stored, and their size. */
	rows: number;
	storedKb: number;
}

/** Runs a workflow once and deactivates it. The sandbox is expected to be fresh. */
export async function runOnce(
	stage: Stage,
	file: WorkflowFile,
	names: string[],
): Promise<RunFigures> {
	const { ready } = stage;
	const { sandbox, rest } = ready;
	const deployed = await deploy(stage, file);
	const { result, ...used } = await watchUsage(ready.n8n.pid, async () => {
		const calledAt = await deployed.call(names);
		return { calledAt, ...(await untilEnded(ready, deployed.id)) };
	});
	const { calledAt, id, stoppedAt } = result;
	await deployed.deactivate();
	const { data } = await rest.execution(id);
	const stored = await rest.executions({ workflowId: deployed.id, limit: 100 });
	const made = sandbox.tasks.map(({ voice_name: name }) => name);
	const { runData } = data.resultData;
	const itemsDone = (runData.Done ?? []).map((run) => run.data?.main?.[0]?.length ?? 0);
	return {
		...used,
		wallSeconds: (Date.parse(stoppedAt) - calledAt) / 1000,
		createSeconds: (runData.Create ?? []).reduce((ms, run) => ms + run.executionTime, 0) / 1000,
		failed: names.length - itemsDone.reduce((sum, count) => sum + count, 0),
		duplicates: made.length - new Set(made).size,
		requests: sandbox.requests.length,
		rows: stored.length,
		storedKb: Buffer.byteLength(stringify(data)) / 1024,
	};
}

/** Looks seldom, as n8n's own work for each look counts as the run's; an n8n that is too busy to answer is asked again. */
async function untilEnded(
	{ rest }: Ready,
	workflowId: string,
): Promise<{ id: string; stoppedAt: string }> {
	const until = Date.now() + LONGEST_RUN_MS;
	while (Date.now() < until) {
		await sleep(LOOK_MS);
		const [execution] = await rest.executions({ workflowId, limit: 1 }).catch(() => []);
		if (execution?.stoppedAt && FINAL.includes(execution.status)) {
			return { id: execution.id, stoppedAt: execution.stoppedAt };
		}
	}
	throw new Error(`Workflow ${workflowId} has not ended in ${String(LONGEST_RUN_MS / 1000)} s`);
}
