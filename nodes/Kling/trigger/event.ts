import type { IDataObject } from 'n8n-workflow';

import { taskJson } from '../operation/output';
import { missingResult } from '../operation/result';
import { kindOfType, type TaskType } from '../tasks/endpoints';
import type { Task } from '../tasks/task';

/** A task in a status. */
export interface KlingEvent {
	task: Task & { taskId: string };
	type: TaskType;
	via: 'callback' | 'poll';
	/** Read back from the API, or told by a signed callback. */
	verified: boolean;
}

/** The same for a callback and a poll of the same status, so that only one of them starts the workflow. */
export const eventId = ({ task }: Pick<KlingEvent, 'task'>): string =>
	`${task.taskId}:${task.status}`;

/** The item that the workflow gets. */
export function eventJson(event: KlingEvent, simple: boolean): IDataObject {
	const hint = missingResult(kindOfType(event.type), event.task);
	return {
		event_id: eventId(event),
		task_type: event.type,
		...taskJson(event.task, simple, kindOfType(event.type)),
		received_via: event.via,
		verified: event.verified,
		...(hint !== undefined && { hint }),
	};
}
