import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { isRecord, type Payload } from '../api/envelope';
import type { KlingRequest } from '../api/request';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { lookAgain } from '../api/retry';
import { ANOTHER_TASK, findByExternalId } from './find';
import type { CreatedKind } from './kinds';
import type { CreateMemory } from './memory';
import { isAccident, isUnclear, Search } from './settle';
import { readTask, type Task } from './task';

export type TaskBody = IDataObject & { external_task_id: string };

/** A task and how this create came by it. */
export interface Sent {
	task: Task;
	/**
	 * `made`: by this request; `foundAfterLoss`: looked up after its answer was lost; `found`: there before;
	 * `nameless`: taken by a gateway that named no task.
	 */
	how: 'made' | 'foundAfterLoss' | 'found' | 'nameless';
}

export interface SendOrder {
	body: TaskBody;
	timeoutMs: number;
	memory: CreateMemory;
}

const MOST_SENDINGS = 5;
const LEAST_MS = 2_000;
/** A gateway that gives no id may know the external one only after a while. */
const LOOKS_FOR_NAMELESS_MS = [0, 2_000, 4_000, 8_000];

/** Sends a create until its outcome is known, or cannot be known; the problem then has `mayExist`. */
export async function sendOnce(
	client: KlingClient,
	kind: CreatedKind,
	{ body, timeoutMs, memory }: SendOrder,
): Promise<Reply<Sent>> {
	const id = body.external_task_id;
	const search = new Search(client, kind, id);
	let mayExist = false;
	let untilMs = Date.now() + timeoutMs;
	/** For an API that cannot be reached, or is under maintenance. */
	let triesUntilMs: number | undefined;
	const onSend = () => {
		// Waiting for a place, or after a refusal, is not the create's own time.
		if (!mayExist) untilMs = Date.now() + timeoutMs;
		// Before the request, so that it counts as sent whatever happens next.
		memory.write(id, { state: 'sent' });
		return Math.max(LEAST_MS, untilMs - Date.now());
	};
	const request: KlingRequest = {
		method: 'POST',
		path: kind.path,
		body: placed(kind, body),
		onSend,
	};
	for (let sendings = 1; ; sendings += 1) {
		const reply = taskIn(await client.exchange(request), kind, id);
		if (reply.ok) return ok(await taken(client, kind, reply.value, { id, untilMs }));
		const { problem } = reply;
		const wasUnclear = mayExist;
		// An id in use means that a task exists, even if it cannot be found.
		mayExist ||= isUnclear(problem) || problem.cause === 'duplicate';
		const end = () => failed(mayExist ? unclear(problem, id) : problem);
		triesUntilMs ??= Date.now() + timeoutMs;
		const until = mayExist ? untilMs : triesUntilMs;
		const again = await mayGoOut({ client, search, problem, mayExist, untilMs: until, sendings });
		if (typeof again === 'object') {
			const isOurs = wasUnclear || isUnclear(problem);
			return ok<Sent>({ ...again, how: isOurs ? 'foundAfterLoss' : 'found' });
		}
		if (!again || sendings >= MOST_SENDINGS) return end();
	}
}

/** The new standard has its ids beside its other options. */
function placed({ idsIn = 'body' }: CreatedKind, body: TaskBody): IDataObject {
	if (idsIn !== 'options') return body;
	const { external_task_id, callback_url, options, ...own } = body;
	const ids = { external_task_id, ...(callback_url !== undefined && { callback_url }) };
	return { ...own, options: { ...(isRecord(options) ? options : {}), ...ids } };
}

interface Situation {
	client: KlingClient;
	search: Search;
	problem: Problem;
	mayExist: boolean;
	untilMs: number;
	sendings: number;
}

/** @returns the task if it exists already, else whether the create may be sent again */
async function mayGoOut(now: Situation): Promise<{ task: Task } | boolean> {
	const { client, search, problem, mayExist, untilMs, sendings } = now;
	if (problem.cause === 'duplicate') {
		// That an id is used is known at once, and nothing is gained by waiting.
		const look = await search.look(untilMs);
		return look.ok && look.value ? { task: look.value } : false;
	}
	if (mayExist) {
		const finding = await search.afterLostAnswer(untilMs);
		if (typeof finding === 'object') return finding;
		return finding === 'absent' && isAccident(problem) && Date.now() + LEAST_MS < untilMs;
	}
	const isOpen = problem.retry === 'afterPause' && problem.cause !== 'notOffered';
	const isLate = () => Date.now() >= untilMs;
	const asksTooMuch = Date.now() + (problem.retryAfterMs ?? 0) >= untilMs;
	if (!isOpen || asksTooMuch || sendings >= MOST_SENDINGS) return false;
	return (await client.backOff(problem, sendings, isLate)) && !isLate();
}

/** The task that a create was answered with; one of another external id is not the one that was asked for. */
function taskIn(reply: Reply<Payload>, kind: CreatedKind, externalTaskId: string): Reply<Task> {
	if (!reply.ok) return reply;
	const task = readTask(reply.value, kind);
	const isOurs = [undefined, externalTaskId].includes(task.externalTaskId);
	return isOurs ? ok({ ...task, externalTaskId }) : failed(ANOTHER_TASK);
}

async function taken(
	client: KlingClient,
	kind: CreatedKind,
	task: Task,
	{ id, untilMs }: { id: string; untilMs: number },
): Promise<Sent> {
	// What has no id of its own has no other handle than its external one.
	if (task.taskId !== undefined || task.results.length > 0) return { task, how: 'made' };
	const lastLookMs = Math.max(untilMs, Date.now() + LEAST_MS);
	const found = await findNameless(client, kind, id, lastLookMs);
	return found ? { task: found, how: 'made' } : { task, how: 'nameless' };
}

/** Kling took the request but the gateway did not say what became of it: never a reason to send it again. */
async function findNameless(
	client: KlingClient,
	kind: CreatedKind,
	externalTaskId: string,
	untilMs: number,
): Promise<Task | undefined> {
	const pause = async (ms: number) => Date.now() + ms < untilMs && (await client.pause(ms));
	return await lookAgain(LOOKS_FOR_NAMELESS_MS, pause, async () => {
		const look = await findByExternalId(client, kind, externalTaskId, untilMs);
		return look.ok ? look.value : undefined;
	});
}

/** The look-up could not settle it; the error carries the id, so that nothing is lost. */
export const unclear = (problem: Problem, externalTaskId: string): Problem => ({
	...problem,
	mayExist: true,
	task: { external_task_id: externalTaskId },
});
