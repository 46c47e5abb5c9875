import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';

import { isRecord } from '../../api/envelope';
import { RESUME_PATH } from './address';

/** n8n looks for executions whose time is up once a minute, so a shorter limit would not be kept. */
export const SHORTEST_PAUSE_MS = 60_000;
/** Where the node's own context keeps what it must know after the pause. */
const NOTES = 'klingPause';

/** A paused run as `suspend` stored it. */
export interface Suspended {
	/** The rows of the node, one for each item. */
	rows: Pick<INodeExecutionData, 'json' | 'binary'>[];
	/** What the operation noted for each row; `null` for a row that is done. */
	notes: (IDataObject | null)[];
	/** When n8n goes on by itself, milliseconds since the epoch. */
	untilMs: number;
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
 * The address whose call resumes this execution. It has a path of its own, so that a late call does not end the pause
 * of a Wait node further on, which listens at the bare address.
 */
export function resumeAddress(context: IExecuteFunctions): string {
	const address = new URL(String(context.evaluateExpression('{{ $execution.resumeUrl }}', 0)));
	address.pathname = `${address.pathname.replace(/\/+$/, '')}/${RESUME_PATH}`;
	return address.href;
}

/**
 * Pauses the execution after this node. n8n never runs the node again: when the time is up it hands on the node's
 * stored input, so what stands there must be what the next node shall get then.
 * @param rows one for each input item, in their order
 * @param notes for each row; parameters cannot be read again later, as their expressions would see the rows as input
 */
export async function suspend(
	context: IExecuteFunctions,
	rows: INodeExecutionData[],
	notes: Suspended['notes'],
	timeoutMs: number,
): Promise<void> {
	const untilMs = Date.now() + timeoutMs;
	const stored = context.getExecuteData().data.main?.[0] ?? context.getInputData();
	stored.splice(0, stored.length, ...rows);
	context.getContext('node')[NOTES] = { untilMs, notes };
	await context.putExecutionToWait(new Date(untilMs));
}

/** What `suspend` stored, in the webhook that a callback reaches; `undefined` when there is nothing of ours. */
export function suspended(context: IWebhookFunctions): Suspended | undefined {
	const items: unknown = context.evaluateExpression('{{ $input.all() }}', 0);
	const name = JSON.stringify(context.getNode().name).replace(/[{}]/g, escaped);
	const kept: unknown = context.evaluateExpression(`{{ $(${name}).context.${NOTES} }}`, 0);
	if (!Array.isArray(items) || !isRecord(kept) || !Array.isArray(kept.notes)) return undefined;
	// A workflow that keeps its files inside the JSON gives the JSON alone.
	const rows = items.filter(isRecord).map((item) => (isRow(item) ? item : { json: item }));
	const notes = kept.notes.map((note) => (isRecord(note) ? note : null));
	return { rows, notes, untilMs: Number(kept.untilMs) };
}

function isRow(item: object): item is Pick<INodeExecutionData, 'json' | 'binary'> {
	return 'json' in item && isRecord(item.json);
}

/** Braces in the name of a node must not end the expression. */
const escaped = (brace: string) => `\\u00${brace.charCodeAt(0).toString(16)}`;
