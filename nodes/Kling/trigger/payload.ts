import type { IDataObject } from 'n8n-workflow';

import type { Tagged } from '../api/callbackTag';
import { isCallId } from '../api/callId';
import { isRecord } from '../api/envelope';
import { kindOfType, type TaskType } from '../tasks/endpoints';
import { TASK_KINDS } from '../tasks/kinds';
import { withResult } from '../tasks/outputs';
import { ANY_RESULT, readTask, type Task } from '../tasks/task';

/** What a callback says; a hint until it is verified. */
export interface Claim {
	taskId: string;
	externalTaskId?: string;
	/** The path of the kind that the called address was given for; then the external ID is that of the address, too. */
	tagged?: string;
	status: Task['status'];
	/** The task as each chosen type would read it; those that it cannot be are left out. */
	tasks: Map<TaskType, Task & { taskId: string }>;
}

/** For what stands beside the outcome. */
const NO_OUTCOME = { resultKey: '', idKey: 'id' };

/**
 * Reads a callback of either generation: the bare task, or `id`, `status` and `outputs`.
 * @returns `undefined` when it is no task: without an id that can be looked up, or in an undocumented status
 */
export function readClaim(body: IDataObject, types: TaskType[]): Claim | undefined {
	const payload = withResult(body);
	const { taskId, externalTaskId } = readTask(payload, NO_OUTCOME);
	const status = statusOf(payload);
	if (!isCallId(taskId) || status === 'unknown') return undefined;
	const result = payload.task_result;
	const filled = isRecord(result)
		? Object.keys(result).filter((key) => Array.isArray(result[key]) && result[key].length > 0)
		: [];
	const tasks = types
		.filter((type) => filled.length === 0 || mayHave(type, filled))
		.map((type) => [type, { ...readTask(payload, kindOfType(type)), taskId }] as const);
	const usable = isCallId(externalTaskId) ? externalTaskId : undefined;
	return { taskId, externalTaskId: usable, status, tasks: new Map(tasks) };
}

/** Whether a kind of task can have given what a call shows. @param filled lists of its result that are not empty */
function mayHave(type: TaskType, filled: string[]): boolean {
	const { resultKey } = kindOfType(type);
	// A voice comes from one endpoint alone.
	return resultKey === ANY_RESULT ? !filled.includes('voices') : filled.includes(resultKey);
}

/** What a call says on an address that was given for one task: only what is said of that task counts. */
export function claimOfAddress(claim: Claim, tagged: Tagged | undefined): Claim {
	if (!tagged) return claim;
	const { path, externalTaskId } = tagged;
	const tasks = [...claim.tasks].filter(([type]) => kindOfType(type).path === path);
	return { ...claim, externalTaskId, tagged: path, tasks: new Map(tasks) };
}

/** Where a payload names no status, the outcome of any kind tells. */
function statusOf(payload: IDataObject): Task['status'] {
	const readings = [NO_OUTCOME, ...Object.values(TASK_KINDS)].map((kind) =>
		readTask(payload, kind),
	);
	return readings.find(({ status }) => status !== 'unknown')?.status ?? 'unknown';
}
