import type { IDataObject } from 'n8n-workflow';

import { layers, type Payload } from '../api/envelope';
import { isKlingCode } from '../api/errors';
import { foreignText, idText, plainText } from '../api/foreign';
import { isRecord } from '../api/record';
import { reasonIn } from '../api/statements';
import { unitsIn, withResult } from './outputs';
import { standingIn, type Standing } from './status';

export { idText };
export { readStatus, type TaskStatus } from './status';

/** One shape for a task, whatever the gateway called things. */
export interface Task extends Standing {
	/** Missing only when a gateway answered a create without any id. */
	taskId?: string;
	externalTaskId?: string;
	/** Why it failed, in one line, in the words of Kling or of the gateway. */
	statusMessage?: string;
	/** What Kling charged. */
	units?: number;
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

/** For a kind whose outcome may stand under any of these. */
export const ANY_RESULT = '*';
const RESULT_KEYS = ['videos', 'images', 'audios', 'voices', 'elements', 'outputs'];

/** Unix times below this are seconds: as milliseconds they would lie in early 1973. */
const SECONDS_BELOW = 1e11;
/** Clocks and zones differ by less than a day. Microseconds, read as milliseconds, lie in another age. */
const MOST_AHEAD_MS = 24 * 3_600_000;
const LONGEST_TIME = 64;
/** Kling did not exist before: gateways send 0, or the year 1, for a time that they do not know. */
const EARLIEST_MS = Date.UTC(2020, 0);

/**
 * Reads a task out of a payload of any known shape. Ids come from the outermost layer, as that is the one
 * the gateway understands; results from wherever they are.
 * @param kind where the outcome is, and what in it is its id
 */
export function readTask(payload: Payload, { resultKey, idKey }: OutcomeKeys): Task {
	const outer = Array.isArray(payload) ? payload[0] : payload;
	const found = layers(outer).map(withResult);
	const pick = <T>(read: (value: unknown) => T | undefined, ...keys: string[]) =>
		found.flatMap((layer) => keys.map((key) => read(layer[key]))).find(isKnown);
	const results = resultsIn(found, resultKey, idKey);
	// A result that has its id is made, whatever the status calls itself; but not beside a refusal of Kling.
	const isRefused = found.some((layer) => isKlingCode(plainText(layer.code)));
	const isMade = !isRefused && results.some((result) => isOutcome(result, idKey));
	const { status, endedBy } = standingIn(found, isMade);
	const said = pick(messageOf, 'task_status_msg', 'fail_reason', 'status_msg');
	const inTaskInfo = found
		.map(({ task_info: info }) => (isRecord(info) ? idText(info.external_task_id) : undefined))
		.find(isKnown);
	return {
		taskId: pick(idText, 'task_id', 'id'),
		externalTaskId: inTaskInfo ?? pick(idText, 'external_task_id', 'external_id'),
		status,
		...(endedBy && { endedBy }),
		statusMessage: said ?? (status === 'failed' ? innermostReason(found) : undefined),
		units: unitsIn(found),
		createdAt: pick(isoTime, 'created_at', 'create_time', 'submit_time'),
		updatedAt: pick(isoTime, 'updated_at', 'update_time', 'finish_time'),
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

/**
 * Whether an answer is about the task that was asked for. Some gateways leave ids out, and some show Kling's id instead
 * of theirs; then the external id tells, as it is the same everywhere. An answer with nothing but other ids is about
 * another task.
 * @param id that was asked with, task id or external task id
 * @param externalTaskId where it is known
 */
export function isAnswerTo(id: string, externalTaskId: string | undefined, task: Task): boolean {
	if (externalTaskId !== undefined && task.externalTaskId !== undefined) {
		return externalTaskId === task.externalTaskId;
	}
	const named = idsIn(task.raw);
	return named.length === 0 || named.includes(id);
}

/**
 * Every ID that an answer gives its task, outermost first: a gateway may pass on Kling's id in an inner layer, beside its own
 * in the outer one.
 */
export function idsIn(payload: Payload): string[] {
	return layers(payload)
		.flatMap((layer) => [
			layer.task_id,
			layer.id,
			layer.external_task_id,
			layer.external_id,
			isRecord(layer.task_info) ? layer.task_info.external_task_id : undefined,
		])
		.map(idText)
		.filter(isKnown);
}

/**
 * @param value Unix seconds or milliseconds, or a date in text
 * @returns ISO 8601; `undefined` for what is no time, as one before Kling or more than a day ahead
 */
export function isoTime(value: unknown): string | undefined {
	if (typeof value !== 'number' && typeof value !== 'string') return undefined;
	if (String(value).length > LONGEST_TIME) return undefined;
	const digits = typeof value === 'number' || /^\d+$/.test(value);
	const ms = digits
		? Number(value) * (Number(value) < SECONDS_BELOW ? 1000 : 1)
		: Date.parse(value);
	const isTime = ms >= EARLIEST_MS && ms <= Date.now() + MOST_AHEAD_MS;
	return isTime ? new Date(ms).toISOString() : undefined;
}

function resultsIn(found: IDataObject[], resultKey: string, idKey: string): IDataObject[] {
	for (const layer of found) {
		const holder = isRecord(layer.task_result) ? layer.task_result : layer;
		const result = resultKey === ANY_RESULT ? allResults(holder) : holder[resultKey];
		if (Array.isArray(result) && result.some(isRecord)) return result.filter(isRecord);
		// Clients of sibling gateways also met a result without the list around it. `id` alone is the task's own.
		const hasOwnId = idKey !== 'id' && idKey !== '';
		if (hasOwnId && idText(layer[idKey]) !== undefined) return [layer];
	}
	return [];
}

const allResults = (holder: IDataObject): unknown[] =>
	RESULT_KEYS.flatMap((key): unknown[] => {
		const list: unknown = holder[key];
		return Array.isArray(list) ? list : [];
	});

/**
 * Whether a result is there, as opposed to an empty place for it.
 * @param idKey the field of its id, or empty for results without one
 */
export function isOutcome(result: IDataObject, idKey: string): boolean {
	if (idKey !== '') return idText(result[idKey] ?? result.id) !== undefined;
	return Object.values(result).some((value) => typeof value === 'string' && value !== '');
}

/** What failed says why nearest to the cause, which is furthest in. The message of an envelope is about the call. */
function innermostReason(found: IDataObject[]): string | undefined {
	const ofTask = found.filter(({ code, success }) => code === undefined && success === undefined);
	return ofTask.map(reasonIn).filter(isKnown).at(-1);
}

const messageOf = (value: unknown) => foreignText(value);

const isKnown = <T>(value: T | undefined): value is T => value !== undefined;
