import type { KlingClient } from '../api/client';
import { rowsOf } from '../api/envelope';
import { problemFrom } from '../api/errors';
import { failed, ok, type Reply } from '../api/reply';
import type { TaskKind } from './kinds';
import { readTask, type Task } from './task';

/** Clocks of n8n and Kling may differ by this much when a task is recognised by its age. */
const CLOCK_SKEW_MS = 120_000;
/** A task that was just made stands on the first page, newest or oldest first, unless the list is long. */
const RECENT_ROWS = 100;

/**
 * Reads one task by its task id or external task id.
 * @param once `timeoutMs`: one attempt that takes no longer, for callers that look again by themselves
 */
export async function readOne(
	client: KlingClient,
	kind: TaskKind,
	id: string,
	once?: { timeoutMs: number },
): Promise<Reply<Task>> {
	const path = `${kind.path}/${encodeURIComponent(id)}`;
	const reply = once
		? await client.exchange({ method: 'GET', path, timeoutMs: once.timeoutMs })
		: await client.read(path);
	if (!reply.ok) return reply;
	const tasks = Array.isArray(reply.value) ? reply.value : [reply.value];
	// A gateway that answers with a list, or with its newest task, has not answered the question.
	const task = tasks
		.map((payload) => readTask(payload, kind))
		.find(
			({ taskId, externalTaskId }) => tasks.length === 1 || [taskId, externalTaskId].includes(id),
		);
	const says = task && (isKnown(task) || task.status !== 'unknown');
	return says ? ok(task) : failed(problemFrom({ httpStatus: 404, code: '1203' }));
}

/**
 * Looks for the task of a create whose answer was lost: by external id, then by that id in the list, as some
 * gateways look tasks up by nothing but their own id.
 * @param sinceMs when the create was first sent, milliseconds since the epoch
 * @returns the task, or `undefined` when it surely does not exist; a problem when that cannot be told
 */
export async function findByExternalId(
	client: KlingClient,
	kind: TaskKind,
	externalTaskId: string,
	sinceMs: number,
): Promise<Reply<Task | undefined>> {
	const reply = await readOne(client, kind, externalTaskId);
	if (reply.ok && [undefined, externalTaskId].includes(reply.value.externalTaskId)) return reply;
	if (!reply.ok && reply.problem.cause !== 'missing') return reply;
	// Kling itself looks external ids up, so its word that there is none counts; a gateway's does not.
	const saidByKling = !reply.ok && reply.problem.code === '1201';
	if (saidByKling) return ok(undefined);
	const recent = await readRecent(client, kind);
	if (!recent.ok) return recent;
	const found = recent.value.find((task) => task.externalTaskId === externalTaskId);
	const mayBeHidden = recent.value.some(
		(task) => task.externalTaskId === undefined && isSince(task, sinceMs),
	);
	return found || !mayBeHidden ? ok(found) : failed(problemFrom({ httpStatus: 404 }));
}

function isSince(task: Task, sinceMs: number): boolean {
	return task.createdAt !== undefined && Date.parse(task.createdAt) >= sinceMs - CLOCK_SKEW_MS;
}

async function readRecent(client: KlingClient, kind: TaskKind): Promise<Reply<Task[]>> {
	const reply = await client.read(kind.path, { pageNum: 1, pageSize: RECENT_ROWS });
	if (!reply.ok) return reply;
	return ok(
		rowsOf(reply.value, kind.resultKey)
			.map((row) => readTask(row, kind))
			.filter(isKnown),
	);
}

/** An envelope with nothing in it is not a task. */
function isKnown(task: Task): boolean {
	return task.taskId !== undefined || task.results.length > 0;
}
