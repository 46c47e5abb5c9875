import { sleep, type ICredentialDataDecryptedObject, type IWebhookFunctions } from 'n8n-workflow';
import pLimit from 'p-limit';

import { KlingClient } from '../api/client';
import type { Problem } from '../api/reply';
import { adviceOf } from '../operation/advice';
import { kindOfType, type TaskType } from '../tasks/endpoints';
import { readOne } from '../tasks/find';
import type { TaskKind } from '../tasks/kinds';
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
/** Of a call that anybody may have sent: each kind once, and again only while that costs little. */
const MOST_READS = 24;
const MOST_FOR_ANOTHER_LOOK = 6;
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
				typeof last === 'object' && 'type' in last ? [last.type] : undefined,
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
	if (!isTrusted && (reads >= MOST_FOR_ANOTHER_LOOK || !isQuiet())) return false;
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

/** Asks each type that the task can be of: only one of them knows it. */
async function look(reading: Reading, types?: TaskType[]): Promise<ReadBack> {
	let fault: Problem | undefined;
	for (const type of types ?? reading.claim.tasks.keys()) {
		const found = await readClaimed(reading, kindOfType(type));
		if (found === 'missing') continue;
		if ('cause' in found) fault ??= found;
		else return { task: found, type };
	}
	// A gateway need not offer every type; but one that could not be asked may be the one that knows the task.
	return fault ?? 'missing';
}

/**
 * A gateway may have given the task an ID of its own and pass callbacks on that have Kling's; the external ID is the same
 * for both.
 */
async function readClaimed(
	reading: Reading,
	kind: TaskKind,
): Promise<KlingEvent['task'] | 'missing' | Problem> {
	const { taskId, externalTaskId, tagged } = reading.claim;
	let nothing: 'missing' | Problem = 'missing';
	for (const id of [taskId, externalTaskId].filter((one) => one !== undefined)) {
		const leftMs = reading.until - performance.now();
		if (leftMs <= 0 || (!reading.isTrusted && !mayRead(reading))) return OVER_BUDGET;
		reading.reads += 1;
		const read = async () => await readOne(reading.client, kind, id, { timeoutMs: leftMs });
		const reply = await (reading.isTrusted ? atOnce(read) : read());
		if (reply.ok) {
			const task = reply.value;
			// An address was given for one task, and a call on it may name any other.
			const isOthers = tagged && ![undefined, externalTaskId].includes(task.externalTaskId);
			if (!isOthers) return { ...task, taskId: task.taskId ?? taskId };
			continue;
		}
		const { problem } = reply;
		if (problem.cause !== 'missing' && problem.cause !== 'mismatch') {
			if (['busy', 'rate'].includes(problem.cause)) emptyBudget();
			return problem;
		}
		nothing = problem.cause === 'missing' ? 'missing' : problem;
	}
	return nothing;
}

const mayRead = ({ reads }: Reading) => reads < MOST_READS && takeRead();

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
