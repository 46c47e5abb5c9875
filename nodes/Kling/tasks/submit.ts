import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { CREATES, lookAgain, repeat } from '../api/retry';
import { findByExternalId } from './find';
import { mayAnswer, type CreatedKind } from './kinds';
import { readTask, type Task } from './task';

/** A create whose answer was lost may still be under way, so the look-up comes later and just before a resend. */
const LOOK_AFTER_MS = [3_000, 5_000, 8_000, 12_000];
/** A gateway that gives no id may know the external one only after a while. */
const LOOKS_FOR_UNNAMED_MS = [0, 2_000, 4_000, 8_000];

export type TaskBody = IDataObject & { external_task_id: string };

export interface Submitted {
	task: Task;
	/** Found under an id that the user gave: an earlier create made it, and its callbacks may go elsewhere. */
	isEarlier: boolean;
}

/**
 * Creates a task exactly once. The external task id is what survives a lost answer: whenever an answer may
 * hide a created task, the task is looked up by that id before anything is sent again, and what is sent
 * again carries the same id, which Kling refuses to take twice.
 * @param isOwnId whether the id was made for this very create; one that a user gave may belong to another task
 */
export async function submit(
	client: KlingClient,
	kind: CreatedKind,
	body: TaskBody,
	isOwnId: boolean,
): Promise<Reply<Submitted>> {
	const sentAtMs = Date.now();
	const externalTaskId = body.external_task_id;
	const settle = async (problem: Problem, attempt: number) => {
		// That the first create met a used id is known at once; nothing is gained by waiting.
		const pauseMs = problem.cause === 'duplicate' && attempt === 1 ? 0 : LOOK_AFTER_MS[attempt - 1];
		if (!(await client.pause(pauseMs ?? 0))) return undefined;
		const found = await findByExternalId(client, kind, externalTaskId, sentAtMs);
		if (!found.ok) return failed(unclear(problem, externalTaskId));
		const task = found.value;
		if (!task) return undefined;
		const isOurs = isOwnId || mayAnswer(kind, task, nameIn(kind, body));
		return isOurs ? ok({ task, isEarlier: !isOwnId }) : failed(idBelongsToAnother(task));
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
	const isNamed = task.taskId !== undefined || task.results.length > 0;
	return ok({
		task: isNamed ? task : await findUnnamed(client, kind, body, sentAtMs, task),
		isEarlier: false,
	});
}

/** Kling took the request but the gateway did not say what became of it: never a reason to send it again. */
async function findUnnamed(
	client: KlingClient,
	kind: CreatedKind,
	{ external_task_id: externalTaskId }: TaskBody,
	sentAtMs: number,
	answer: Task,
): Promise<Task> {
	const pause = async (ms: number) => await client.pause(ms);
	const found = await lookAgain(LOOKS_FOR_UNNAMED_MS, pause, async () => {
		const look = await findByExternalId(client, kind, externalTaskId, sentAtMs);
		return look.ok ? look.value : undefined;
	});
	return found ?? { ...answer, externalTaskId };
}

/** The look-up could not settle it; the id goes on with the error so that nothing is lost. */
const unclear = (problem: Problem, externalTaskId: string): Problem => ({
	...problem,
	mayExist: true,
	task: { external_task_id: externalTaskId },
});

/** A task that somebody else's create made under the same external id. */
export const idBelongsToAnother = (other: Task): Problem => ({
	cause: 'duplicate',
	retry: 'never',
	what: `The external task ID belongs to another task already (${other.taskId ?? 'without an ID'})`,
	remedy: 'newExternalId',
	// Not its task ID: a step that reads it from the error would go on with somebody else's task.
	task: { external_task_id: other.externalTaskId },
});
