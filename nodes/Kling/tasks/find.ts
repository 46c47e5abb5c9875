import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { rowsOf, type Payload } from '../api/envelope';
import { problemFrom } from '../api/errors';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { lookAgain } from '../api/retry';
import type { TaskKind } from './kinds';
import { idsIn, isAnswerTo, readTask, type Task } from './task';

/** A task that was just made stands on the first page, newest or oldest first, unless the list is long. */
const RECENT_ROWS = 100;
/** The least that a request of a look may take, when the time is up. */
const LEAST_MS = 1_000;

/** For a read whose question was not answered. It has no code, as nobody has said that there is no such task. */
const notAnswered = (): Problem => ({
	...problemFrom({ httpStatus: 404, code: '1203' }),
	code: undefined,
});

export interface ReadOptions {
	/** Limits the read to one attempt of this length, for callers that look again by themselves. */
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
	const until = timeoutMs === undefined ? undefined : Date.now() + timeoutMs;
	const first = await ask(client, kind, id, options);
	if (!isMismatch(first)) return first;
	const isOver = until !== undefined && Date.now() >= until;
	if (externalTaskId !== id && !isOver) {
		const left = until === undefined ? undefined : until - Date.now();
		const other = await ask(client, kind, externalTaskId, { ...options, timeoutMs: left });
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
	const reply = kind.isInTasks
		? await askTasks(client, id, timeoutMs)
		: await get(client, `${kind.path}/${encodeURIComponent(id)}`, {}, timeoutMs);
	if (!reply.ok) return reply;
	const payloads = Array.isArray(reply.value) ? reply.value : [reply.value];
	const tasks = payloads.map((payload) => readTask(payload, kind));
	// A gateway that answers with a list, or with its newest task, has not answered the question.
	const task = tasks.find(
		(one) =>
			isAnswerTo(id, externalTaskId, one) && (tasks.length === 1 || idsIn(one.raw).includes(id)),
	);
	if (task && (isKnown(task) || task.status !== 'unknown')) return ok(task);
	const [only] = tasks;
	const isAnother = tasks.length === 1 && only && !task;
	return failed(isAnother ? ANOTHER_TASK : notAnswered());
}

/** `/tasks` takes ids of each kind apart, and answers one that it does not know with an empty list. */
async function askTasks(
	client: KlingClient,
	id: string,
	timeoutMs: number | undefined,
): Promise<Reply<Payload>> {
	for (const name of ['task_ids', 'external_task_ids']) {
		const reply = await get(client, TASKS_PATH, { [name]: id }, timeoutMs);
		const isUnknown = reply.ok && Array.isArray(reply.value) && reply.value.length === 0;
		if (!isUnknown) return reply;
	}
	return failed(problemFrom({ httpStatus: 404, code: '1203' }));
}

const TASKS_PATH = '/tasks';

const get = async (
	client: KlingClient,
	path: string,
	query: IDataObject,
	timeoutMs: number | undefined,
): Promise<Reply<Payload>> =>
	timeoutMs === undefined
		? await client.read(path, query)
		: await client.exchange({ method: 'GET', path, query, timeoutMs });

/** The answer is about another task. */
export const ANOTHER_TASK: Problem = {
	cause: 'mismatch',
	retry: 'afterLook',
	what: 'The gateway answered with a different task from the one requested',
	remedy: 'askGateway',
};

/**
 * Looks for the task of a create whose answer was lost: by external id, then by that id in the list, as some
 * gateways look tasks up by nothing but their own id.
 * @param untilMs when the look must have ended, milliseconds since the epoch; each request is then sent once
 * @returns the task, or `undefined` when it is proven that there is none, which only Kling's own word does; a problem
 * with the cause `missing` when it was not seen, and any other when it could not be looked for
 */
export async function findByExternalId(
	client: KlingClient,
	kind: TaskKind,
	externalTaskId: string,
	untilMs?: number,
): Promise<Reply<Task | undefined>> {
	const reply = await readOne(client, kind, externalTaskId, leftUntil(untilMs));
	if (reply.ok) return ok({ ...reply.value, externalTaskId });
	const { cause, code } = reply.problem;
	if (cause !== 'missing' && cause !== 'mismatch') return reply;
	if (client.mayProveAbsence && (code === '1201' || code === '1203')) return ok(undefined);
	if (kind.isInTasks) return reply;
	const recent = await readRecent(client, kind, leftUntil(untilMs));
	if (!recent.ok) return recent;
	const found = recent.value.find((task) => task.externalTaskId === externalTaskId);
	return found ? ok(found) : failed(reply.problem);
}

const leftUntil = (untilMs?: number) =>
	untilMs === undefined ? undefined : { timeoutMs: Math.max(LEAST_MS, untilMs - Date.now()) };

async function readRecent(
	client: KlingClient,
	kind: TaskKind,
	once?: { timeoutMs: number },
): Promise<Reply<Task[]>> {
	const query = { pageNum: 1, pageSize: RECENT_ROWS };
	const reply = once
		? await client.exchange({ method: 'GET', path: kind.path, query, ...once })
		: await client.read(kind.path, query);
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
