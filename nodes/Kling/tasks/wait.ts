import type { KlingClient } from '../api/client';
import { cancelled } from '../api/errors';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { readOne } from './find';
import type { CreatedKind } from './kinds';
import { isFinal, isOutcome, keepIds, type Task } from './task';

/** Spreads the looks of many items; never towards zero, so that the number of looks stays bounded. */
const JITTER = 0.06;
/** A replica may not know a task yet that was just made, nor its result when it has just ended. */
const LAG_MS = 30_000;
/** The same for a task that had ended before anybody waited: its missing result is more likely gone than late. */
const LAG_OF_FINISHED_MS = 8_000;
/** What the last look may take when the time is up. */
const LEAST_MS = 2_000;
/** So many pages or redirects in a row end a wait: a proxy that restarts answers with a few. */
const ODD_LOOKS = 3;

/** Told of a task before the first look at it, and after each: what it was then, and how long the wait has lasted. */
export type OnLook = (task: Task, waitedMs: number) => void;

/**
 * Looks at a task until it is final. A paid task does not die because a look was unlucky: as long as there is
 * time, only an answer that will not change (a wrong key, a task that stays unknown) ends the wait.
 * @param task that has a task id or an external one, by which it can be looked at
 * @param timeoutMs how long to wait in all; the last look is made when it has passed
 * @returns the final task, also a failed one, or one whose result never came; a task without any id as it is; a problem with the task's ids on time-out or cancellation
 */
export async function waitUntilFinal(
	client: KlingClient,
	kind: CreatedKind,
	task: Task,
	timeoutMs: number,
	onLook?: OnLook,
): Promise<Reply<Task>> {
	if (isComplete(kind, task) || handleOf(task) === undefined) return ok(task);
	const lags = { missingMs: LAG_MS, resultMs: isFinal(task) ? LAG_OF_FINISHED_MS : LAG_MS };
	onLook?.(task, 0);
	return await new Wait(client, kind, task, timeoutMs, { ...lags, onLook }).untilFinal();
}

/**
 * The same for a task of which nothing is known but its id: the first look is made at once.
 * @param id task id or external task id
 */
export async function waitForGiven(
	client: KlingClient,
	kind: CreatedKind,
	id: string,
	timeoutMs: number,
	onLook?: OnLook,
): Promise<Reply<Task>> {
	const task: Task = { taskId: id, status: 'unknown', results: [], raw: {} };
	const lags = { missingMs: LAG_OF_FINISHED_MS, resultMs: LAG_OF_FINISHED_MS };
	return await new Wait(client, kind, task, timeoutMs, { ...lags, onLook }).untilFinal(true);
}

/** A gateway may know a task by its external id before it gives it one of its own. */
const handleOf = ({ taskId, externalTaskId }: Task) => taskId ?? externalTaskId;

class Wait {
	private readonly began = Date.now();
	private readonly until: number;
	private endedAt: number | undefined;
	private trouble: Problem | undefined;
	private oddLooks = 0;

	constructor(
		private readonly client: KlingClient,
		private readonly kind: CreatedKind,
		private latest: Task,
		private readonly timeoutMs: number,
		/** How long a task may stay unknown, and then without its result; and who is told of it. */
		private readonly terms: { missingMs: number; resultMs: number; onLook: OnLook | undefined },
	) {
		this.until = this.began + timeoutMs;
		this.endedAt = isFinal(latest) ? this.began : undefined;
	}

	async untilFinal(beginsAtOnce = false): Promise<Reply<Task>> {
		for (let look = 0; ; look += 1) {
			const leftMs = this.until - Date.now();
			if (leftMs <= 0) return this.outOfTime();
			const pauseMs = beginsAtOnce && look === 0 ? 0 : this.pauseMs(look);
			if (!(await this.client.pause(Math.min(leftMs, pauseMs)))) {
				return failed(withIds(cancelled(), this.latest));
			}
			const lasting = await this.look();
			this.terms.onLook?.(this.latest, Date.now() - this.began);
			if (lasting) return failed(withIds(lasting, this.latest));
			if (isComplete(this.kind, this.latest) || this.isLagOver()) {
				this.client.taskFinished();
				return ok(this.latest);
			}
		}
	}

	private pauseMs(look: number): number {
		const { pausesMs } = this.kind;
		return (pausesMs[look] ?? pausesMs.at(-1) ?? 0) * (1 + Math.random() * JITTER);
	}

	/** @returns a problem that will not pass */
	private async look(): Promise<Problem | undefined> {
		const { client, kind, latest, until } = this;
		const reply = await readOne(client, kind, handleOf(latest) ?? '', {
			timeoutMs: Math.max(LEAST_MS, until - Date.now()),
			externalTaskId: latest.externalTaskId,
		});
		this.trouble = reply.ok ? undefined : reply.problem;
		this.oddLooks = reply.ok || !isFromBetween(reply.problem) ? 0 : this.oddLooks + 1;
		if (reply.ok) {
			this.latest = keepIds(reply.value, latest);
			if (isFinal(this.latest)) this.endedAt ??= Date.now();
			return undefined;
		}
		const isNew = Date.now() - this.began < this.terms.missingMs;
		const mayLag = reply.problem.cause === 'missing' && isNew;
		const mayPass = this.oddLooks > 0 && this.oddLooks < ODD_LOOKS;
		return !mayLag && !mayPass && isLasting(reply.problem) ? reply.problem : undefined;
	}

	/** Whether a task that has ended has had its time to show what it made. */
	private isLagOver(): boolean {
		return this.endedAt !== undefined && Date.now() - this.endedAt >= this.terms.resultMs;
	}

	private outOfTime(): Reply<Task> {
		const { latest, timeoutMs, trouble } = this;
		return isFinal(latest) ? ok(latest) : failed(timedOut(latest, timeoutMs, trouble));
	}
}

/** Whether a task is final and, if it succeeded, has what it made. */
export function isComplete({ idKey }: CreatedKind, task: Task): boolean {
	if (task.status !== 'succeed') return task.status === 'failed';
	return task.results.some((result) => isOutcome(result, idKey));
}

/** For a task that is said to have succeeded but has no result. */
export const withoutResult = ({ name }: CreatedKind, task: Task): Problem => ({
	cause: 'missing',
	retry: 'never',
	what: `The task has succeeded, but no ${name} came with it`,
	remedy: 'pickUpLater',
	task: { ...idsOf(task), task_status: task.status },
});

/** Said by a proxy, a CDN or a login page, and not by the API about the task. What is too large is not fetched again. */
function isFromBetween({ cause, httpStatus }: Problem): boolean {
	return httpStatus !== undefined && ['unreadable', 'notOffered', 'unreachable'].includes(cause);
}

/** A busy server gives in later, even if the client has given up on one request. */
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
			what: `Not finished after ${Math.round(timeoutMs / 1000)} s (last status: ${task.status})${trouble ? `; the last check failed: ${trouble.what}` : ''}`,
			remedy: 'pickUpLater',
		},
		task,
	);
}

function withIds(problem: Problem, task: Task): Problem {
	return { ...problem, task: { ...idsOf(task), task_status: task.status } };
}
