import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { layers } from '../api/envelope';
import { isKlingCode } from '../api/errors';
import { plainText } from '../api/foreign';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { readOne } from './find';
import { mayAnswer, type CreatedKind } from './kinds';
import type { CreateMemory } from './memory';
import { sendOnce, unclear, type Sent, type TaskBody } from './send';
import { findingOf, Search } from './settle';
import type { Task } from './task';

export type { TaskBody };

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

export interface SubmitOrder {
	body: TaskBody;
	/** A task under a given id may belong to another create. */
	idOrigin: IdOrigin;
	/** The derived ids of this create, from 0 on; a task that Kling failed uses its id up. */
	nextId: (attempt: number) => string;
	/** The body as it is sent under its id, once that is settled: its callback address may name the task. */
	withTag: (body: TaskBody) => Promise<TaskBody>;
	/** How long the create may take in all, from when it was first sent. */
	timeoutMs: number;
	memory: CreateMemory;
}

/** More failed tasks than n8n's retries can leave behind. */
const MOST_IDS = 20;
/** How ids begin that this package derives. */
const DERIVED = 'n8n-';

/**
 * Creates a task exactly once. The external task id survives a lost answer: an unclear create is looked for by that id.
 * It is sent again only when Kling itself says that it knows no such id.
 */
export async function submit(
	client: KlingClient,
	kind: CreatedKind,
	order: SubmitOrder,
): Promise<Reply<Submitted>> {
	if (order.idOrigin === 'given') {
		return await submitGiven(client, kind, { ...order, body: await order.withTag(order.body) });
	}
	let last: Reply<Submitted> | undefined;
	for (let attempt = 0; attempt < MOST_IDS; attempt += 1) {
		const externalTaskId = order.nextId(attempt);
		if (order.memory.read(externalTaskId)?.state === 'failed') continue;
		const body = await order.withTag({ ...order.body, external_task_id: externalTaskId });
		const sent = await submitUnder(client, kind, { ...order, body });
		if (!sent.ok) return sent;
		last = ok<Submitted>({ task: sent.value.task, origin: originOf(sent.value) });
		if (sent.value.how !== 'found' || !isFailedByKling(sent.value.task)) return last;
		// It failed in an earlier try of this item, which reported it; its id is used up.
		order.memory.write(externalTaskId, { state: 'failed' });
	}
	return last ?? failed(allIdsUsed());
}

const originOf = ({ how }: Sent): Submitted['origin'] =>
	how === 'nameless' ? 'nameless' : 'created';

/** A given id has no successor, and what is found under it may be somebody else's. */
async function submitGiven(
	client: KlingClient,
	kind: CreatedKind,
	order: SubmitOrder,
): Promise<Reply<Submitted>> {
	const { body, memory, timeoutMs } = order;
	const id = body.external_task_id;
	if (memory.read(id) === undefined && !client.mayProveAbsence) {
		const look = await new Search(client, kind, id).look(Date.now() + timeoutMs);
		if (look.ok && look.value) return asEarlier(kind, body, look.value);
		if (!look.ok) {
			// An id of ours was typed because an error named it: its task may exist, and is not made twice.
			if (id.startsWith(DERIVED)) return failed(unclear(look.problem, id));
			const wasLooked = ['missing', 'notOffered'].includes(look.problem.cause);
			if (!wasLooked) return look;
		}
	}
	const sent = await submitUnder(client, kind, order);
	if (!sent.ok) return sent;
	const { task, how } = sent.value;
	return how === 'found' || how === 'foundAfterLoss'
		? asEarlier(kind, body, task)
		: ok<Submitted>({ task, origin: originOf(sent.value) });
}

function asEarlier(kind: CreatedKind, body: TaskBody, task: Task): Reply<Submitted> {
	return mayAnswer(kind, task, nameIn(kind, body))
		? ok<Submitted>({ task, origin: 'earlier' })
		: failed(idBelongsToAnother(task));
}

/** One create under one id, with what an earlier try of the same execution has left behind. */
async function submitUnder(
	client: KlingClient,
	kind: CreatedKind,
	order: SubmitOrder,
): Promise<Reply<Sent>> {
	const { body, memory, timeoutMs } = order;
	const id = body.external_task_id;
	const mark = memory.read(id);
	if (mark?.state === 'made') {
		const read = await readOne(client, kind, mark.taskId);
		if (read.ok) return ok<Sent>({ task: { ...read.value, externalTaskId: id }, how: 'found' });
		return failed({ ...read.problem, task: { task_id: mark.taskId, external_task_id: id } });
	}
	if (mark?.state === 'sent') {
		const look = await new Search(client, kind, id).look(Date.now() + timeoutMs);
		const finding = findingOf(look);
		if (typeof finding === 'object') return ok<Sent>({ ...finding, how: 'found' });
		if (!look.ok) return failed(unclear(look.problem, id));
	}
	const reply = await sendOnce(client, kind, order);
	memory.write(id, markAfter(reply));
	return reply;
}

function markAfter(reply: Reply<Sent>): ReturnType<CreateMemory['read']> {
	if (reply.ok) {
		const { taskId } = reply.value.task;
		return taskId === undefined ? { state: 'sent' } : { state: 'made', taskId };
	}
	const { mayExist, code, retry, cause } = reply.problem;
	if (mayExist) return { state: 'sent' };
	const isRefusedByKling = code !== undefined && isKlingCode(code) && retry === 'never';
	return isRefusedByKling && cause !== 'busy' && cause !== 'rate' ? { state: 'failed' } : undefined;
}

/** A gateway's own end, such as `expired`, settles nothing: Kling may still finish the task and charge for it. */
function isFailedByKling(task: Task): boolean {
	return (
		task.status === 'failed' &&
		task.endedBy === undefined &&
		layers(task.raw).some(({ task_status: own, status }) =>
			[own, status].some((word) => plainText(word).toLowerCase() === 'failed'),
		)
	);
}

/** The name that the body asks for, where the kind has names. */
export const nameIn = ({ nameKey }: CreatedKind, body: IDataObject): unknown =>
	nameKey && body[nameKey];

const allIdsUsed = (): Problem => ({
	cause: 'duplicate',
	retry: 'never',
	what: `Kling has failed ${String(MOST_IDS)} tasks of this item`,
	remedy: 'changeContent',
});

/** A task that another create made under the same external id. */
export const idBelongsToAnother = (other: Task): Problem => ({
	cause: 'duplicate',
	retry: 'never',
	what: `The external task ID already belongs to another task (${other.taskId ?? 'without an ID'})`,
	remedy: 'newExternalId',
	// Not its task ID: a step that reads it from the error would continue with the wrong task.
	task: { external_task_id: other.externalTaskId },
});
