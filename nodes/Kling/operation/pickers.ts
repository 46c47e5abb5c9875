import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { KlingClient } from '../api/client';
import type { Problem } from '../api/reply';
import { CUSTOM_VOICE } from '../tasks/kinds';
import { readPage } from '../tasks/list';
import { idText, readTask, type Task } from '../tasks/task';
import { adviceOf } from './advice';

const PAGE_SIZE = 100;
/** Kling cannot search, so the picker looks through pages; more than this would make typing slow. */
const PAGES_PER_SEARCH = 10;

/**
 * The account's custom voices for the picker of Delete.
 * @param filter what the user typed, part of a name or id
 * @param paginationToken number of the next page, as text
 * @throws NodeOperationError in words, which the picker shows
 */
export async function searchVoices(
	this: ILoadOptionsFunctions,
	filter = '',
	paginationToken = '1',
): Promise<INodeListSearchResult> {
	const opened = await KlingClient.open(this);
	if (!opened.ok) throw pickerError(this, opened.problem);
	const firstPage = Number(paginationToken);
	const results: INodeListSearchItems[] = [];
	for (let pageNum = firstPage; ; pageNum += 1) {
		const page = await readPage(opened.value, CUSTOM_VOICE, pageNum, PAGE_SIZE);
		if (!page.ok) throw pickerError(this, page.problem);
		const voices = page.value.rows.flatMap((row) => entriesOf(readTask(row, CUSTOM_VOICE)));
		results.push(...voices.filter((voice) => matches(voice, filter)));
		if (page.value.last) return { results };
		const enough = results.length > 0 || pageNum - firstPage + 1 >= PAGES_PER_SEARCH;
		if (enough) return { results, paginationToken: String(pageNum + 1) };
	}
}

function entriesOf(task: Task): INodeListSearchItems[] {
	return task.results.flatMap((voice) => {
		const value = idText(voice.voice_id);
		if (value === undefined) return [];
		const day = task.createdAt?.slice(0, 10);
		return [{ name: `${String(voice.voice_name ?? value)}${day ? ` (${day})` : ''}`, value }];
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
