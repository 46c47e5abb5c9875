import type { IDataObject } from 'n8n-workflow';

import { foreignText, plainText } from './foreign';
import { readJson } from './losslessJson';
import { isRecord } from './record';

/** What one object of an answer says about itself. */
export interface Statement {
	code?: string;
	message?: string;
	requestId?: string;
}

/** How deep New-API and CometAPI nest one envelope in another, with room to spare. */
const MAX_DEPTH = 6;
/** So many of a list of reasons are quoted. */
const MOST_REASONS = 5;
const LONGEST_CODE = 64;
/** Where Kling and gateways put their words, nearest to the cause first. */
const WORDS = [
	...['message', 'msg', 'error_description', 'error', 'error_msg', 'errmsg', 'error_message'],
	...['errorMessage', 'task_status_msg', 'fail_reason', 'status_msg', 'reason', 'Message'],
	...['faultstring', 'description', 'title'],
];
/** Where frameworks put a list, or an object, of reasons. */
const LISTS = ['detail', 'details', 'errors'];
/** Where some put a list in place of the words, or another object around them. */
const WRAPPED = ['error', 'message', 'messages', 'msg'];
const AROUND = ['fault', 'err', 'Error'];
const CODES = ['code', 'error_code', 'errcode', 'err_code', 'Code'];

/** Every code and message in a body, from the outside in, also where a message holds JSON as text. */
export function statementsIn(value: unknown, depth = 0): Statement[] {
	if (!isRecord(value) || depth > MAX_DEPTH) return [];
	const inner = (part: unknown) => statementsIn(part, depth + 1);
	const { error, message, data, request_id: requestId } = value;
	const text = WORDS.map((key) => plainText(value[key])).find((word) => word.trim() !== '');
	const quoted = text?.trimStart().startsWith('{') ? readJson(text) : undefined;
	const own: Statement = {
		code: codeIn(value),
		message: wordsOf(isRecord(quoted) ? undefined : text, value, depth),
		requestId: foreignText(requestId, 2 * LONGEST_CODE),
	};
	// What an `error` says is nearer to the cause than the message beside it.
	const around = AROUND.flatMap((key) => inner(value[key]));
	return [...inner(error), ...around, ...inner(message), own, ...inner(quoted), ...inner(data)];
}

/** The business code of an object, whatever it is called. A code that is an object is none: it is undocumented. */
export function codeIn(value: IDataObject): string | undefined {
	const code = CODES.map((key) => value[key]).find((one) => one !== undefined && one !== null);
	return typeof code === 'boolean' ? undefined : foreignText(code, LONGEST_CODE);
}

/** What an object says is wrong, in its own words; `undefined` when it says nothing but that all is well. */
export function reasonIn(value: IDataObject): string | undefined {
	const said = statementsIn({ ...value, data: undefined }).flatMap(({ message }) => message ?? []);
	return said.find((text) => !SAYS_NOTHING.test(text));
}

const SAYS_NOTHING = /^(ok|0|success|succeed|succeeded|true|成功)[.!。！]?$/i;

function wordsOf(text: string | undefined, value: IDataObject, depth: number): string | undefined {
	const lists = [...WRAPPED.filter((key) => Array.isArray(value[key])), ...LISTS];
	const reasons = lists.flatMap((key) => reasonsIn(value[key], depth));
	const words = [foreignText(text), ...reasons].filter((word) => word !== undefined);
	return foreignText([...new Set(words)].join('; '));
}

/** FastAPI gives `detail: [{loc, msg}]`, others a text, a list of texts, or lists by the name of the field. */
function reasonsIn(value: unknown, depth: number): string[] {
	if (depth > MAX_DEPTH) return [];
	if (Array.isArray(value)) {
		const first: unknown[] = value.slice(0, MOST_REASONS);
		return first.flatMap((one) => reasonsIn(one, depth + 1)).slice(0, MOST_REASONS);
	}
	if (!isRecord(value)) return typeof value === 'string' ? [foreignText(value) ?? []].flat() : [];
	const said = statementsIn(value, depth + 1).find(({ message }) => message !== undefined);
	if (said?.message !== undefined) {
		const field = Array.isArray(value.loc) ? foreignText(value.loc.at(-1)) : undefined;
		return [field === undefined ? said.message : `${field}: ${said.message}`];
	}
	return Object.entries(value)
		.slice(0, MOST_REASONS)
		.flatMap(([field, one]) => reasonsIn(one, depth + 1).map((text) => `${field}: ${text}`));
}
