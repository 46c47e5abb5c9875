import { sleep, type ICredentialDataDecryptedObject, type IWebhookFunctions } from 'n8n-workflow';
import pLimit from 'p-limit';

import { KlingClient } from '../api/client';
import type { Problem } from '../api/reply';
import { adviceOf } from '../operation/advice';
import { kindOfType, type TaskType } from '../tasks/endpoints';
import { readOne } from '../tasks/find';
import { TASK_KINDS } from '../tasks/kinds';
import { isFinal } from '../tasks/task';
import { emptyBudget, isQuiet, takeRead } from './budget';
import type { KlingEvent } from './event';
import type { Claim } from './payload';

/** The sender waits no longer than ten seconds; the rest is for the answer itself. */
const DEADLINE_MS = 9_000;
/** The same for a call that may have waited for its turn. */
const STRANGERS_DEADLINE_MS = 5_500;
/** Before each look. A list or replica of Kling may lag behind its own callback, which may never come again. */
const PAUSES_MS = [0, 1_000, 1_500, 2_000, 2_000];
/** The same with few reads, for a call that anybody may have sent. */
const STRANGERS_PAUSES_MS = [0, 1_500, 2_800];
const SLICE_MS = 200;
/** Of a call that anybody may have sent: for every kind while nobody else needs the budget, else for the commonest. */
const MOST_READS = 6;
const MOST_WHEN_QUIET = 60;
/** Reads of known senders at once, in this process. */
const atOnce = pLimit(10);

/** The task as Kling has it; or that Kling does not know it; or why Kling could not be asked, in words. */
export type ReadBack = Pick<KlingEvent, 'task' | 'type'> | 'missing' | Problem;

interface Reading {
	client: KlingClient;
	claim: Claim;
	/** Told by a tag or a signature from what a stranger has made up. */
	isTrusted: boolean;
	/** In milliseconds of `performance.now()`. */
	until: number;
	reads: number;
}

/**
 * Reads the task of a callback back: once, and again within ten seconds in all while Kling lags behind its own word. A
 * call that anybody may have sent gets more than one look only while nobody else needs the budget.
 * @throws Error in words when the credential cannot be used
 */
export async function readTaskBack(
	context: IWebhookFunctions,
	claim: Claim,
	isTrusted: boolean,
	credentials: ICredentialDataDecryptedObject,
): Promise<ReadBack> {
	// Without patience a refusal for too many requests comes back at once.
	const opened = await KlingClient.open(context, { patienceMs: -1 }, credentials);
	if (!opened.ok) throw new Error(opened.problem.what);
	const until = performance.now() + (isTrusted ? DEADLINE_MS : STRANGERS_DEADLINE_MS);
	const reading: Reading = { client: opened.value, claim, isTrusted, until, reads: 0 };
	let last: ReadBack = SILENT;
	const looks = async () => {
		for (const ms of isTrusted ? PAUSES_MS : STRANGERS_PAUSES_MS) {
			if (performance.now() + ms >= until) break;
			await sleep(ms);
			last = await look(
				reading,
				typeof last === 'object' && 'type' in last ? last.type : undefined,
			);
			if (!isWorthAnother(last, reading)) break;
		}
	};
	let isDone = false;
	const done = looks().finally(() => {
		isDone = true;
	});
	// In slices, as n8n's sleep cannot be ended.
	const deadline = async () => {
		while (!isDone && performance.now() < until) await sleep(SLICE_MS);
	};
	await Promise.race([done, deadline()]);
	opened.value.halt();
	return last;
}

function isWorthAnother(last: ReadBack, { claim, isTrusted, reads, until }: Reading): boolean {
	if (!isTrusted && (reads >= MOST_WHEN_QUIET || !isQuiet())) return false;
	if (last === 'missing') return true;
	if (!('type' in last)) {
		// A stranger's call need not be pressed through; who knows the sender waits as the server asks.
		return isTrusted && performance.now() + (last.retryAfterMs ?? 0) < until;
	}
	const { task } = last;
	return isFinal(task)
		? task.status === 'succeed' && task.results.length === 0
		: task.status !== claim.status;
}

/**
 * Asks each type that the task can be of: only one of them knows it.
 * @param type of which it is, where an earlier look has told
 */
async function look(reading: Reading, type?: TaskType): Promise<ReadBack> {
	let fault: Problem | undefined;
	let mixedUp: Problem | undefined;
	for (const candidate of candidates(reading, type)) {
		const found = await readClaimed(reading, candidate);
		if (found === 'missing') continue;
		if (!('cause' in found)) return { task: found, type: candidate.type };
		if (found.cause === 'mismatch') mixedUp = found;
		else fault ??= found;
		if (found === OVER_BUDGET) break;
	}
	// A gateway need not offer every type; but one that could not be asked may be the one that knows the task.
	return fault ?? mixedUp ?? 'missing';
}

interface Candidate {
	type: TaskType;
	id: string;
}

/**
 * What can be asked, in its order. A gateway may have given the task an ID of its own and pass callbacks on that have
 * Kling's; the external ID is the same for both. A stranger's call is looked for in all kinds only once.
 */
function candidates({ claim, isTrusted, reads }: Reading, type?: TaskType): Candidate[] {
	const { taskId, externalTaskId } = claim;
	const types = type === undefined ? [...claim.tasks.keys()] : [type];
	const ids = [taskId, externalTaskId].filter((id) => id !== undefined);
	const isCommon = (one: TaskType) => isTrusted || Object.hasOwn(TASK_KINDS, one);
	const common = types.some(isCommon) ? types.filter(isCommon) : types;
	const others = reads === 0 ? types.filter((one) => !common.includes(one)) : [];
	return [
		...common.flatMap((one) => ids.map((id) => ({ type: one, id }))),
		...others.map((one) => ({ type: one, id: taskId })),
	];
}

async function readClaimed(
	reading: Reading,
	{ type, id }: Candidate,
): Promise<KlingEvent['task'] | 'missing' | Problem> {
	const { taskId, externalTaskId, tagged } = reading.claim;
	const leftMs = reading.until - performance.now();
	if (leftMs <= 0 || (!reading.isTrusted && !mayRead(reading))) return OVER_BUDGET;
	reading.reads += 1;
	const read = async () =>
		await readOne(reading.client, kindOfType(type), id, { timeoutMs: leftMs });
	const reply = await (reading.isTrusted ? atOnce(read) : read());
	if (reply.ok) {
		const task = reply.value;
		// An address was given for one task, and a call on it may name any other.
		const isOthers = tagged && ![undefined, externalTaskId].includes(task.externalTaskId);
		return isOthers ? 'missing' : { ...task, taskId: task.taskId ?? taskId };
	}
	const { problem } = reply;
	if (problem.cause === 'missing') return 'missing';
	if (['busy', 'rate'].includes(problem.cause)) emptyBudget();
	return problem;
}

const mayRead = ({ reads }: Reading) =>
	reads < (isQuiet() ? MOST_WHEN_QUIET : MOST_READS) && takeRead();

const SILENT: Problem = {
	cause: 'timeout',
	retry: 'afterPause',
	what: 'Kling did not answer in time',
};

const OVER_BUDGET: Problem = {
	cause: 'busy',
	retry: 'afterPause',
	what: 'Too many calls of unknown origin',
};

/** In one sentence or two, for the log. */
export const inWords = (problem: Problem): string => `${problem.what}. ${adviceOf(problem)}`;
