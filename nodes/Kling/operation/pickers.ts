import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { KlingClient } from '../api/client';
import type { Problem } from '../api/reply';
import type { CreatedKind } from '../tasks/kinds';
import { readPage } from '../tasks/list';
import { idText, readTask, type Task } from '../tasks/task';
import { adviceOf } from './advice';

const PAGE_SIZE = 100;
/** Kling cannot search, so the picker looks through pages; more than this would make typing slow. */
const PAGES_PER_SEARCH = 10;

/**
 * Results of one kind, newest first, for a picker.
 * @param filter what the user typed, part of a name or id
 * @param paginationToken number of the next page, as text
 * @throws NodeOperationError with a readable message, which the picker shows
 */
export async function searchResults(
	context: ILoadOptionsFunctions,
	kind: CreatedKind,
	filter = '',
	paginationToken = '1',
): Promise<INodeListSearchResult> {
	const opened = await KlingClient.open(context);
	if (!opened.ok) throw pickerError(context, opened.problem);
	const firstPage = Number(paginationToken);
	const results: INodeListSearchItems[] = [];
	for (let pageNum = firstPage; ; pageNum += 1) {
		const page = await readPage(opened.value, kind, pageNum, PAGE_SIZE);
		if (!page.ok) throw pickerError(context, page.problem);
		const entries = page.value.rows.flatMap((row) => entriesOf(readTask(row, kind), kind));
		results.push(...entries.filter((entry) => matches(entry, filter)));
		if (page.value.last) return { results };
		const enough = results.length > 0 || pageNum - firstPage + 1 >= PAGES_PER_SEARCH;
		if (enough) return { results, paginationToken: String(pageNum + 1) };
	}
}

function entriesOf(task: Task, { idKey, nameKey = idKey }: CreatedKind): INodeListSearchItems[] {
	return task.results.flatMap((result) => {
		const value = idText(result[idKey]);
		if (value === undefined) return [];
		const day = task.createdAt?.slice(0, 10);
		return [{ name: `${String(result[nameKey] ?? value)}${day ? ` (${day})` : ''}`, value }];
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
