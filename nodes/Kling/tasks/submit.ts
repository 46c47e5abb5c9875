import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { findByExternalId, findByName } from './find';
import { mayAnswer, type TaskKind } from './kinds';
import { readTask, type Task } from './task';

const ATTEMPTS = 5;
/** A voice takes about 9 s; a gateway that gives no id names it in its list only then. */
const LOOKS_FOR_UNNAMED_MS = [0, 2_000, 4_000, 8_000];

/**
 * Creates a task exactly once. The external task id is what survives a lost answer: whenever an answer may
 * hide a created task, the task is looked up by that id before anything is sent again, and what is sent
 * again carries the same id, which Kling refuses to take twice.
 * @param body must hold `external_task_id`
 */
export async function submit(
	client: KlingClient,
	kind: TaskKind,
	body: IDataObject & { external_task_id: string },
): Promise<Reply<Task>> {
	const sentAtMs = Date.now();
	let mayExist = false;
	for (let attempt = 1; ; attempt += 1) {
		const reply = await client.exchange({ method: 'POST', path: kind.path, body });
		if (reply.ok) {
			const task = readTask(reply.value, kind.resultKey);
			const named = task.taskId !== undefined || task.results.length > 0;
			return ok(named ? task : await findUnnamed(client, kind, body, sentAtMs, task));
		}
		const { problem } = reply;
		mayExist ||= problem.retry === 'afterLook' || problem.cause === 'cancelled';
		if (client.stopped) return failed(mayExist ? unsure(problem, body) : problem);
		if (mayExist || problem.cause === 'duplicate') {
			const found = await findByExternalId(client, kind, body.external_task_id);
			if (!found.ok) return failed(unsure(problem, body));
			if (found.value)
				return mayAnswer(kind, found.value, body) ? ok(found.value) : taken(problem, found.value);
		}
		const again = problem.retry !== 'never' && attempt < ATTEMPTS;
		if (!again || !(await client.backOff(problem, attempt))) {
			return failed(mayExist ? unsure(problem, body) : problem);
		}
	}
}

/** Kling took the request but the gateway did not say what became of it: never a reason to send it again. */
async function findUnnamed(
	client: KlingClient,
	kind: TaskKind,
	body: IDataObject & { external_task_id: string },
	sentAtMs: number,
	answer: Task,
): Promise<Task> {
	for (const ms of LOOKS_FOR_UNNAMED_MS) {
		if (!(await client.pause(ms))) break;
		const byId = await findByExternalId(client, kind, body.external_task_id);
		const known = byId.ok ? byId.value : undefined;
		const found = known ?? (await findByName(client, kind, body, sentAtMs));
		if (found) return found;
	}
	return { ...answer, externalTaskId: body.external_task_id };
}

/** The lookup could not settle it; the ids go on with the error so that nothing is lost. */
function unsure(problem: Problem, body: IDataObject): Problem {
	return {
		...problem,
		advice: `The task may exist although the answer was lost. Look for external task ID ${String(body.external_task_id)} with Get, or run again with the same ID: nothing is created twice. ${problem.advice}`,
		task: { external_task_id: body.external_task_id },
	};
}

function taken(problem: Problem, other: Task): Reply<Task> {
	return failed({
		...problem,
		cause: 'duplicate',
		what: `The external task ID belongs to another task already (${other.taskId ?? 'without an id'})`,
		advice: 'Leave External Task ID empty, or give every voice an ID of its own.',
		task: { external_task_id: other.externalTaskId, task_id: other.taskId },
	});
}
