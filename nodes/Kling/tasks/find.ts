import type { KlingClient } from '../api/client';
import { rowsOf } from '../api/envelope';
import { problemFrom } from '../api/errors';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { lookAgain } from '../api/retry';
import type { TaskKind } from './kinds';
import { isAnswerTo, readTask, type Task } from './task';

/** Clocks of n8n and Kling may differ by this much when a task is recognised by its age. */
const CLOCK_SKEW_MS = 120_000;
/** A task that was just made stands on the first page, newest or oldest first, unless the list is long. */
const RECENT_ROWS = 100;

export interface ReadOptions {
	/** One attempt that takes no longer, for callers that look again by themselves. */
	timeoutMs?: number;
	/** Of the same task, where it is known: the answer must not name another one. */
	externalTaskId?: string;
}

/** A cache that mixes up its answers may do better a moment later. */
const LOOKS_AFTER_MISMATCH_MS = [1_000, 3_000];

/**
 * Reads one task by its task id or external task id.
 * @returns a problem of the cause `mismatch` when the gateway answers with another task, which proves nothing
 */
export async function readOne(
	client: KlingClient,
	kind: TaskKind,
	id: string,
	options: ReadOptions = {},
): Promise<Reply<Task>> {
	const { timeoutMs, externalTaskId = id } = options;
	const first = await ask(client, kind, id, options);
	if (!isMismatch(first)) return first;
	if (externalTaskId !== id) {
		const other = await ask(client, kind, externalTaskId, options);
		if (other.ok) return other;
	}
	if (timeoutMs !== undefined) return first;
	const pause = async (ms: number) => await client.pause(ms);
	const later = await lookAgain(LOOKS_AFTER_MISMATCH_MS, pause, async () => {
		const reply = await ask(client, kind, id, options);
		return isMismatch(reply) ? undefined : reply;
	});
	return later ?? first;
}

const isMismatch = (reply: Reply<Task>) => !reply.ok && reply.problem.cause === 'mismatch';

async function ask(
	client: KlingClient,
	kind: TaskKind,
	id: string,
	{ timeoutMs, externalTaskId }: ReadOptions,
): Promise<Reply<Task>> {
	const path = `${kind.path}/${encodeURIComponent(id)}`;
	const reply =
		timeoutMs === undefined
			? await client.read(path)
			: await client.exchange({ method: 'GET', path, timeoutMs });
	if (!reply.ok) return reply;
	const payloads = Array.isArray(reply.value) ? reply.value : [reply.value];
	const tasks = payloads.map((payload) => readTask(payload, kind));
	// A gateway that answers with a list, or with its newest task, has not answered the question.
	const task = tasks.find(
		(one) =>
			isAnswerTo(id, externalTaskId, one) &&
			(tasks.length === 1 || [one.taskId, one.externalTaskId].includes(id)),
	);
	if (task && (isKnown(task) || task.status !== 'unknown')) return ok(task);
	const [only] = tasks;
	const isAnother = tasks.length === 1 && only && !task;
	return failed(isAnother ? ANOTHER_TASK : problemFrom({ httpStatus: 404, code: '1203' }));
}

/** The answer is about another task. */
export const ANOTHER_TASK: Problem = {
	cause: 'mismatch',
	retry: 'afterLook',
	what: 'The gateway answered with another task than the one that was asked for',
	remedy: 'askGateway',
};

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
	if (reply.ok && [undefined, externalTaskId].includes(reply.value.externalTaskId)) {
		return ok({ ...reply.value, externalTaskId });
	}
	if (!reply.ok && !['missing', 'mismatch'].includes(reply.problem.cause)) return reply;
	// Kling itself looks external ids up, so its word that there is none counts; a gateway's does not.
	const saidByKling = !reply.ok && reply.problem.code === '1201';
	if (saidByKling) return ok(undefined);
	const recent = await readRecent(client, kind);
	if (!recent.ok) return recent;
	const found = recent.value.find((task) => task.externalTaskId === externalTaskId);
	const mayBeHidden = recent.value.some(
		(task) => task.externalTaskId === undefined && isSince(task, sinceMs),
	);
	// An answer about another task says nothing about this one.
	if (!found && !reply.ok && isMismatch(reply)) return reply;
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
