import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';

import { isRecord } from '../api/envelope';

/** n8n looks for executions whose time is up once a minute, so a shorter limit would not be kept. */
export const SHORTEST_PAUSE_MS = 60_000;

/**
 * Why this run cannot pause, in words, or `undefined` when it can. A tool must answer the agent that called it, and
 * an execution without an id is stored nowhere.
 */
export function cannotPause(context: IExecuteFunctions): string | undefined {
	if (context.getNode().type.endsWith('Tool')) return 'a tool of an AI agent cannot pause';
	return context.getExecutionId() ? undefined : 'n8n does not store this execution';
}

/**
 * The address whose call resumes this execution, with what must be known then: after a pause n8n gives a node its
 * stored input and nothing else, and expressions in parameters would look at that.
 */
export function resumeAddress(context: IExecuteFunctions, notes: Record<string, string>): string {
	const address = new URL(String(context.evaluateExpression('{{ $execution.resumeUrl }}', 0)));
	for (const [name, value] of Object.entries(notes)) address.searchParams.set(name, value);
	return address.href;
}

/**
 * Pauses the execution after this node. n8n never runs the node again: when the time is up it hands on the node's
 * stored input, so what stands there must be what the next node shall get then.
 * @param rows one for each input item, in their order
 */
export async function suspend(
	context: IExecuteFunctions,
	rows: INodeExecutionData[],
	timeoutMs: number,
): Promise<void> {
	const stored = context.getExecuteData().data.main?.[0] ?? context.getInputData();
	stored.splice(0, stored.length, ...rows);
	await context.putExecutionToWait(new Date(Date.now() + timeoutMs));
}

/** What `suspend` stored, in the webhook that a callback reaches. */
export function suspendedRows(context: IWebhookFunctions): IDataObject[] {
	const items: unknown = context.evaluateExpression('{{ $input.all() }}', 0);
	if (!Array.isArray(items)) return [];
	// A workflow that keeps its files inside the JSON gives the JSON alone.
	return items.filter(isRecord).map((item) => (isRecord(item.json) ? item.json : item));
}
