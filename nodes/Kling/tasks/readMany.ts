import type { KlingClient } from '../api/client';
import { ok, type Reply } from '../api/reply';
import { readOne } from './find';
import type { TaskKind } from './kinds';
import { readPage } from './list';
import { isAnswerTo, isFinal, readTask, type Task } from './task';

/** Room on the page for tasks that others of the account made meanwhile. */
const LEAST_ROWS = 100;

/**
 * Reads several tasks with as few requests as the gateway allows: one page of the list has them all unless the
 * account is busy; only those that it does not show, or shows without their result, are asked for one by one.
 * @param untilUnfinished stop as soon as one of them is seen that is not final: enough for "are they all ready?"
 * @param externalIds by task id, where they are known
 * @returns what was read, by task id; all of them, or with `untilUnfinished` perhaps fewer
 */
export async function readMany(
	client: KlingClient,
	kind: TaskKind,
	ids: string[],
	untilUnfinished = false,
	externalIds: ReadonlyMap<string, string | undefined> = new Map(),
): Promise<Map<string, Reply<Task>>> {
	const read = async (id: string) =>
		await readOne(client, kind, id, { externalTaskId: externalIds.get(id) });
	const found = new Map<string, Reply<Task>>();
	const wanted = new Set(ids);
	const [only] = ids;
	if (only !== undefined && ids.length === 1) {
		const reply = await read(only);
		const hasRoute = reply.ok || reply.problem.cause !== 'notOffered';
		if (hasRoute) return found.set(only, reply);
	}
	const seen = ids.length === 0 || kind.isInTasks ? [] : await newest(client, kind, ids.length * 2);
	const isWanted = (taskId: string, task: Task) =>
		wanted.has(taskId) && isAnswerTo(taskId, externalIds.get(taskId), task) && isTelling(task);
	for (const task of seen) {
		const { taskId = '' } = task;
		if (isWanted(taskId, task)) found.set(taskId, ok(task));
	}
	const missing = ids.filter((id) => !found.has(id));
	const readAll = async (some: string[]) =>
		await Promise.all(some.map(async (id) => found.set(id, await read(id))));
	if (!untilUnfinished) {
		await readAll(missing);
		return found;
	}
	// The last that was made is the likeliest to be unfinished, and then one look is enough; when it is not, more follow.
	const left = missing.reverse();
	for (let count = 1; left.length > 0; count *= 2) {
		if ([...found.values()].some(isUnfinished)) break;
		await readAll(left.splice(0, count));
	}
	return found;
}

/** @returns true also when a look that may work later gave nothing */
export function isUnfinished(reply: Reply<Task>): boolean {
	return reply.ok ? !isFinal(reply.value) : reply.problem.cause !== 'missing';
}

/** No rows where the gateway has no list. */
async function newest(client: KlingClient, kind: TaskKind, count: number): Promise<Task[]> {
	const pageSize = Math.min(kind.pageLimit, Math.max(LEAST_ROWS, count));
	const page = await readPage(client, kind, pageSize);
	return page.ok ? page.value.rows.map((row) => readTask(row, kind)) : [];
}

function isTelling(task: Task): boolean {
	return task.status !== 'unknown' && (task.status !== 'succeed' || task.results.length > 0);
}
