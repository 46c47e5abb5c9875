import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { isRecord } from '../api/envelope';
import { plainText } from '../api/foreign';
import type { Problem } from '../api/reply';
import type { OutputRow } from '../tasks/pause/notes';
import { adviceOf } from './advice';
import { withoutUndefined } from './output';

export type NodeError = NodeApiError | NodeOperationError;

type NodeContext = Pick<IExecuteFunctions, 'getNode'>;

/** Of a message, and of a description. */
const LONGEST_TEXT = 2_000;
/** Ids of other tasks that are named in one error, in characters. */
const MOST_NAMED = 1_500;

/** The message says what happened and where, the description what to do. */
export function nodeErrorFrom(
	context: NodeContext,
	problem: Problem,
	itemIndex: number,
): NodeError {
	const message = shown(`${problem.what} [${whereOf(problem, itemIndex)}]`);
	const support = supportOf(problem);
	const description = shown(adviceOf(problem) + (support === '' ? '' : ` (${support})`));
	const node = context.getNode();
	const httpCode = problem.httpStatus?.toString();
	const options = { message, description, itemIndex };
	const error = httpCode
		? new NodeApiError(node, { message }, { ...options, httpCode })
		: new NodeOperationError(node, message, options);
	// n8n replaces a message that contains a word such as ECONNREFUSED with a sentence of its own.
	error.message = message;
	return error;
}

/** n8n shows errors as HTML, and what is in them may come from a parameter as well as from the API. */
const shown = (text: string): string => text.slice(0, LONGEST_TEXT).replaceAll('<', '‹');

function whereOf({ task = {} }: Problem, itemIndex: number): string {
	const { task_id: taskId, external_task_id: externalTaskId } = task;
	return [
		`item ${itemIndex}`,
		taskId && `task ${plainText(taskId)}`,
		!taskId && externalTaskId && `external task ${plainText(externalTaskId)}`,
	]
		.filter(Boolean)
		.join(', ');
}

/** What Kling's support asks for. */
function supportOf({ code, httpStatus, requestId }: Problem): string {
	return [
		code && `code ${code}`,
		httpStatus && `HTTP ${httpStatus}`,
		requestId && `request ${requestId}`,
	]
		.filter(Boolean)
		.join(', ');
}

/** An item that could not be done, as it leaves when the run continues without it. */
export function failedRow(context: NodeContext, problem: Problem, itemIndex: number): OutputRow {
	return { json: errorJson(nodeErrorFrom(context, problem, itemIndex), problem) };
}

/**
 * n8n sends an item to the error output when `error` is its only key; 1.x allows no `details` beside it. Setting
 * `item.error` would do that too, but then n8n empties the item but for the message, and the ids would be lost.
 */
export function errorJson(error: NodeError, problem?: Problem): IDataObject {
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

/**
 * Ends a run because of one item whose task failed after all were created.
 * @throws NodeApiError | NodeOperationError with the ids of the others
 */
export function failRun(
	context: NodeContext,
	problem: Problem,
	itemIndex: number,
	rows: INodeExecutionData[],
): never {
	const others = rows.filter((_, index) => index !== itemIndex);
	throw withSavedTasks(nodeErrorFrom(context, problem, itemIndex), others);
}

/** When one item ends the run, the tasks of the others are paid for: their ids stay in the error. */
export function withSavedTasks(error: NodeError, others: INodeExecutionData[]): NodeError {
	const ids = others
		.map(({ json }) => idIn(json) ?? (isRecord(json.error) ? idIn(json.error) : undefined))
		.filter((id) => typeof id === 'string');
	if (ids.length > 0) {
		const all = ids.join(', ');
		const named =
			all.length > MOST_NAMED ? `${all.slice(0, all.lastIndexOf(', ', MOST_NAMED))} …` : all;
		error.description = shown(
			`${error.description ?? ''} Other items of this run already have tasks: ${named}. To keep their results, set On Error to Continue.`.trim(),
		);
	}
	return error;
}

const idIn = ({ task_id: taskId, external_task_id: externalTaskId }: IDataObject): unknown =>
	taskId ?? externalTaskId;
