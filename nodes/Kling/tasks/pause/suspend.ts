import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';

import { isRecord } from '../../api/envelope';
import { isTool } from '../../api/run';
import { pauseIdOf } from './address';
import {
	readNotes,
	readText,
	textOfNotes,
	type Notes,
	type OutputRow,
	type TaskNote,
} from './notes';
import { remember } from './remembered';

/** n8n looks for executions whose time is up once a minute, so a shorter limit would not be kept. */
export const SHORTEST_PAUSE_MS = 60_000;
/** Where the node's own context keeps what it must know after the pause. */
const KEY = 'klingPause';

/** A paused run as `suspend` stored it. */
export interface Suspended {
	/** As its callbacks name it; none of an earlier version. */
	id?: string;
	/** The rows of the node, one for each item; read from n8n when they are first asked for. */
	readonly rows: OutputRow[];
	notes: Notes;
	/** When n8n ends the pause on its own, milliseconds since the epoch; `Infinity` when that cannot be read. */
	untilMs: number;
}

/**
 * Why this run cannot pause, in words, or `undefined` when it can. A tool must answer the agent that called it, and
 * an execution without an id is stored nowhere.
 */
export function cannotPause(context: IExecuteFunctions): string | undefined {
	if (isTool(context)) return 'a tool of an AI agent cannot pause';
	if (!context.getExecutionId()) return 'n8n does not store this execution';
	// The caller of a sub-workflow takes its first pause for its end, so of several runs only one would answer.
	const isCalled = 'getMode' in context && context.getMode() === 'integrated';
	return isCalled
		? 'n8n runs it as a sub-workflow, which cannot pause once for each item'
		: undefined;
}

/**
 * Pauses the execution after this node. n8n never runs the node again: when the time is up it outputs the node's
 * stored input, so what stands there must be what the next node is to receive.
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
	const id = pauseIdOf(context);
	context.getContext('node')[KEY] = { v: 2, id, untilMs, notes: textOfNotes(notes) };
	remember(keyOf(context, id), notes);
	await context.putExecutionToWait(new Date(untilMs));
}

class ReadablePause implements Suspended {
	private read: OutputRow[] | undefined;

	constructor(
		private readonly context: IWebhookFunctions,
		readonly id: string | undefined,
		readonly untilMs: number,
		readonly notes: Notes,
	) {}

	get rows(): OutputRow[] {
		return (this.read ??= storedRows(this.context) ?? []);
	}
}

/** Names a pause of an execution in this process. */
export const keyOf = (
	context: Pick<IExecuteFunctions | IWebhookFunctions, 'getExecutionId' | 'getNode'>,
	pause = '',
): string => JSON.stringify([context.getExecutionId(), context.getNode().id, pause]);

/** What `suspend` stored, in the webhook that a callback reaches; `undefined` when there is nothing of ours. */
export function suspended(context: IWebhookFunctions): Suspended | undefined {
	const name = JSON.stringify(context.getNode().name).replace(/[{}]/g, escaped);
	const kept: unknown = context.evaluateExpression(`{{ $(${name}).context.${KEY} }}`, 0);
	if (!isRecord(kept) || !isPause(kept)) return undefined;
	const untilMs = typeof kept.untilMs === 'number' ? kept.untilMs : Infinity;
	const id = typeof kept.id === 'string' ? kept.id : undefined;
	const notes = kept.v === 2 ? readText(kept.notes) : undefined;
	if (notes) return new ReadablePause(context, id, untilMs, notes);
	const rows = storedRows(context);
	return rows && { rows, id, untilMs, notes: readNotes(kept, rows) };
}

/** Whether this is what a version of this package stores; the first one wrote no `v`. */
const isPause = ({ v, notes }: IDataObject): boolean => v !== undefined || Array.isArray(notes);

/** n8n stores them as the node's input. Reading them costs more than the rest, and most pauses do not need them. */
const storedRows = (context: IWebhookFunctions): OutputRow[] | undefined => {
	const items: unknown = context.evaluateExpression('{{ $input.all() }}', 0);
	return Array.isArray(items) ? items.filter(isRecord).map(readRow) : undefined;
};

/** A workflow that keeps its files inside the JSON gives the JSON alone. */
function readRow(item: IDataObject): OutputRow {
	const { json, binary } = item;
	if (!isRecord(json)) return { json: item };
	return isBinary(binary) ? { json, binary } : { json };
}

const isBinary = (value: unknown): value is IBinaryKeyData =>
	isRecord(value) && Object.values(value).every(isRecord);

/** Braces in the name of a node must not end the expression. */
const escaped = (brace: string) => `\\u00${brace.charCodeAt(0).toString(16)}`;
