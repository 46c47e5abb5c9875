import type { IDataObject } from 'n8n-workflow';

import { failed, ok, type Problem, type Reply } from '../api/reply';
import { mayAnswer } from '../tasks/kinds';
import type { OutputRow } from '../tasks/pause/notes';
import { idBelongsToAnother, nameIn, type Submitted } from '../tasks/submit';
import { isFinal, type Task } from '../tasks/task';
import { isComplete, waitUntilFinal, withoutResult } from '../tasks/wait';
import type { CreateSpec, Order } from './createOrder';
import type { Item } from './item';
import { taskJson } from './output';
import { tellProgress } from './progress';
import { resultRow, unusableEarlierTask } from './result';

/** @param name that was asked for, where the kind has names */
export async function rowsNow(
	item: Item,
	spec: CreateSpec,
	order: Order,
	submitted: Submitted,
	name: unknown,
): Promise<Reply<OutputRow[]>> {
	const rows = await rowsOf(item, spec, order, submitted);
	// What an earlier create made may have another name.
	return rows.ok && submitted.origin === 'created' && order.output.simple
		? ok(rows.value.map((row) => ({ ...row, json: named(spec, name, row.json) })))
		: rows;
}

/** A new task does not say yet what it was asked to make. */
function named({ kind: { nameKey } }: CreateSpec, name: unknown, json: IDataObject): IDataObject {
	return nameKey === undefined || typeof name !== 'string' || nameKey in json
		? json
		: { [nameKey]: name, ...json };
}

/** Waits for the task. */
export async function finishedRows(
	item: Item,
	spec: CreateSpec,
	order: Order,
	{ task, origin }: Submitted,
): Promise<Reply<OutputRow[]>> {
	const { client } = item;
	const told = tellProgress(item);
	const finished = await waitUntilFinal(client, spec.kind, task, order.timeoutMs, told);
	if (!finished.ok) return finished;
	if (origin === 'created' && !isComplete(spec.kind, finished.value)) {
		return failed(withoutResult(spec.kind, finished.value));
	}
	return await rowsOf(item, spec, order, { origin, task: finished.value });
}

async function rowsOf(
	{ context, client }: Item,
	spec: CreateSpec,
	order: Order,
	{ task, origin }: Submitted,
): Promise<Reply<OutputRow[]>> {
	const problem =
		ownerProblem(spec, order, { task, origin }) ??
		(origin === 'earlier' && isFinal(task) ? unusableEarlierTask(spec.kind, task) : undefined);
	if (problem) return failed(problem);
	const row = await resultRow({ context, client, kind: spec.kind }, task, order.output);
	return row.ok ? ok([row.value]) : row;
}

/** Only a finished task tells its name, and with it whose it is. */
export function ownerProblem(
	{ kind }: CreateSpec,
	order: Order,
	{ task, origin }: Submitted,
): Problem | undefined {
	const isOurs =
		order.idOrigin === 'derived' ||
		origin === 'created' ||
		mayAnswer(kind, task, nameIn(kind, order.body));
	return isOurs ? undefined : idBelongsToAnother(task);
}

/** A gateway that names no task leaves one thing to output: the external id, and what to do with it. */
export function namelessRow(
	{ words, kind }: CreateSpec,
	{ output, body }: Order,
	task: Task,
): OutputRow {
	const hint = `The gateway accepted the request but returned no task ID. Nothing was sent twice. Find the task later with ${words.getWith} and this external task ID, or with Get Many.`;
	return {
		json: {
			...taskJson(task, output.simple, kind),
			external_task_id: task.externalTaskId ?? body.external_task_id,
			hint,
		},
	};
}
