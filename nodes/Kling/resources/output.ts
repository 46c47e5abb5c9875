import type { IDataObject } from 'n8n-workflow';

import { idText, type Task } from '../tasks/task';

/**
 * The simplified form of a task: ids as text, ISO 8601 times, one spelling of the status, and the fields of
 * what it made beside them. Fields that the API did not send are left out.
 */
export function simplified(task: Task): IDataObject {
	return withoutUndefined({
		task_id: task.taskId,
		external_task_id: task.externalTaskId,
		task_status: task.status,
		task_status_msg: task.statusMessage,
		...simplifiedVoice(task.results[0] ?? {}),
		created_at: task.createdAt,
		updated_at: task.updatedAt,
	});
}

/** @param simple what the Simplify switch says */
export function taskJson(task: Task, simple: boolean): IDataObject {
	return simple ? simplified(task) : task.raw;
}

/** @param voice one element of `task_result.voices` */
export function simplifiedVoice(voice: IDataObject): IDataObject {
	return withoutUndefined({
		voice_id: idText(voice.voice_id),
		voice_name: voice.voice_name,
		trial_url: voice.trial_url,
		owned_by: idText(voice.owned_by),
	});
}

export function withoutUndefined(fields: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
