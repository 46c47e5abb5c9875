import type { KlingClient } from '../api/client';
import { failed, ok, type Reply } from '../api/reply';
import type { TaskKind } from './kinds';
import { Pages } from './list';
import { idText, readTask, type Task } from './task';

/** A list is as long as its account is busy. */
const MOST_PAGES = 20;

/**
 * Looks for the task that made something, by the id of what it made. Kling reads tasks by their own ids only, so this
 * goes through the list, newest first.
 */
export async function findByResultId(
	client: KlingClient,
	kind: TaskKind,
	id: string,
): Promise<Reply<Task>> {
	const pages = new Pages(client, kind, kind.pageLimit);
	for (let read = 1; read <= MOST_PAGES; read += 1) {
		const page = await pages.next();
		if (!page.ok) return page;
		const tasks = page.value.rows.map((row) => readTask(row, kind));
		const found = tasks.find(({ results }) =>
			results.some((result) => idText(result[kind.idKey]) === id),
		);
		if (found) return ok(found);
		if (!page.value.next) break;
	}
	return failed({
		cause: 'missing',
		retry: 'never',
		what: `There is no ${kind.name} with this ID in the list`,
		remedy: 'checkId',
	});
}
