import type { KlingClient } from '../api/client';
import { isRecord, layers, rowsOf, type Payload } from '../api/envelope';
import { problemFrom } from '../api/errors';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import type { TaskKind } from './kinds';
import { idText, readTask, type Task } from './task';

/** A task that was just made stands on the first page, newest or oldest first, unless the list is long. */
const RECENT_ROWS = 100;
/** The least that a request of a look may take, when the time is up. */
const LEAST_MS = 1_000;

/** A read without an answer to its question; without a code, as it is nobody's word that there is no such task. */
const notAnswered = (): Problem => ({
	...problemFrom({ httpStatus: 404, code: '1203' }),
	code: undefined,
});

/**
 * Reads one task by its task id or external task id. An answer that names other ids is none.
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
	const payloads = Array.isArray(reply.value) ? reply.value : [reply.value];
	// A gateway that answers with a list, or with its newest task, has not answered the question.
	const named = payloads.find((payload) => idsIn(payload).includes(id));
	const [first] = payloads;
	const answer = named ?? (payloads.length === 1 && idsIn(first).length === 0 ? first : undefined);
	if (answer === undefined) return failed(notAnswered());
	const task = readTask(answer, kind);
	return isKnown(task) || task.status !== 'unknown' ? ok(task) : failed(notAnswered());
}

/** A gateway may pass on Kling's own id in an inner layer, beside its own in the outer one. */
function idsIn(payload: Payload): string[] {
	return layers(payload)
		.flatMap((layer) => [
			layer.task_id,
			layer.id,
			layer.external_task_id,
			layer.external_id,
			isRecord(layer.task_info) ? layer.task_info.external_task_id : undefined,
		])
		.map(idText)
		.filter((id) => id !== undefined);
}

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
	if (reply.ok || reply.problem.cause !== 'missing') return reply;
	const { code } = reply.problem;
	if (client.mayProveAbsence && (code === '1201' || code === '1203')) return ok(undefined);
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
