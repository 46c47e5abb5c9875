import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { rowsOf } from '../api/envelope';
import { ok, type Reply } from '../api/reply';
import type { TaskKind } from './kinds';
import { idText } from './task';

/** Kling refuses pages beyond this one. */
const LAST_PAGE = 1000;

/** One page of a list; a page with fewer rows than asked for is the last, as there is no total. */
export async function readPage(
	client: KlingClient,
	{ path, resultKey }: TaskKind,
	pageNum: number,
	pageSize: number,
): Promise<Reply<{ rows: IDataObject[]; last: boolean }>> {
	const reply = await client.read(path, { pageNum, pageSize });
	if (!reply.ok) return reply;
	const rows = rowsOf(reply.value, resultKey);
	return ok({ rows, last: rows.length < pageSize || pageNum >= LAST_PAGE });
}

/**
 * Pages through a list until enough is found or a page is short. A task that slips to the next page because
 * a new one came in front of it is given once.
 * @param most how many results are wanted; `Infinity` for all
 * @param filtered whether `select` leaves rows out, so that more than `most` rows must be read
 * @param select turns the rows of a page into results
 */
export async function collect<T>(
	client: KlingClient,
	kind: TaskKind,
	most: number,
	filtered: boolean,
	select: (rows: IDataObject[]) => T[],
): Promise<Reply<T[]>> {
	const pageSize = filtered ? kind.pageLimit : Math.min(kind.pageLimit, most);
	const results: T[] = [];
	const seen = new Set<string>();
	for (let pageNum = 1; ; pageNum += 1) {
		const page = await readPage(client, kind, pageNum, pageSize);
		if (!page.ok) return page;
		const fresh = page.value.rows.filter((row) => isNew(row, seen));
		results.push(...select(fresh));
		if (page.value.last || results.length >= most || fresh.length === 0)
			return ok(results.slice(0, most));
	}
}

/** Also ends the paging of a gateway that gives the same page whatever was asked for. */
function isNew(row: IDataObject, seen: Set<string>): boolean {
	const id = idText(row.task_id) ?? JSON.stringify(row);
	if (seen.has(id)) return false;
	seen.add(id);
	return true;
}
