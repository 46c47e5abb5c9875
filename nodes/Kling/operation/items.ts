import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { KlingClient, type Limits } from '../api/client';
import type { Problem, Reply } from '../api/reply';
import { withoutUndefined } from './output';

/** One operation; its file also has the `description` that the panel shows. */
export interface Operation {
	execute: (context: IExecuteFunctions) => Promise<INodeExecutionData[]>;
	/** For one that may pause: what to do when the address that it gave away is called. */
	resume?: (context: IWebhookFunctions) => Promise<IWebhookResponseData>;
}

/** What one item gives; its pairing is added by the one who knows the item. */
export type Row = Pick<INodeExecutionData, 'json' | 'binary'>;

type NodeError = NodeApiError | NodeOperationError;

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
	work: (client: KlingClient, itemIndex: number) => Promise<Reply<Row[]>>,
	options: Limits & { creates?: boolean } = {},
): Promise<INodeExecutionData[]> {
	// Agents before version 3 give their model an empty text for a tool that throws, and it may create again.
	const goOn = context.continueOnFail() || context.getNode().type.endsWith('Tool');
	const opened = await KlingClient.open(context, options);
	const errors: { error: NodeError; itemIndex: number }[] = [];
	const oneItem = async (itemIndex: number): Promise<INodeExecutionData[]> => {
		const pairedItem = { item: itemIndex };
		const reply = opened.ok
			? await caught(context, itemIndex, async () => await work(opened.value, itemIndex))
			: opened;
		if (!('error' in reply) && reply.ok) return reply.value.map((row) => ({ ...row, pairedItem }));
		const error = 'error' in reply ? reply.error : nodeErrorFrom(context, reply.problem, itemIndex);
		errors.push({ error, itemIndex });
		if (!goOn && opened.ok) opened.value.halt();
		return [{ json: errorJson(error, 'error' in reply ? undefined : reply.problem), pairedItem }];
	};
	const rows = await Promise.all(
		context.getInputData().map(async (_, index) => await oneItem(index)),
	);
	const [first] = errors;
	if (first && !goOn) {
		const others = rows.filter((_, index) => index !== first.itemIndex).flat();
		throw options.creates ? withSavedTasks(first.error, others) : first.error;
	}
	return rows.flat();
}

/** An item that could not be done, as it leaves when the run goes on without it. */
export function failedRow(
	context: Pick<IExecuteFunctions, 'getNode'>,
	problem: Problem,
	itemIndex: number,
): Row {
	return { json: errorJson(nodeErrorFrom(context, problem, itemIndex), problem) };
}

/**
 * n8n sends an item to the error output when `error` is its only key; 1.x allows no `details` beside it. Setting
 * `item.error` would do that too, but then n8n empties the item but for the message, and the ids would be lost.
 */
function errorJson(error: NodeError, problem?: Problem): IDataObject {
	return {
		error: withoutUndefined({
			message: error.message,
			description: error.description ?? undefined,
			...problem?.task,
			code: problem?.code,
			http_status: problem?.httpStatus,
		}),
	};
}

/** An expression that cannot be evaluated, say, is n8n's own error; it too belongs to its item. */
async function caught(
	context: IExecuteFunctions,
	itemIndex: number,
	work: () => Promise<Reply<Row[]>>,
): Promise<Reply<Row[]> | { error: NodeError }> {
	try {
		return await work();
	} catch (error) {
		const known = error instanceof NodeApiError || error instanceof NodeOperationError;
		const cause = error instanceof Error ? error : new Error(String(error));
		return {
			error: known ? error : new NodeOperationError(context.getNode(), cause, { itemIndex }),
		};
	}
}

/** The message says what happened and where, the description what to do. */
export function nodeErrorFrom(
	context: Pick<IExecuteFunctions, 'getNode'>,
	problem: Problem,
	itemIndex: number,
): NodeError {
	const { task_id: taskId, external_task_id: externalTaskId } = problem.task ?? {};
	const where = [
		`item ${itemIndex}`,
		taskId && `task ${String(taskId)}`,
		!taskId && externalTaskId && `external task ${String(externalTaskId)}`,
	].filter(Boolean);
	const message = `${problem.what} [${where.join(', ')}]`;
	const support = [
		problem.code && `code ${problem.code}`,
		problem.httpStatus && `HTTP ${problem.httpStatus}`,
		problem.requestId && `request ${problem.requestId}`,
	].filter(Boolean);
	const description = problem.advice + (support.length > 0 ? ` (${support.join(', ')})` : '');
	const node = context.getNode();
	const httpCode = problem.httpStatus?.toString();
	const options = { message, description, itemIndex };
	const error = httpCode
		? new NodeApiError(node, { message }, { ...options, httpCode })
		: new NodeOperationError(node, message, options);
	// n8n puts a sentence of its own in place of a message in which it finds a word such as ECONNREFUSED.
	error.message = message;
	return error;
}

/**
 * Ends a run because of one item whose task failed after all were created.
 * @throws NodeApiError | NodeOperationError with the ids of the others
 */
export function failRun(
	context: Pick<IExecuteFunctions, 'getNode'>,
	problem: Problem,
	itemIndex: number,
	rows: INodeExecutionData[],
): never {
	const others = rows.filter((_, index) => index !== itemIndex);
	throw withSavedTasks(nodeErrorFrom(context, problem, itemIndex), others);
}

/** When one item ends the run, the tasks of the others are paid for: their ids stay in the error. */
function withSavedTasks(error: NodeError, others: INodeExecutionData[]): NodeError {
	const ids = others
		.map(({ json }) => idOf(json) ?? idOf(json.error as IDataObject | undefined))
		.filter((id) => typeof id === 'string');
	if (ids.length > 0) {
		const shown = ids.slice(0, 100).join(', ') + (ids.length > 100 ? ' …' : '');
		error.description =
			`${error.description ?? ''} Other items of this run have tasks already: ${shown}. To keep what they gave, set On Error to Continue.`.trim();
	}
	return error;
}

function idOf(json: IDataObject | undefined): unknown {
	return json?.task_id ?? json?.external_task_id;
}
