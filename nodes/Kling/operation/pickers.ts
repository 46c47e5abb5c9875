import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { KlingClient } from '../api/client';
import { isRecord } from '../api/envelope';
import { foreignText, idText } from '../api/foreign';
import { readJson } from '../api/losslessJson';
import type { Problem } from '../api/reply';
import type { TaskKind } from '../tasks/kinds';
import { Pages, type Place } from '../tasks/list';
import { readTask, type Task } from '../tasks/task';
import { adviceOf } from './advice';

const PAGE_SIZE = 100;
const LONGEST_NAME = 100;
/** Kling cannot search, so the picker looks through pages; more than this would make typing slow. */
const PAGES_PER_SEARCH = 100;
const ROWS_PER_SEARCH = 10_000;
/** A search reads one page, as most accounts have no more; then all that ten thousand voices need, side by side. */
const AT_ONCE = [1, 9];
const MOST_AT_ONCE = 20;
/** Somebody looks at a spinner meanwhile. */
const LONGEST_MS = 20_000;
const PATIENCE_MS = 5_000;

/** One list of Kling that a picker shows. */
export interface PickerSource {
	kind: TaskKind;
	/** What one task of the list gives, newest first. */
	entriesOf: (task: Task) => INodeListSearchItems[];
}

/**
 * The entries of one list after the other, for a picker.
 * @param filter what the user typed, part of a name or id
 * @param paginationToken where the list continues, as JSON
 * @throws NodeOperationError with a readable message, which the picker shows
 */
export async function searchLists(
	context: ILoadOptionsFunctions,
	sources: readonly PickerSource[],
	filter = '',
	paginationToken = '',
): Promise<INodeListSearchResult> {
	const limits = { patienceMs: PATIENCE_MS, maxConcurrency: MOST_AT_ONCE };
	const opened = await KlingClient.open(context, limits);
	if (!opened.ok) throw pickerError(context, opened.problem);
	const search = new Search(opened.value, sources, filter, placeIn(paginationToken));
	while (!search.isOver && !search.isEnough) {
		const problem = await search.readOn();
		if (problem) throw pickerError(context, problem);
	}
	const { results, place, isOver } = search;
	return isOver ? { results } : { results, paginationToken: JSON.stringify(place) };
}

/** One search of a picker, through one list after the other. */
class Search {
	readonly results: INodeListSearchItems[] = [];
	private readonly untilMs = Date.now() + LONGEST_MS;
	private pages: Pages | undefined;
	private roundsOfList = 0;
	private pagesRead = 0;
	private rowsRead = 0;
	private trouble: Problem | undefined;

	constructor(
		private readonly client: KlingClient,
		private readonly sources: readonly PickerSource[],
		private readonly filter: string,
		public place: PickerPlace,
	) {}

	get isOver(): boolean {
		return this.place.list >= this.sources.length;
	}

	get isEnough(): boolean {
		const isLong = this.pagesRead >= PAGES_PER_SEARCH || this.rowsRead >= ROWS_PER_SEARCH;
		return this.results.length > 0 || isLong || Date.now() >= this.untilMs;
	}

	/** @returns why the search cannot be continued */
	async readOn(): Promise<Problem | undefined> {
		const source = this.sources[this.place.list];
		if (!source) return undefined;
		const { kind, entriesOf } = source;
		const size = this.filter === '' ? PAGE_SIZE : kind.pageLimit;
		this.pages ??= new Pages(this.client, kind, this.place.at ?? size);
		const atOnce = AT_ONCE[this.roundsOfList] ?? MOST_AT_ONCE;
		this.roundsOfList += 1;
		this.pagesRead += atOnce;
		const read = await this.pages.nextOnes(atOnce, this.untilMs - Date.now());
		if (read.ok) {
			this.rowsRead += read.value.rows.length;
			const entries = read.value.rows.flatMap((row) => entriesOf(readTask(row, kind)));
			this.results.push(...entries.filter((entry) => matches(entry, this.filter)));
		} else {
			// A gateway need not have every list; the others are of use without it.
			const isPassable = read.problem.cause === 'notOffered' && this.sources.length > 1;
			if (!isPassable) return read.problem;
			this.trouble = read.problem;
		}
		this.moveTo(read.ok ? read.value.next : undefined);
		return this.isOver && this.results.length === 0 ? this.trouble : undefined;
	}

	private moveTo(next: Place | undefined): void {
		const { list } = this.place;
		this.place = next ? { list, at: next } : { list: list + 1 };
		if (next) return;
		this.pages = undefined;
		this.roundsOfList = 0;
	}
}

interface PickerPlace {
	list: number;
	at?: Place;
}

function placeIn(token: string): PickerPlace {
	const given = readJson(token);
	if (!isRecord(given) || !Number.isInteger(given.list)) return { list: 0 };
	const list = Number(given.list);
	if (!isRecord(given.at)) return { list };
	const { pageNum, pageSize, firstOfLast } = given.at;
	const isPlace = Number.isInteger(pageNum) && Number.isInteger(pageSize);
	return isPlace
		? {
				list,
				at: {
					pageNum: Number(pageNum),
					pageSize: Number(pageSize),
					firstOfLast: idText(firstOfLast),
				},
			}
		: { list };
}

/**
 * Entries with the name and day of what a task made.
 * @param nameKey field of the result that has its name
 * @param remark behind the name, e.g. whose it is
 */
export function namedEntries(
	task: Task,
	{ idKey }: TaskKind,
	nameKey: string,
	remark?: string,
): INodeListSearchItems[] {
	return task.results.flatMap((result) => {
		const value = idText(result[idKey]);
		if (value === undefined) return [];
		const told = remark ?? task.createdAt?.slice(0, 10);
		const name = foreignText(result[nameKey], LONGEST_NAME) ?? value;
		return [{ name: `${name}${told ? ` (${told})` : ''}`, value }];
	});
}

/** Of what cannot be searched at Kling, or is no list of Kling at all. */
export function matches({ name, value }: INodeListSearchItems, filter: string): boolean {
	return `${name} ${value}`.toLowerCase().includes(filter.toLowerCase());
}

/** A problem as a picker shows it. */
export function pickerError(context: ILoadOptionsFunctions, problem: Problem): NodeOperationError {
	return new NodeOperationError(context.getNode(), problem.what, {
		description: adviceOf(problem),
	});
}
