import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { CREATES, lookAgain, repeat } from '../api/retry';
import { ANOTHER_TASK, findByExternalId } from './find';
import { mayAnswer, type CreatedKind } from './kinds';
import { readTask, type Task } from './task';

/** A create whose answer was lost may still be under way, so the look-up comes later and just before a resend. */
const LOOK_AFTER_MS = [3_000, 5_000, 8_000, 12_000];
/** A gateway that gives no id may know the external one only after a while. */
const LOOKS_FOR_NAMELESS_MS = [0, 2_000, 4_000, 8_000];

export type TaskBody = IDataObject & { external_task_id: string };

/** Where the external id of a create comes from: made for this very create, or given by the user. */
export type IdOrigin = 'derived' | 'given';

export interface Submitted {
	task: Task;
	/**
	 * `earlier`: found under an id that the user gave, so another create made it, and its callbacks go elsewhere;
	 * `nameless`: taken by a gateway that named no task, so there is nothing to look at.
	 */
	origin: 'created' | 'earlier' | 'nameless';
}

/**
 * Creates a task exactly once. The external task id survives a lost answer: whenever an answer may hide a created task,
 * the task is looked up by that id before anything is sent again. A resend carries the same id, which Kling refuses to
 * take twice.
 * @param idOrigin a task under a given id may belong to another create
 */
export async function submit(
	client: KlingClient,
	kind: CreatedKind,
	body: TaskBody,
	idOrigin: IdOrigin,
): Promise<Reply<Submitted>> {
	const sentAtMs = Date.now();
	const externalTaskId = body.external_task_id;
	const settle = async (problem: Problem, attempt: number, mayExist: boolean) => {
		// That an id is used is known at once, and nothing is gained by waiting.
		const pauseMs = mayExist ? LOOK_AFTER_MS[attempt - 1] : 0;
		if (!(await client.pause(pauseMs ?? 0))) return undefined;
		const found = await findByExternalId(client, kind, externalTaskId, sentAtMs);
		if (!found.ok) return failed(unclear(problem, externalTaskId));
		const task = found.value;
		if (!task) return undefined;
		if (idOrigin === 'derived') return ok<Submitted>({ task, origin: 'created' });
		return mayAnswer(kind, task, nameIn(kind, body))
			? ok<Submitted>({ task, origin: 'earlier' })
			: failed(idBelongsToAnother(task));
	};
	return await repeat(CREATES, {
		send: async () => await send(client, kind, body, sentAtMs),
		settle,
		wait: async (problem, attempt, looked) =>
			looked ? !client.stopped : await client.backOff(problem, attempt),
		end: (problem, mayExist) => (mayExist ? unclear(problem, externalTaskId) : problem),
	});
}

/** The name that the body asks for, where the kind has names. */
export const nameIn = ({ nameKey }: CreatedKind, body: IDataObject): unknown =>
	nameKey && body[nameKey];

async function send(
	client: KlingClient,
	kind: CreatedKind,
	body: TaskBody,
	sentAtMs: number,
): Promise<Reply<Submitted>> {
	const reply = await client.exchange({ method: 'POST', path: kind.path, body });
	if (!reply.ok) return reply;
	const task = readTask(reply.value, kind);
	const { external_task_id: externalTaskId } = body;
	if (![undefined, externalTaskId].includes(task.externalTaskId)) return failed(ANOTHER_TASK);
	if (task.taskId !== undefined)
		return ok({ task: { ...task, externalTaskId }, origin: 'created' });
	// The only handle there is on a task that has no id of its own.
	const known = { ...task, externalTaskId };
	if (task.results.length > 0) return ok({ task: known, origin: 'created' });
	const found = await findNameless(client, kind, externalTaskId, sentAtMs);
	return ok(found ? { task: found, origin: 'created' } : { task: known, origin: 'nameless' });
}

/** Kling took the request but the gateway did not say what became of it: never a reason to send it again. */
async function findNameless(
	client: KlingClient,
	kind: CreatedKind,
	externalTaskId: string,
	sentAtMs: number,
): Promise<Task | undefined> {
	const pause = async (ms: number) => await client.pause(ms);
	return await lookAgain(LOOKS_FOR_NAMELESS_MS, pause, async () => {
		const look = await findByExternalId(client, kind, externalTaskId, sentAtMs);
		return look.ok ? look.value : undefined;
	});
}

/** The look-up could not settle it; the error carries the id, so that nothing is lost. */
const unclear = (problem: Problem, externalTaskId: string): Problem => ({
	...problem,
	mayExist: true,
	task: { external_task_id: externalTaskId },
});

/** A task that another create made under the same external id. */
export const idBelongsToAnother = (other: Task): Problem => ({
	cause: 'duplicate',
	retry: 'never',
	what: `The external task ID belongs to another task already (${other.taskId ?? 'without an ID'})`,
	remedy: 'newExternalId',
	// Not its task ID: a step that reads it from the error would continue with the wrong task.
	task: { external_task_id: other.externalTaskId },
});
