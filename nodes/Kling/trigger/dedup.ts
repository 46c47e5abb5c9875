import type {
	IExecuteFunctions,
	INodeExecutionData,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { messageOf } from '../api/faults';
import { NodeOperationError, sleep } from 'n8n-workflow';

/** So many events back a repeated one is recognised. n8n reads and writes the whole list each time. */
const REMEMBERED = 10_000;
/** A database that is locked is free again within moments. */
const PAUSES_MS = [200, 1_000, 3_000];

interface Question {
	id: string;
	answer: (isFirst: boolean) => void;
	fail: (error: unknown) => void;
}

/** What one trigger node knows in this process. */
interface Memory {
	/** The newest of those events that the database has. */
	seen: Set<string>;
	/** Callbacks that were handed to n8n, in a process that perhaps runs no executions. */
	delivered: Set<string>;
	/** Those who wait for the next look at the database. */
	questions: Question[];
	busy: boolean;
}

const memories = new Map<string, Memory>();

/**
 * Lets each event through once, whichever way it came: n8n keeps their ids in its own database, for all its processes
 * and over restarts. Its helper reads the list and writes it back without a lock, so within a process only one look is
 * under way; those who come meanwhile share the next.
 * @param items events with an `event_id`
 * @throws what the database throws when it stays out of reach
 */
export async function notSeenBefore(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	const memory = memoryOf(context);
	const answers = items.map(
		async ({ json }) =>
			await new Promise<boolean>((answer, fail) => {
				memory.questions.push({ id: String(json.event_id), answer, fail });
			}),
	);
	void answerAll(context, memory);
	const firsts = await Promise.all(answers);
	return items.filter((_, index) => firsts[index]);
}

/** Whether this process knows that an event has started the workflow; `false` says nothing. */
export function wasSeen(context: IPollFunctions | IWebhookFunctions, id: string): boolean {
	return context.getMode() !== 'manual' && memoryOf(context).seen.has(id);
}

/** Whether this process has had an event already, under one of these names; `false` says nothing. */
export function isKnown(context: IWebhookFunctions, names: string[]): boolean {
	if (context.getMode() === 'manual') return false;
	const { seen, delivered } = memoryOf(context);
	return names.some((name) => seen.has(name) || delivered.has(name));
}

/**
 * Lets one of several callbacks of an event be handed to n8n. When n8n then fails to store it and tells the sender so,
 * the next one may try.
 * @param names other names that the same event goes by
 */
export function isFirstDelivery(
	context: IWebhookFunctions,
	id: string,
	names: string[] = [],
): boolean {
	if (context.getMode() === 'manual') return true;
	const { seen, delivered } = memoryOf(context);
	if (seen.has(id) || delivered.has(id)) return false;
	const all = [...names, id];
	add(delivered, all);
	const response = context.getResponseObject();
	response.once('close', () => {
		if (!response.writableFinished || response.statusCode >= 300) {
			for (const name of all) delivered.delete(name);
		}
	});
	return true;
}

async function answerAll(context: IExecuteFunctions, memory: Memory): Promise<void> {
	if (memory.busy) return;
	memory.busy = true;
	while (memory.questions.length > 0) {
		const batch = memory.questions.splice(0);
		try {
			// Another process may have written over what this one had put into the database.
			const ids = [...new Set(batch.map(({ id }) => id))].filter((id) => !memory.seen.has(id));
			const fresh = new Set(ids.length > 0 ? await record(context, ids) : []);
			for (const { id, answer } of batch) answer(fresh.delete(id));
			add(memory.seen, ids);
		} catch (error) {
			for (const { fail } of batch) fail(error);
		}
	}
	memory.busy = false;
}

/** @returns those that the database did not have */
async function record(context: IExecuteFunctions, ids: string[]): Promise<string[]> {
	const options = { mode: 'entries', maxEntries: REMEMBERED } as const;
	for (let attempt = 0; ; attempt += 1) {
		try {
			const result = await context.helpers.checkProcessedAndRecord(ids, 'node', options);
			return result.new.map(String);
		} catch (error) {
			const pauseMs = PAUSES_MS[attempt];
			if (pauseMs === undefined) throw unreachable(context, error);
			await sleep(pauseMs);
		}
	}
}

function unreachable(context: IExecuteFunctions, error: unknown): NodeOperationError {
	const reason = messageOf(error);
	return new NodeOperationError(
		context.getNode(),
		`n8n could not look the event up in its database: ${reason}`,
		{ description: 'Retry the execution once the database is available.' },
	);
}

function add(known: Set<string>, ids: string[]): void {
	for (const id of ids) known.add(id);
	// A set keeps the order of its entries, so the first are the oldest.
	for (const oldest of known) {
		if (known.size <= REMEMBERED) break;
		known.delete(oldest);
	}
}

function memoryOf(context: IExecuteFunctions | IPollFunctions | IWebhookFunctions): Memory {
	const key = JSON.stringify([context.getWorkflow().id, context.getNode().id]);
	const memory = memories.get(key) ?? {
		seen: new Set(),
		delivered: new Set(),
		questions: [],
		busy: false,
	};
	memories.set(key, memory);
	return memory;
}
