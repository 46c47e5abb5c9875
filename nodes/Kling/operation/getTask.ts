import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { failed, ok, type Problem, type Reply } from '../api/reply';
import { readOne } from '../tasks/find';
import type { CreatedKind } from '../tasks/kinds';
import type { OutputRow } from '../tasks/pause/notes';
import { isFinal, type Task } from '../tasks/task';
import { isComplete, waitForGiven, withoutResult } from '../tasks/wait';
import { inWordsOf, withIdAdvice, type TaskWords } from './advice';
import { optionsOf, parameter, type Item } from './item';
import { forEachItem } from './items';
import { taskJson } from './output';
import { readId, readSwitch, readTimeout } from './read';
import { readOutputOptions, resultRow } from './result';

/** What one operation that reads a task does that others do not. */
export interface GetSpec {
	kind: CreatedKind;
	words: TaskWords;
	/** Which ids work, for an id that Kling does not know. */
	idAdvice: string;
	/** The option that asks for the file of the result, if there is one. */
	download?: string;
}

/** Reads one task per item, also one that was started elsewhere or whose wait timed out. */
export async function getTasks(
	context: IExecuteFunctions,
	spec: GetSpec,
): Promise<INodeExecutionData[]> {
	return await forEachItem(context, async (item) => {
		const reply = await getOne(item, spec);
		return reply.ok ? reply : failed(inWordsOf(spec.words, reply.problem));
	});
}

async function getOne(
	item: Item,
	{ kind, idAdvice, download }: GetSpec,
): Promise<Reply<OutputRow[]>> {
	const { context, client } = item;
	const id = readId(parameter(item, 'taskId', ''), 'Task ID');
	if (!id.ok) return id;
	const options = optionsOf(item);
	const timeoutMs = readTimeout(options.timeout, kind.timeoutS);
	if (!timeoutMs.ok) return timeoutMs;
	const output = readOutputOptions(item, download);
	if (!output.ok) return output;
	const waiting = readSwitch(options.waitUntilFinished, 'Wait Until Finished', false);
	if (!waiting.ok) return waiting;
	const waits = waiting.value;
	const outcome = waits
		? await waitForGiven(client, kind, id.value, timeoutMs.value)
		: await readOne(client, kind, id.value);
	if (!outcome.ok) {
		const { problem } = outcome;
		return failed({
			...withIdAdvice(problem, idAdvice),
			task: { task_id: id.value, ...problem.task },
		});
	}
	// A gateway may leave the id out of its answer; the one that was asked for works as well.
	const task = { ...outcome.value, taskId: outcome.value.taskId ?? id.value };
	if (waits && isFinal(task) && !isComplete(kind, task)) return failed(deleted(kind, task));
	if (task.status === 'failed' && !waits)
		return ok([{ json: taskJson(task, output.value.simple, kind) }]);
	const row = await resultRow({ context, client, kind }, task, output.value);
	return row.ok ? ok([row.value]) : row;
}

/** After all that time, a result that is missing is gone. */
const deleted = (kind: CreatedKind, task: Task): Problem => ({
	...withoutResult(kind, task),
	what: `The ${kind.name} of this task has been deleted`,
	remedy: 'checkId',
});
