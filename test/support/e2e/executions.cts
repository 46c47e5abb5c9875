import type { IDataObject } from 'n8n-workflow';
import type { Ready } from '../../../sandbox/n8n/process/ready.cjs';
import { until } from '../../../sandbox/n8n/client/rest.cjs';

/** An execution as its user sees it: the row in the list, and what is there after opening it. */
export interface ShownExecution {
	id: string;
	status: string;
	/** `undefined` when it did not fail. */
	message?: string;
	description?: string;
	/** What the node gave at its last run, on all its outputs. */
	items: IDataObject[];
}

/** @returns newest first */
export async function listExecutions({ rest }: Ready, workflowId: string) {
	const rows = await rest.executions({ workflowId, limit: 500 });
	return rows.map(({ id, status }) => ({ id, status }));
}

/** @param node whose items are shown */
export async function openExecution(
	{ rest }: Ready,
	id: string,
	node = 'Kling',
): Promise<ShownExecution> {
	const { status, data } = await rest.execution(id);
	const { error, runData } = data.resultData;
	const last = runData[node]?.at(-1);
	const items = (last?.data?.main ?? []).flatMap((rows) => rows ?? []).map(({ json }) => json);
	const advice = error && 'description' in error ? error.description : undefined;
	return { id, status, message: error?.message, description: advice ?? undefined, items };
}

const OVER = new Set(['success', 'error', 'crashed', 'canceled']);

/** Waits until a workflow has had so many executions and all of them are over; gives them newest first. */
export async function endedExecutions(ready: Ready, workflowId: string, count = 1, ms = 60_000) {
	const look = async () => {
		const all = await listExecutions(ready, workflowId);
		return all.length >= count && all.every(({ status }) => OVER.has(status)) && all;
	};
	const rows = await until(`the end of ${count} executions`, look, ms);
	return await Promise.all(rows.map(async ({ id }) => await openExecution(ready, id)));
}

/** The one execution of a workflow, once it is over. */
export async function onlyExecution(
	ready: Ready,
	workflowId: string,
	ms?: number,
): Promise<ShownExecution> {
	const [only, ...others] = await endedExecutions(ready, workflowId, 1, ms);
	if (!only || others.length > 0) throw new Error(`${others.length + 1} executions instead of one`);
	return only;
}

/** The button Retry of the executions list; resolves when the new execution is over or paused. */
export async function retryExecution({ rest }: Ready, id: string): Promise<void> {
	await rest.call('POST', `/executions/${id}/retry`, { loadWorkflow: false });
}

/** Waits until so many executions of a workflow have a status. */
export async function untilStatus(
	ready: Ready,
	workflowId: string,
	status: string,
	count = 1,
	ms = 60_000,
): Promise<void> {
	const look = async () => {
		const all = await listExecutions(ready, workflowId);
		return all.filter((row) => row.status === status).length >= count;
	};
	await until(`${count} executions to be ${status}`, look, ms);
}
