import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { isRecord } from '../api/envelope';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { readOne } from '../tasks/find';
import { findByResultId } from '../tasks/findResult';
import type { CreatedKind } from '../tasks/kinds';
import type { OutputRow } from '../tasks/pause/notes';
import { isFinal, type Task } from '../tasks/task';
import { isComplete, waitForGiven, withoutResult } from '../tasks/wait';
import { inWordsOf, withIdAdvice, type TaskWords } from './advice';
import { timeout } from './fields';
import { locatorValue, optionsOf, parameter, type Item } from './item';
import { forEachItem } from './items';
import { taskJson } from './output';
import { tellProgress } from './progress';
import { readId, readSwitch, readTimeout } from './read';
import { readOutputOptions, resultRow, type DownloadSwitch } from './result';

/** What one operation that reads a task does that others do not. */
export interface GetSpec {
	kind: CreatedKind;
	words: TaskWords;
	/** Which ids work, for an id that Kling does not know. */
	idAdvice: string;
	/** For the file of the result, if there is one. */
	download?: DownloadSwitch;
	/**
	 * The resource locator for the task, and its mode that names what the task made; without it the field is a text, Task
	 * ID.
	 */
	locator?: { name: string; label: string; resultMode: string };
}

/** The task to get, where there is no list to choose it from. */
export const taskIdField = (description: string): INodeProperties => ({
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 850087542757535834',
	description,
});

/**
 * The task to get, from a list or by ID.
 * @param product what it makes, in lower case, which is also the name of the parameter
 * @param search method that fills the list with task IDs
 */
export function taskLocator(product: string, search: string, exampleId: string): INodeProperties {
	const label = product.charAt(0).toUpperCase() + product.slice(1);
	return {
		displayName: label,
		name: product,
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: `The ${product} to get`,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select a ${product}...`,
				typeOptions: { searchListMethod: search, searchable: true },
			},
			{
				displayName: 'By Task ID',
				name: 'taskId',
				type: 'string',
				placeholder: 'e.g. 850087542757535834',
				hint: 'The task ID or the external task ID',
			},
			{
				displayName: `By ${label} ID`,
				name: `${product}Id`,
				type: 'string',
				placeholder: `e.g. ${exampleId}`,
			},
		],
	};
}

/** Options for a task that may still be under way. @param product what it makes, in lower case */
export const waitOptions = (product: string, { timeoutS }: CreatedKind): INodeProperties[] => [
	{ ...timeout(timeoutS), displayOptions: { show: { waitUntilFinished: [true] } } },
	{
		displayName: 'Wait Until Finished',
		name: 'waitUntilFinished',
		type: 'boolean',
		default: false,
		description: `Whether to wait until the ${product} is ready. A failed task is then an error; otherwise it is output like any other.`,
	},
];

/**
 * Reads one task per item, also one that was started elsewhere or whose wait timed out.
 * @param given a function where it depends on the parameters of the item
 */
export async function getTasks(
	context: IExecuteFunctions,
	given: GetSpec | ((item: Item) => Reply<GetSpec>),
): Promise<INodeExecutionData[]> {
	return await forEachItem(context, async (item) => {
		const spec = typeof given === 'function' ? given(item) : ok(given);
		if (!spec.ok) return spec;
		const reply = await getOne(item, spec.value);
		return reply.ok ? reply : failed(inWordsOf(spec.value.words, reply.problem));
	});
}

/** Which task is meant, and how to read it: once, or until it is final. */
function readTarget(
	item: Item,
	{ kind, locator }: GetSpec,
): Reply<{ id: string; read: (waitMs?: number) => Promise<Reply<Task>> }> {
	const given = parameter(item, locator?.name ?? 'taskId', '');
	const id = readId(locatorValue(given), locator?.label ?? 'Task ID');
	if (!id.ok) return id;
	const isResult = isRecord(given) && given.mode === locator?.resultMode;
	const { client } = item;
	const read = async (waitMs?: number) => {
		// What has made something is finished.
		if (isResult) return await findByResultId(client, kind, id.value);
		return waitMs === undefined
			? await readOne(client, kind, id.value)
			: await waitForGiven(client, kind, id.value, waitMs, tellProgress(item));
	};
	return ok({ id: id.value, read });
}

async function getOne(item: Item, spec: GetSpec): Promise<Reply<OutputRow[]>> {
	const { kind, idAdvice, download } = spec;
	const { context, client } = item;
	const target = readTarget(item, spec);
	if (!target.ok) return target;
	const { id } = target.value;
	const options = optionsOf(item);
	const timeoutMs = readTimeout(options.timeout, kind.timeoutS);
	if (!timeoutMs.ok) return timeoutMs;
	const output = readOutputOptions(item, download);
	if (!output.ok) return output;
	const waiting = readSwitch(options.waitUntilFinished, 'Wait Until Finished', false);
	if (!waiting.ok) return waiting;
	const waits = waiting.value;
	const outcome = await target.value.read(waits ? timeoutMs.value : undefined);
	if (!outcome.ok) {
		const { problem } = outcome;
		return failed({ ...withIdAdvice(problem, idAdvice), task: { task_id: id, ...problem.task } });
	}
	// A gateway may leave the id out of its answer; the one that was asked for works as well.
	const task = { ...outcome.value, taskId: outcome.value.taskId ?? id };
	if (waits && isFinal(task) && !isComplete(kind, task)) return failed(deleted(kind, task));
	if (task.status === 'failed' && !waits)
		return ok([{ json: taskJson(task, output.value.simple, kind) }]);
	const row = await resultRow({ context, client, kind }, task, output.value);
	return row.ok ? ok([row.value]) : row;
}

/** After all that time, a result that is missing is gone. */
const deleted = (kind: CreatedKind, task: Task): Problem => ({
	...withoutResult(kind, task),
	what: `The ${kind.name} has been deleted`,
	remedy: 'checkId',
});
