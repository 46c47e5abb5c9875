import type { IDataObject } from 'n8n-workflow';

import { isRecord, layers, type Payload } from '../api/envelope';
import { withoutQueries } from '../api/secrets';

export type TaskStatus = 'submitted' | 'processing' | 'succeed' | 'failed' | 'unknown';

/** One shape for a task, whatever the gateway called things. */
export interface Task {
	/** Missing only when a gateway answered a create without any id. */
	taskId?: string;
	externalTaskId?: string;
	status: TaskStatus;
	statusMessage?: string;
	/** ISO 8601. */
	createdAt?: string;
	updatedAt?: string;
	/** What the task made, as sent. */
	results: IDataObject[];
	/** The task as the API sent it, unknown fields included. */
	raw: IDataObject;
}

/** Where a kind of task keeps its outcome. */
export interface OutcomeKeys {
	/** In `task_result`, e.g. `videos`. */
	resultKey: string;
	/** In each of its elements. */
	idKey: string;
}

/** Kling's own spelling first in each row, then those of gateways. Sources: Kling's voice page, New-API's task states. */
const SPELLINGS: Record<Exclude<TaskStatus, 'unknown'>, string[]> = {
	submitted: ['submitted', 'queued', 'pending', 'not_start', 'dispatched'],
	processing: ['processing', 'in_progress', 'running'],
	succeed: ['succeed', 'succeeded', 'success', 'completed', 'done'],
	failed: ['failed', 'failure', 'fail', 'error', 'cancelled'],
};

const STATUS_BY_SPELLING = new Map(
	Object.entries(SPELLINGS).flatMap(([status, spellings]) =>
		spellings.map((spelling) => [spelling, status as TaskStatus] as const),
	),
);

/** Unix times below this are seconds: as milliseconds they would lie in early 1973. */
const SECONDS_BELOW = 1e11;

/**
 * Reads a task out of a payload of any known shape. Ids come from the outermost layer, as that is the one
 * the gateway understands; results from wherever they are.
 * @param kind where the outcome is, and what in it is its id
 */
export function readTask(payload: Payload, { resultKey, idKey }: OutcomeKeys): Task {
	const outer = Array.isArray(payload) ? payload[0] : payload;
	const found = layers(outer);
	const pick = (...keys: string[]) =>
		found.flatMap((layer) => keys.map((key) => layer[key])).find((value) => isFilled(value));
	const results = resultsIn(found, resultKey, idKey);
	const status = statusOf(found);
	// A result that has its id is made, whatever the status calls itself.
	const isMade = results.some((result) => idText(result[idKey] ?? result.id) !== undefined);
	const taskInfo = found.map(({ task_info: info }) => info).find(isRecord);
	return {
		taskId: idText(pick('task_id', 'id')),
		externalTaskId: idText(taskInfo?.external_task_id ?? pick('external_task_id', 'external_id')),
		status: status === 'unknown' && isMade ? 'succeed' : status,
		statusMessage: messageIn(pick('task_status_msg', 'fail_reason', 'status_msg')),
		createdAt: isoTime(pick('created_at', 'create_time', 'submit_time')),
		updatedAt: isoTime(pick('updated_at', 'update_time', 'finish_time')),
		results,
		raw: outer ?? {},
	};
}

export function isFinal(task: Task): boolean {
	return task.status === 'succeed' || task.status === 'failed';
}

/** Some gateways leave an id out of a later answer; what was known once stays known. */
export function keepIds(now: Task, before: Task): Task {
	return {
		...now,
		taskId: now.taskId ?? before.taskId,
		externalTaskId: now.externalTaskId ?? before.externalTaskId,
	};
}

/** @returns `unknown` for an undocumented spelling */
export function readStatus(spelling: unknown): TaskStatus {
	return (
		(typeof spelling === 'string' && STATUS_BY_SPELLING.get(spelling.toLowerCase())) || 'unknown'
	);
}

/** @param value Unix seconds or milliseconds, or a date in text */
export function isoTime(value: unknown): string | undefined {
	if (typeof value !== 'number' && typeof value !== 'string') return undefined;
	const digits = typeof value === 'number' || /^\d+$/.test(value);
	const ms = digits
		? Number(value) * (Number(value) < SECONDS_BELOW ? 1000 : 1)
		: Date.parse(value);
	// Dates end at ±8.64e15 ms; what is beyond is no time, however it got here.
	return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : undefined;
}

/** Ids are text everywhere: as numbers they would lose digits. */
export function idText(value: unknown): string | undefined {
	if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
	return typeof value === 'string' && value !== '' ? value : undefined;
}

function statusOf(found: IDataObject[]): TaskStatus {
	for (const layer of found) {
		const status = readStatus(layer.task_status ?? layer.status);
		if (status !== 'unknown') return status;
	}
	return 'unknown';
}

function resultsIn(found: IDataObject[], resultKey: string, idKey: string): IDataObject[] {
	for (const layer of found) {
		const result = isRecord(layer.task_result) ? layer.task_result[resultKey] : layer[resultKey];
		if (Array.isArray(result) && result.some(isRecord)) return result.filter(isRecord);
		// Clients of sibling gateways also met a result without the list around it. `id` alone is the task's own.
		if (idKey !== 'id' && idText(layer[idKey]) !== undefined) return [layer];
	}
	return [];
}

function messageIn(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? withoutQueries(value) : undefined;
}

function isFilled(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '';
}
