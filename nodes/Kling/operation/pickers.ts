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
const PAGES_PER_SEARCH = 10;
/** Somebody looks at a spinner meanwhile. */
const LONGEST_MS = 20_000;
const PATIENCE_MS = 5_000;

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
	const opened = await KlingClient.open(context, { patienceMs: PATIENCE_MS });
	if (!opened.ok) throw pickerError(context, opened.problem);
	const pages = new Pages(opened.value, kind, placeIn(paginationToken) ?? PAGE_SIZE);
	const results: INodeListSearchItems[] = [];
	const until = Date.now() + LONGEST_MS;
	for (let read = 1; ; read += 1) {
		const page = await pages.next(until - Date.now());
		if (!page.ok) throw pickerError(context, page.problem);
		const entries = page.value.rows.flatMap((row) => entriesOf(readTask(row, kind), kind));
		results.push(...entries.filter((entry) => matches(entry, filter)));
		const { next } = page.value;
		if (!next) return { results };
		if (results.length > 0 || read >= PAGES_PER_SEARCH || Date.now() >= until) {
			return { results, paginationToken: JSON.stringify(next) };
		}
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
