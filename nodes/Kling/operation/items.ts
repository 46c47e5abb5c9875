import type {
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { KlingClient, type Limits } from '../api/client';
import type { Reply } from '../api/reply';
import type { OutputRow } from '../tasks/pause/notes';
import type { Item } from './item';
import { isTool } from '../api/run';
import { readOutputChoice, withFields } from './outputChoice';
import { errorJson, nodeErrorFrom, withSavedTasks, type NodeError } from './nodeError';

/** What the node does for one operation; its file also has what the panel shows. */
export interface Operation {
	execute: (context: IExecuteFunctions) => Promise<INodeExecutionData[]>;
	/** For one that may pause: what to do when the address that it gave away is called. */
	resume?: (context: IWebhookFunctions) => Promise<IWebhookResponseData>;
}

/**
 * Works on all items side by side and gives the rows of each in the order of the items, paired with them.
 * With "Continue" an item's error becomes its output; otherwise the first error stops the rest, so that no
 * more money is spent, and ends the run.
 * @param work gives the output rows of one item, or the problem that it met
 * @param options `creates`: whether the items make tasks, so that an error that ends the run must name them
 * @throws NodeApiError | NodeOperationError naming item and task
 */
export async function forEachItem(
	context: IExecuteFunctions,
	work: (item: Item) => Promise<Reply<OutputRow[]>>,
	options: Limits & { creates?: boolean } = {},
): Promise<INodeExecutionData[]> {
	// Agents before version 3 give their model an empty text for a tool that throws, and it may create again.
	const continues = context.continueOnFail() || isTool(context);
	const opened = await KlingClient.open(context, options);
	const errors: { error: NodeError; index: number }[] = [];
	const oneItem = async (index: number): Promise<INodeExecutionData[]> => {
		const pairedItem = { item: index };
		const reply = opened.ok ? await caught({ context, index, client: opened.value }, work) : opened;
		if (!('error' in reply) && reply.ok) {
			const choice = readOutputChoice({ context, index });
			return reply.value.map((row) => ({
				...row,
				json: choice.ok ? withFields(row.json, choice.value) : row.json,
				pairedItem,
			}));
		}
		const error = 'error' in reply ? reply.error : nodeErrorFrom(context, reply.problem, index);
		errors.push({ error, index });
		if (!continues && opened.ok) opened.value.halt();
		return [{ json: errorJson(error, 'error' in reply ? undefined : reply.problem), pairedItem }];
	};
	const rows = await Promise.all(
		context.getInputData().map(async (_, index) => await oneItem(index)),
	);
	const [first] = errors;
	if (first && !continues) {
		const others = rows.filter((_, index) => index !== first.index).flat();
		throw options.creates ? withSavedTasks(first.error, others) : first.error;
	}
	return rows.flat();
}

/** An expression that cannot be evaluated, say, is n8n's own error; it too belongs to its item. */
async function caught(
	item: Item,
	work: (item: Item) => Promise<Reply<OutputRow[]>>,
): Promise<Reply<OutputRow[]> | { error: NodeError }> {
	const { context, index } = item;
	try {
		return await work(item);
	} catch (error) {
		const known = error instanceof NodeApiError || error instanceof NodeOperationError;
		const cause = error instanceof Error ? error : new Error(String(error));
		return {
			error: known ? error : new NodeOperationError(context.getNode(), cause, { itemIndex: index }),
		};
	}
}
