import type { KlingClient } from '../api/client';
import { cancelled } from '../api/errors';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { readOne } from './find';
import type { CreatedKind } from './kinds';
import { idText, isFinal, keepIds, type Task } from './task';

/** Spreads the looks of many items; never towards zero, so that the number of looks stays bounded. */
const JITTER = 0.06;
/** A replica may not know a task yet that was just made, nor its result when it has just ended. */
const LAG_MS = 30_000;
/** The same for a task that had ended before anybody waited: there a result is rather gone than late. */
const LAG_OF_FINISHED_MS = 8_000;
/** What the last look may take when the time is up. */
const LEAST_MS = 2_000;

/**
 * Looks at a task until it is final. A paid task does not die because a look was unlucky: as long as there is
 * time, only an answer that will not change (a wrong key, a task that stays unknown) ends the wait.
 * @param timeoutMs how long to wait in all; the last look is made when it has passed
 * @returns the final task, also a failed one, or one whose result never came; a task without an id as it is, for there is nothing to look at; a problem with the task's ids on time-out or cancellation
 */
export async function waitUntilFinal(
	client: KlingClient,
	kind: CreatedKind,
	task: Task,
	timeoutMs: number,
): Promise<Reply<Task>> {
	const id = task.taskId;
	if (isComplete(kind, task) || id === undefined) return ok(task);
	const began = Date.now();
	const resultLagMs = isFinal(task) ? LAG_OF_FINISHED_MS : LAG_MS;
	let endedAt = isFinal(task) ? began : undefined;
	const until = Date.now() + timeoutMs;
	let latest = task;
	let trouble: Problem | undefined;
	for (let look = 0; ; look += 1) {
		const left = until - Date.now();
		if (left <= 0) {
			return isFinal(latest) ? ok(latest) : failed(timedOut(latest, timeoutMs, trouble));
		}
		const pauseMs =
			(kind.pausesMs[look] ?? kind.pausesMs.at(-1) ?? 0) * (1 + Math.random() * JITTER);
		if (!(await client.pause(Math.min(left, pauseMs)))) return failed(withIds(cancelled(), latest));
		const reply = await readOne(client, kind, id, {
			timeoutMs: Math.max(LEAST_MS, until - Date.now()),
			externalTaskId: latest.externalTaskId,
		});
		const mayLag = !reply.ok && reply.problem.cause === 'missing' && Date.now() - began < LAG_MS;
		if (!reply.ok && !mayLag && isLasting(reply.problem)) {
			return failed(withIds(reply.problem, latest));
		}
		trouble = reply.ok ? undefined : reply.problem;
		if (reply.ok) latest = keepIds(reply.value, latest);
		if (isFinal(latest)) endedAt ??= Date.now();
		const isOver = endedAt !== undefined && Date.now() - endedAt >= resultLagMs;
		if (isComplete(kind, latest) || isOver) {
			client.taskFinished();
			return ok(latest);
		}
	}
}

/** Whether a task is final and, if it succeeded, has what it made. */
export function isComplete({ idKey }: CreatedKind, task: Task): boolean {
	if (task.status !== 'succeed') return task.status === 'failed';
	return task.results.some((result) => idText(result[idKey] ?? result.id) !== undefined);
}

/** A task that succeeded, as it is said, and shows nothing for it. */
export const withoutResult = ({ name }: CreatedKind, task: Task): Problem => ({
	cause: 'missing',
	retry: 'never',
	what: `The task has succeeded, but no ${name} came with it`,
	remedy: 'pickUpLater',
	task: { ...idsOf(task), task_status: task.status },
});

/** A server that has too much to do gives in later; that the client has stopped asking does not matter here. */
function isLasting({ retry, cause }: Problem): boolean {
	return retry === 'never' && cause !== 'busy' && cause !== 'rate';
}

/** The ids of a task in the API's own names, for outputs and errors. */
const idsOf = (task: Task) => ({
	task_id: task.taskId,
	external_task_id: task.externalTaskId,
});

/** A task that ended `failed` is an error in n8n, with Kling's reason and the ids. */
export const taskFailed = ({ name }: CreatedKind, task: Task): Problem => ({
	cause: 'taskFailed',
	retry: 'never',
	what: `Kling could not make the ${name}: ${task.statusMessage ?? 'it gave no reason'}`,
	task: { ...idsOf(task), task_status: task.status, task_status_msg: task.statusMessage },
});

/** @param trouble why the last look gave nothing, if it did */
function timedOut(task: Task, timeoutMs: number, trouble?: Problem): Problem {
	return withIds(
		{
			cause: 'timeout',
			retry: 'never',
			what: `Not finished after ${Math.round(timeoutMs / 1000)} s (last status: ${task.status})${trouble ? `; the last look failed: ${trouble.what}` : ''}`,
			remedy: 'pickUpLater',
		},
		task,
	);
}

function withIds(problem: Problem, task: Task): Problem {
	return { ...problem, task: { ...idsOf(task), task_status: task.status } };
}
