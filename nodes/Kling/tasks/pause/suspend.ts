import type { IExecuteFunctions, INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';

import { isRecord } from '../../api/envelope';
import { isRow, readNotes, type OutputRow, type TaskNote } from './notes';

/** n8n looks for executions whose time is up once a minute, so a shorter limit would not be kept. */
export const SHORTEST_PAUSE_MS = 60_000;
/** Where the node's own context keeps what it must know after the pause. */
const KEY = 'klingPause';

/** A paused run as `suspend` stored it. */
export interface Suspended {
	/** The rows of the node, one for each item. */
	rows: OutputRow[];
	/** When n8n ends the pause by itself, milliseconds since the epoch; `undefined` in a pause of another version. */
	untilMs?: number;
	/** For each row; `null` for one that is done. `undefined` when another version of this package wrote them. */
	notes?: (TaskNote | null)[];
}

/**
 * Why this run cannot pause, in words, or `undefined` when it can. A tool must answer the agent that called it, and
 * an execution without an id is stored nowhere.
 */
export function cannotPause(context: IExecuteFunctions): string | undefined {
	if (context.getNode().type.endsWith('Tool')) return 'a tool of an AI agent cannot pause';
	return context.getExecutionId() ? undefined : 'n8n does not store this execution';
}

/**
 * Pauses the execution after this node. n8n never runs the node again: when the time is up it outputs the node's
 * stored input, so what stands there must be what the next node shall get then.
 * @param rows one for each input item, in their order
 * @param notes for each row; parameters cannot be read again later, as their expressions would see the rows as input
 */
export async function suspend(
	context: IExecuteFunctions,
	rows: INodeExecutionData[],
	notes: (TaskNote | null)[],
	timeoutMs: number,
): Promise<void> {
	const untilMs = Date.now() + timeoutMs;
	const stored = context.getExecuteData().data.main?.[0] ?? context.getInputData();
	stored.splice(0, stored.length, ...rows);
	context.getContext('node')[KEY] = { v: 1, untilMs, notes };
	await context.putExecutionToWait(new Date(untilMs));
}

/** What `suspend` stored, in the webhook that a callback reaches; `undefined` when there is nothing of ours. */
export function suspended(context: IWebhookFunctions): Suspended | undefined {
	const items: unknown = context.evaluateExpression('{{ $input.all() }}', 0);
	const name = JSON.stringify(context.getNode().name).replace(/[{}]/g, escaped);
	const kept: unknown = context.evaluateExpression(`{{ $(${name}).context.${KEY} }}`, 0);
	if (!Array.isArray(items) || !isRecord(kept)) return undefined;
	// A workflow that keeps its files inside the JSON gives the JSON alone.
	const rows = items.filter(isRecord).map((item) => (isRow(item) ? item : { json: item }));
	return { rows, ...readNotes(kept, rows.length) };
}

/** Braces in the name of a node must not end the expression. */
const escaped = (brace: string) => `\\u00${brace.charCodeAt(0).toString(16)}`;
