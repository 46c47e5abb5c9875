import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { CUT_OFF } from '../api/errors';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { findByExternalId, findByName } from './find';
import { mayAnswer, type CreatedKind } from './kinds';
import { claimName } from './openNames';
import { readTask, type Task } from './task';

const ATTEMPTS = 5;
/** A create whose answer was lost may still be under way, so the look-up comes later and just before a resend. */
const LOOK_AFTER_MS = [3_000, 5_000, 8_000, 12_000];
/** A voice takes about 9 s; a gateway that gives no id names it in its list only then. */
const LOOKS_FOR_UNNAMED_MS = [0, 2_000, 4_000, 8_000];

export type TaskBody = IDataObject & { external_task_id: string };

/**
 * Creates a task exactly once. The external task id is what survives a lost answer: whenever an answer may
 * hide a created task, the task is looked up by that id before anything is sent again, and what is sent
 * again carries the same id, which Kling refuses to take twice.
 * @param ownId whether the id was made for this very create; one that a user gave may belong to another task
 */
export async function submit(
	client: KlingClient,
	kind: CreatedKind,
	body: TaskBody,
	ownId: boolean,
): Promise<Reply<Task>> {
	const sentAtMs = Date.now();
	const isOurs = (task: Task) => ownId || mayAnswer(kind, task, body);
	let mayExist = false;
	for (let attempt = 1; ; attempt += 1) {
		const reply = await client.exchange({ method: 'POST', path: kind.path, body });
		if (reply.ok) {
			const task = readTask(reply.value, kind.resultKey);
			const named = task.taskId !== undefined || task.results.length > 0;
			return ok(named ? task : await findUnnamed(client, kind, body, sentAtMs, task));
		}
		const { problem } = reply;
		mayExist ||= problem.retry === 'afterLook' || problem.code === CUT_OFF;
		const end = failed(mayExist ? unsure(problem, body) : problem);
		if (client.stopped) return end;
		const again = problem.retry !== 'never' && attempt < ATTEMPTS;
		const paused = mayExist
			? await client.pause(LOOK_AFTER_MS[attempt - 1] ?? 0)
			: !again || (await client.backOff(problem, attempt));
		if (!paused) return end;
		if (mayExist || problem.cause === 'duplicate') {
			const found = await findByExternalId(client, kind, body.external_task_id, sentAtMs);
			if (!found.ok) return failed(unsure(problem, body));
			if (found.value) {
				return isOurs(found.value)
					? ok({ ...found.value, found: true })
					: failed(taken(found.value));
			}
		}
		if (!again) return end;
	}
}

/** Kling took the request but the gateway did not say what became of it: never a reason to send it again. */
async function findUnnamed(
	client: KlingClient,
	kind: CreatedKind,
	body: TaskBody,
	sentAtMs: number,
	answer: Task,
): Promise<Task> {
	const name = String(body[kind.nameKeys.body]);
	const claim = claimName(client, name);
	let before: Map<string, Task> | undefined;
	for (const ms of LOOKS_FOR_UNNAMED_MS) {
		if (!(await client.pause(ms))) break;
		const byId = await findByExternalId(client, kind, body.external_task_id, sentAtMs);
		if (byId.ok && byId.value) return byId.value;
		const byName = await findByName(client, kind, body, sentAtMs);
		// What was finished at the first look is older than this create; of two of one name, none is certain.
		before ??= byName;
		const fresh = [...byName].filter(([id]) => !before?.has(id)).map(([, task]) => task);
		const [only] = fresh;
		if (only && fresh.length === 1 && claim.isOnlyOne()) {
			claim.release();
			return only;
		}
	}
	return { ...answer, externalTaskId: body.external_task_id };
}

/** The lookup could not settle it; the ids go on with the error so that nothing is lost. */
function unsure(problem: Problem, body: TaskBody): Problem {
	return {
		...problem,
		advice: `The task may exist although the answer was lost. Look for external task ID ${body.external_task_id} with Get, or put it into External Task ID and run again: then nothing is created twice. ${problem.advice}`,
		task: { external_task_id: body.external_task_id },
	};
}

/** A task that somebody else's create made under the same external id. */
export function taken(other: Task): Problem {
	return {
		cause: 'duplicate',
		retry: 'never',
		what: `The external task ID belongs to another task already (${other.taskId ?? 'without an ID'})`,
		advice: 'Leave External Task ID empty, or give every voice an ID of its own.',
		// Not its task ID: who reads that of an error would go on with somebody else's voice.
		task: { external_task_id: other.externalTaskId },
	};
}
