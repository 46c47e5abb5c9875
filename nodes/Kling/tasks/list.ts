import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { layers, rowsOf, type Payload } from '../api/envelope';
import { idText, plainText } from '../api/foreign';
import { ok, type Reply } from '../api/reply';
import type { TaskKind } from './kinds';

/** Kling refuses pages beyond this one. */
const LAST_PAGE = 1000;
/** Gateways cap pages at round numbers of rows, whatever is asked; a first page of no such size is all there is. */
const isRound = (rows: number) =>
	rows % 5 === 0 || (rows >= 8 && Number.isInteger(Math.log2(rows)));

/** Where a list continues. A picker keeps this between two pages. */
export interface Place {
	pageNum: number;
	pageSize: number;
	/** The first row of the previous page, to recognize a repetition. */
	firstOfLast?: string;
}

export interface Page {
	/** Those that no earlier page had. */
	rows: IDataObject[];
	/** Of the next page; none after the last. */
	next?: Place;
}

/**
 * The pages of one list, one after the other. There is no total to rely on, so a page is the last when it is empty,
 * shorter than the gateway's pages are, or the same as the one before.
 */
export class Pages {
	private readonly seen = new Set<string>();
	private place: Place | undefined;

	/** @param start the size asked for at first, or the place that an earlier page named */
	constructor(
		private readonly client: KlingClient,
		private readonly kind: Pick<TaskKind, 'path' | 'resultKey'>,
		start: number | Place,
	) {
		this.place = typeof start === 'number' ? { pageNum: 1, pageSize: start } : start;
	}

	/**
	 * The page after the last one that was read; no rows when there is none.
	 * @param timeoutMs for all attempts to read it
	 */
	async next(timeoutMs?: number): Promise<Reply<Page>> {
		return await this.nextOnes(1, timeoutMs);
	}

	/** The rows of several pages, read side by side; those behind the last one are asked for in vain. */
	async nextOnes(count: number, timeoutMs?: number): Promise<Reply<Page>> {
		const asked = this.placesAhead(count);
		const read = async (place: Place) => await this.read(place, timeoutMs);
		const replies = await Promise.all(asked.map(read));
		const rows: IDataObject[] = [];
		for (const [index, reply] of replies.entries()) {
			// The list has ended, or its pages turned out to be smaller than was asked for.
			if (!this.place || this.place.pageSize !== asked[index]?.pageSize) break;
			if (!reply.ok) return reply;
			rows.push(...this.take(this.place, reply.value));
		}
		return ok({ rows, next: this.place });
	}

	private placesAhead(count: number): Place[] {
		const { place } = this;
		if (!place) return [];
		const ahead = Math.min(count, LAST_PAGE + 1 - place.pageNum);
		return Array.from({ length: ahead }, (_, index) => ({
			...place,
			pageNum: place.pageNum + index,
		}));
	}

	private async read({ pageNum, pageSize }: Place, timeoutMs?: number): Promise<Reply<Payload>> {
		return await this.client.read(this.kind.path, { pageNum, pageSize }, timeoutMs);
	}

	private take(place: Place, payload: Payload): IDataObject[] {
		const rows = rowsOf(payload, this.kind.resultKey);
		const first = rows[0] && keyOf(rows[0]);
		const fresh = first === place.firstOfLast ? [] : rows.filter((row) => this.isNew(row));
		const isMore = this.seen.size < totalIn(payload);
		this.place = fresh.length > 0 ? placeAfter(place, rows.length, isMore, first) : undefined;
		return fresh;
	}

	/** A task that slips to the next page because a new one came in front of it is given once. */
	private isNew(row: IDataObject): boolean {
		const key = keyOf(row);
		if (this.seen.has(key)) return false;
		this.seen.add(key);
		return true;
	}
}

/** After a capped page the next one is asked for in the size of the cap: whatever the gateway counts by, no row is left out. */
function placeAfter(
	{ pageNum, pageSize }: Place,
	rows: number,
	isMore: boolean,
	first?: string,
): Place | undefined {
	const mayBeCapped = pageNum === 1 && isRound(rows);
	const isLast = rows < pageSize && !mayBeCapped && !isMore;
	if (isLast || pageNum >= LAST_PAGE) return undefined;
	return { pageNum: pageNum + 1, pageSize: Math.min(rows, pageSize), firstOfLast: first };
}

/** Some gateways say how many rows there are; one that is wrong costs one more page. */
function totalIn(payload: Payload): number {
	const totals = layers(payload).flatMap((layer) => [layer.total, layer.total_count]);
	return Number(totals.map(plainText).find((total) => /^\d{1,9}$/.test(total)) ?? 0);
}

const keyOf = (row: IDataObject): string => idText(row.task_id ?? row.id) ?? JSON.stringify(row);

/** The first page of a list. */
export async function readPage(
	client: KlingClient,
	kind: TaskKind,
	pageSize: number,
): Promise<Reply<Page>> {
	return await new Pages(client, kind, pageSize).next();
}

/**
 * Pages through a list until enough is found or the list ends.
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
	const pages = new Pages(client, kind, filtered ? kind.pageLimit : Math.min(kind.pageLimit, most));
	const results: T[] = [];
	for (;;) {
		const page = await pages.next();
		if (!page.ok) return page;
		results.push(...select(page.value.rows));
		if (!page.value.next || results.length >= most) return ok(results.slice(0, most));
	}
}
