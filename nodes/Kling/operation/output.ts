import type { IDataObject } from 'n8n-workflow';

import type { TaskKind } from '../tasks/kinds';
import { ANY_RESULT, idText, type Task } from '../tasks/task';

/** Ids are text, whatever a gateway sends; `owned_by` is one, too. */
const IS_ID = /(^|_)(id|by)$/;

/**
 * The simplified form of a task: ids as text, ISO 8601 times, one spelling of the status, and the fields of
 * what it made beside them. Fields that the API did not send are left out.
 */
export function simplified(task: Task, kind: TaskKind): IDataObject {
	return withoutUndefined({
		...resultFields(task.results[0] ?? {}, kind),
		...(kind.resultKey === ANY_RESULT && task.results.length > 1 && { results: task.results }),
		task_id: task.taskId,
		external_task_id: task.externalTaskId,
		task_status: task.status,
		task_status_msg: task.statusMessage,
		units: task.units,
		created_at: task.createdAt,
		updated_at: task.updatedAt,
	});
}

/** @param simple what the Simplify switch says */
export function taskJson(task: Task, simple: boolean, kind: TaskKind): IDataObject {
	return simple ? simplified(task, kind) : task.raw;
}

/** The named fields of one outcome; ids as text. @param result one element of `task_result` */
export function resultFields(result: IDataObject, { fields }: TaskKind): IDataObject {
	const named = Object.entries(fields).map(([name, key]) => {
		const value = result[key];
		return [name, IS_ID.test(key) ? idText(value) : plainOrNothing(value)] as const;
	});
	return withoutUndefined(Object.fromEntries(named));
}

/** A name that is an object would break the step that reads it as text; Simplify off gives it as it came. */
const plainOrNothing = <T>(value: T): T | undefined =>
	['string', 'number', 'boolean'].includes(typeof value) ? value : undefined;

export function withoutUndefined(fields: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
