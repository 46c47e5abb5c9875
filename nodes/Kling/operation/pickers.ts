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
import type { Problem, Reply } from '../api/reply';
import type { TaskKind } from '../tasks/kinds';
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

/** One list of Kling that a picker shows. */
export interface PickerSource {
	kind: TaskKind;
	/** What one task of the list gives, newest first. */
	entriesOf: (task: Task) => INodeListSearchItems[];
}

/**
 * The entries of one list after the other, for a picker.
 * @param filter what the user typed, part of a name or id
 * @param paginationToken where it goes on, as JSON
 * @throws NodeOperationError with a readable message, which the picker shows
 */
export async function searchLists(
	context: ILoadOptionsFunctions,
	sources: readonly PickerSource[],
	filter = '',
	paginationToken = '',
): Promise<INodeListSearchResult> {
	const opened = await KlingClient.open(context, { patienceMs: PATIENCE_MS });
	if (!opened.ok) throw pickerError(context, opened.problem);
	const results: INodeListSearchItems[] = [];
	const until = Date.now() + LONGEST_MS;
	let trouble: Problem | undefined;
	let place = placeIn(paginationToken);
	for (let read = 1; place.list < sources.length; read += 1) {
		const page = await readEntries(opened.value, sources[place.list], until, place.at);
		if (page.ok) {
			results.push(...page.value.entries.filter((entry) => matches(entry, filter)));
		} else {
			// A gateway need not have every list; the others are of use without it.
			const isPassable = page.problem.cause === 'notOffered' && sources.length > 1;
			if (!isPassable) throw pickerError(context, page.problem);
			trouble = page.problem;
		}
		const next = page.ok ? page.value.next : undefined;
		place = next ? { list: place.list, at: next } : { list: place.list + 1 };
		const isEnough = results.length > 0 || read >= PAGES_PER_SEARCH || Date.now() >= until;
		if (isEnough && place.list < sources.length) {
			return { results, paginationToken: JSON.stringify(place) };
		}
	}
	if (results.length === 0 && trouble) throw pickerError(context, trouble);
	return { results };
}

interface PickerPlace {
	list: number;
	at?: Place;
}

async function readEntries(
	client: KlingClient,
	source: PickerSource | undefined,
	untilMs: number,
	at?: Place,
): Promise<Reply<{ entries: INodeListSearchItems[]; next?: Place }>> {
	if (!source) return { ok: true, value: { entries: [] } };
	const { kind, entriesOf } = source;
	const page = await new Pages(client, kind, at ?? PAGE_SIZE).next(untilMs - Date.now());
	if (!page.ok) return page;
	const { rows, next } = page.value;
	return {
		ok: true,
		value: { entries: rows.flatMap((row) => entriesOf(readTask(row, kind))), next },
	};
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

function pickerError(context: ILoadOptionsFunctions, problem: Problem): NodeOperationError {
	return new NodeOperationError(context.getNode(), problem.what, {
		description: adviceOf(problem),
	});
}
