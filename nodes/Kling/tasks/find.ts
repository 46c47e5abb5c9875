import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { rowsOf } from '../api/envelope';
import { ok, type Reply } from '../api/reply';
import { mayAnswer, type TaskKind } from './kinds';
import { readTask, type Task } from './task';

/** Clocks of n8n and Kling may differ by this much when a task is recognised by its age. */
const CLOCK_SKEW_MS = 120_000;
/** A task that was just made stands on the first page, newest or oldest first, unless the list is long. */
const RECENT_ROWS = 100;

export const taskPath = (kind: TaskKind, id: string): string =>
	`${kind.path}/${encodeURIComponent(id)}`;

/** Reads one task by its task id or external task id. */
export async function readOne(
	client: KlingClient,
	kind: TaskKind,
	id: string,
): Promise<Reply<Task>> {
	const reply = await client.read(taskPath(kind, id));
	return reply.ok ? ok(readTask(reply.value, kind.resultKey)) : reply;
}

/**
 * Looks for the task of a create whose answer was lost: by external id, then by that id in the list, as some
 * gateways look tasks up by nothing but their own id.
 * @returns the task, or `undefined` when the API answered and does not know it
 */
export async function findByExternalId(
	client: KlingClient,
	kind: TaskKind,
	externalTaskId: string,
): Promise<Reply<Task | undefined>> {
	const reply = await readOne(client, kind, externalTaskId);
	if (reply.ok && isKnown(reply.value)) return reply;
	if (!reply.ok && reply.problem.cause !== 'missing') return reply;
	const recent = await readRecent(client, kind);
	return ok(recent.find((task) => task.externalTaskId === externalTaskId));
}

/**
 * The last resort when no answer carries an id at all: the name among the recent tasks.
 * @param sinceMs when the create was sent, milliseconds since the epoch
 * @returns a task only when exactly one can be meant
 */
export async function findByName(
	client: KlingClient,
	kind: TaskKind,
	body: IDataObject,
	sinceMs: number,
): Promise<Task | undefined> {
	const candidates = (await readRecent(client, kind)).filter(
		(task) =>
			task.results.length > 0 &&
			task.externalTaskId === undefined &&
			mayAnswer(kind, task, body) &&
			task.createdAt !== undefined &&
			Date.parse(task.createdAt) >= sinceMs - CLOCK_SKEW_MS,
	);
	return candidates.length === 1 ? candidates[0] : undefined;
}

/** A gateway without a list simply has nothing to show here. */
async function readRecent(client: KlingClient, kind: TaskKind): Promise<Task[]> {
	const reply = await client.read(kind.path, { pageNum: 1, pageSize: RECENT_ROWS });
	if (!reply.ok) return [];
	return rowsOf(reply.value)
		.map((row) => readTask(row, kind.resultKey))
		.filter(isKnown);
}

/** An envelope with nothing in it is not a task. */
function isKnown(task: Task): boolean {
	return task.taskId !== undefined || task.results.length > 0;
}
