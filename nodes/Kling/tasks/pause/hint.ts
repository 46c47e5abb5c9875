import type { IDataObject } from 'n8n-workflow';

import { isCallId } from '../../api/callId';
import { isRecord } from '../../api/envelope';
import { readJson } from '../../api/losslessJson';
import { isFinal, readTask, type OutcomeKeys } from '../task';

/** A callback is about one task; more is no callback. */
const MOST_RECORDS = 30;
const MOST_IDS = 10;
/** How far inside a gateway may wrap the task. */
const DEEPEST = 3;

/**
 * The ids that a call on a pause's own address names, in whatever form it comes: it is a hint to look, never a fact.
 * @param text the body as it came
 * @returns `undefined` when it says nothing of a task, or that the task is still at work
 */
export function readHint(text: string, kind: OutcomeKeys): string[] | undefined {
	const plain = text.replace(/^\uFEFF/, '').trim();
	const body = readJson(plain);
	const records = body === undefined ? recordsOfForm(plain) : recordsIn(body);
	const tasks = records.map((record) => readTask(record, kind));
	const ids = tasks.flatMap(({ taskId, externalTaskId }) => [taskId, externalTaskId]);
	const named = [...new Set(body === undefined ? [...ids, ...tokensOf(plain)] : ids)];
	const usable = named.filter(isCallId).slice(0, MOST_IDS);
	if (tasks.some(isFinal)) return usable;
	if (tasks.some(({ status }) => status !== 'unknown')) return undefined;
	return usable.length > 0 || records.some(namesStatus) ? usable : undefined;
}

/** Objects wrap the task, a list may hold it, a text may be the task as JSON. */
function recordsIn(body: unknown): IDataObject[] {
	const found: IDataObject[] = [];
	const visit = (value: unknown, depth: number): void => {
		if (depth > DEEPEST || found.length >= MOST_RECORDS) return;
		if (Array.isArray(value)) {
			for (const one of value.slice(0, MOST_RECORDS)) visit(one, depth + 1);
		} else if (isRecord(value)) {
			found.push(value);
			for (const inner of Object.values(value).slice(0, MOST_RECORDS)) visit(inner, depth + 1);
		} else if (typeof value === 'string' && /^\s*[[{]/.test(value)) {
			visit(readJson(value), depth + 1);
		}
	};
	visit(body, 0);
	return found;
}

/** As a form sends it: the fields of the task, or one field with all of it as JSON. */
function recordsOfForm(text: string): IDataObject[] {
	if (!text.includes('=')) return [];
	return recordsIn(Object.fromEntries([...new URLSearchParams(text)].slice(0, MOST_RECORDS)));
}

/** What looks like an id in a body of unknown form. */
const tokensOf = (text: string): string[] =>
	(text.slice(0, 4_000).match(/[\w-]{6,128}/g) ?? []).filter((token) => /\d/.test(token));

const namesStatus = ({ task_status: own, status }: IDataObject): boolean =>
	[own, status].some((said) => typeof said === 'string' && said !== '');
