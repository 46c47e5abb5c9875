import { type RawResponse, klingError } from './errors.cjs';
import { type TaskKind, kinds } from './kinds/index.cjs';
import type { Body, Surroundings } from './kinds/kind.cjs';
import { common, isRecord, text } from './kinds/rules.cjs';
import type { NewTask } from './task.cjs';

/** The rules of every create, then the kind's own; the first one that is broken decides. */
export function checkCreate(
	kind: TaskKind,
	body: Body,
	world: Surroundings,
): NewTask | RawResponse {
	for (const rule of [...common, ...kinds[kind].rules]) {
		const broken = rule({ body, world });
		if (broken !== undefined) return typeof broken === 'string' ? klingError(1201, broken) : broken;
	}
	const task: NewTask = { kind, body, voice_name: text(body, 'voice_name') ?? '' };
	const given = { ...pick(body, 'voice_url', 'video_id'), ...idsOf(kind, body) };
	return { ...task, ...given };
}

function idsOf(kind: TaskKind, body: Body) {
	const { ids } = kinds[kind];
	if (ids === 'none') return {};
	const from = ids === 'options' ? body.options : body;
	return pick(isRecord(from) ? from : {}, 'callback_url', 'external_task_id');
}

/** Those of the texts that are there. */
function pick<K extends string>(body: Body, ...keys: K[]): Partial<Record<K, string>> {
	const found: Partial<Record<K, string>> = {};
	for (const key of keys) {
		const value = text(body, key);
		if (value !== undefined) found[key] = value;
	}
	return found;
}

export interface PageQuery {
	pageNum: number;
	pageSize: number;
}

const MAX_PAGE = 1000;
const pageDefaults: PageQuery = { pageNum: 1, pageSize: 30 };

/** The number of a page runs from 1 to 1000. */
export function checkPage(
	query: Record<string, unknown>,
	maxSize = MAX_PAGE,
): PageQuery | RawResponse {
	const page = { ...pageDefaults };
	const most: PageQuery = { pageNum: MAX_PAGE, pageSize: maxSize };
	for (const key of ['pageNum', 'pageSize'] as const) {
		const given = query[key];
		if (given === undefined) continue;
		const value = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : 0;
		if (value < 1 || value > most[key]) {
			return klingError(1201, `${key} must be a whole number from 1 to ${most[key]}`);
		}
		page[key] = value;
	}
	return page;
}
