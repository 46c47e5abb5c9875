import axios from 'axios';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';
import { type Cluster, startCluster } from '../../../sandbox/n8n/process/cluster.cjs';
import type { N8nProcess } from '../../../sandbox/n8n/process/instance.cjs';
import { type ExecutionDetails, until } from '../../../sandbox/n8n/client/rest.cjs';
import { clipOf } from '../../../sandbox/kling/connection.cjs';
import type { SandboxTask } from '../../../sandbox/kling/server.cjs';

/** Long enough that a task ends only when the test says so. */
export const UNTIL_TOLD_MS = 3_600_000;

/** A cluster and what the tests do with it. */
export interface TestCluster extends Cluster {
	/** @returns the id of the workflow, which is active */
	add(file: WorkflowFile): Promise<string>;
	/** Calls `/webhook/<path>` as the outside world does. @returns the tasks that came of it, when there are `count` */
	order(path: string, voices: IDataObject[]): Promise<SandboxTask[]>;
	/** `count` voices of a clip that is good. */
	voices(prefix: string, count: number): IDataObject[];
	/** The only execution of a workflow, or its newest. */
	newest(workflowId: string): Promise<string>;
	paused(executionId: string): Promise<void>;
}

export async function startTestCluster(
	options: Parameters<typeof startCluster>[0],
): Promise<TestCluster> {
	const cluster = await startCluster(options);
	const { rest, sandbox } = cluster;
	return {
		...cluster,
		// They come and go.
		get main() {
			return cluster.main;
		},
		get workers() {
			return cluster.workers;
		},
		get webhooks() {
			return cluster.webhooks;
		},
		add: async (file) => await addWorkflow(cluster, file),
		order: async (path, voices) => await orderVoices(cluster, path, voices),
		voices: (prefix, count) =>
			Array.from({ length: count }, (_, index) => ({
				voice_name: `${prefix} ${index}`,
				voice_url: clipOf(sandbox),
				key: `${prefix}-${index}`,
			})),
		async newest(workflowId) {
			const look = async () => (await rest.executions({ workflowId, limit: 1 }))[0]?.id;
			return until('an execution', look);
		},
		async paused(executionId) {
			const look = async () => (await rest.execution(executionId)).status === 'waiting';
			await until(`the pause of execution ${executionId}`, look);
		},
	};
}

async function addWorkflow(
	{ rest, credentialId, postgres }: Cluster,
	file: WorkflowFile,
): Promise<string> {
	const { id } = await rest.importWorkflow(file, { credentials: { klingApi: credentialId } });
	await rest.activate(id);
	// n8n answers before it has registered the webhooks.
	const registered = `select 1 from webhook_entity where "workflowId" = '${id}'`;
	const hasWebhook = file.nodes.some(
		(node) => node.webhookId !== undefined && node.parameters.receive !== 'poll',
	);
	const look = async () => !hasWebhook || (await postgres.sql(registered)) !== '';
	await until(`the webhook of ${file.name}`, look);
	return id;
}

async function orderVoices(
	{ sandbox, address }: Cluster,
	path: string,
	voices: IDataObject[],
): Promise<SandboxTask[]> {
	const before = sandbox.tasks.length;
	const status = await post(`${address}/webhook/${path}`, { voices });
	if (status !== 200) throw new Error(`/webhook/${path} answered ${status}`);
	const all = () => sandbox.tasks.length >= before + voices.length;
	await until(`${voices.length} tasks of /webhook/${path}`, all);
	return sandbox.tasks.slice(before);
}

/** @returns the status that was answered */
export async function post(url: string, body: object): Promise<number> {
	const { status } = await axios.post(url, body, { proxy: false, validateStatus: () => true });
	return status;
}

/** The processes that ran an execution or a part of it, from their logs, in no order. */
export function workersOf(workers: readonly N8nProcess[], executionId: string): N8nProcess[] {
	return workers.filter((worker) => timesStarted([worker], executionId) > 0);
}

/** Into how many parts an execution fell: one, and one more for each time it was resumed. */
export function timesStarted(workers: readonly N8nProcess[], executionId: string): number {
	const started = `Worker started execution ${executionId} (`;
	return workers.reduce((sum, worker) => sum + worker.log().split(started).length - 1, 0);
}

/** The items that a node put out, of all its runs. */
export function outputItems({ data }: ExecutionDetails, node: string): INodeExecutionData[] {
	const runs = data.resultData.runData[node] ?? [];
	return runs.flatMap((run) => run.data?.main?.[0] ?? []);
}
