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
import type { CreatedKind } from '../tasks/kinds';
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

/**
 * Results of one kind, newest first, for a picker.
 * @param filter what the user typed, part of a name or id
 * @param paginationToken the place of the next page, as JSON
 * @throws NodeOperationError with a readable message, which the picker shows
 */
export async function searchResults(
	context: ILoadOptionsFunctions,
	kind: CreatedKind,
	filter = '',
	paginationToken = '',
): Promise<INodeListSearchResult> {
	const opened = await KlingClient.open(context, { maxConcurrency: MOST_AT_ONCE });
	if (!opened.ok) throw pickerError(context, opened.problem);
	const size = filter === '' ? PAGE_SIZE : kind.pageLimit;
	const pages = new Pages(opened.value, kind, placeIn(paginationToken) ?? size);
	let pagesRead = 0;
	let rowsRead = 0;
	for (let round = 0; ; round += 1) {
		const atOnce = AT_ONCE[round] ?? MOST_AT_ONCE;
		const read = await pages.nextOnes(atOnce);
		if (!read.ok) throw pickerError(context, read.problem);
		const { rows, next } = read.value;
		const entries = rows.flatMap((row) => entriesOf(readTask(row, kind), kind));
		const results = entries.filter((entry) => matches(entry, filter));
		if (!next) return { results };
		pagesRead += atOnce;
		rowsRead += rows.length;
		const isEnough = pagesRead >= PAGES_PER_SEARCH || rowsRead >= ROWS_PER_SEARCH;
		if (results.length > 0 || isEnough) return { results, paginationToken: JSON.stringify(next) };
	}
}

function placeIn(token: string): Place | undefined {
	const place = readJson(token);
	if (!isRecord(place)) return undefined;
	const { pageNum, pageSize, firstOfLast } = place;
	const isPlace = Number.isInteger(pageNum) && Number.isInteger(pageSize);
	return isPlace
		? { pageNum: Number(pageNum), pageSize: Number(pageSize), firstOfLast: idText(firstOfLast) }
		: undefined;
}

function entriesOf(task: Task, { idKey, nameKey = idKey }: CreatedKind): INodeListSearchItems[] {
	return task.results.flatMap((result) => {
		const value = idText(result[idKey]);
		if (value === undefined) return [];
		const day = task.createdAt?.slice(0, 10);
		const name = foreignText(result[nameKey], LONGEST_NAME) ?? value;
		return [{ name: `${name}${day ? ` (${day})` : ''}`, value }];
	});
}

function matches({ name, value }: INodeListSearchItems, filter: string): boolean {
	return `${name} ${value}`.toLowerCase().includes(filter.toLowerCase());
}

function pickerError(context: ILoadOptionsFunctions, problem: Problem): NodeOperationError {
	return new NodeOperationError(context.getNode(), problem.what, {
		description: adviceOf(problem),
	});
}
