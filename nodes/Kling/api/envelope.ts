import type { IDataObject } from 'n8n-workflow';

import { isKlingCode, isKnownCode, problemFrom, problemFromText } from './errors';
import { idText, plainText } from './foreign';
import { readJson } from './losslessJson';
import { isRecord } from './record';
import { failed, ok, type Problem, type Reply } from './reply';
import { codeIn, reasonIn, statementsIn } from './statements';

export { isRecord };

/** One HTTP answer, before anybody has judged it. */
export interface HttpAnswer {
	httpStatus: number;
	text: string;
	retryAfterMs?: number;
}

/** What is inside the envelope: an object, a list, or nothing (an empty 200). */
export type Payload = IDataObject | IDataObject[] | undefined;

const SUCCESS_WORDS = new Set(['0', '200', 'success', 'succeed', 'succeeded', 'ok', 'true']);
/** A full page of the list has about half a million; reading much more would stop n8n for seconds. */
const MOST_CHARACTERS = 16_000_000;
/** Ten times what the largest page of Kling has. */
const MOST_ROWS = 10_000;
/** How deep New-API and CometAPI nest one envelope in another, with room to spare. */
const MAX_DEPTH = 6;

/**
 * Unwraps any envelope that Kling or a gateway is known to use.
 * A failed task is not a failed request: it comes back as a value and `tasks/` judges it.
 * Sources: Kling's pages; for gateways, the sources of New-API and the documentation of CometAPI.
 */
export function unwrap(answer: HttpAnswer): Reply<Payload> {
	const { httpStatus, text, retryAfterMs } = answer;
	const refusedByStatus = httpStatus < 200 || httpStatus >= 300;
	if (text.trim() === '') {
		return refusedByStatus ? failed(problemFrom({ httpStatus, retryAfterMs })) : ok(undefined);
	}
	const body = text.length > MOST_CHARACTERS ? undefined : readJson(text);
	if (!isObject(body)) return failed(problemFromText(httpStatus, text, retryAfterMs));
	const payload = payloadOf(body);
	if (refusedByStatus || isRefusal(body) || isRefusalInside(payload)) {
		return failed(explain(body, httpStatus, retryAfterMs));
	}
	return ok(payload);
}

/** The objects of nested envelopes, outermost first: New-API puts Kling's own JSON two levels down. */
export function layers(payload: Payload): IDataObject[] {
	const found: IDataObject[] = [];
	let current: unknown = payload;
	while (isRecord(current) && found.length < MAX_DEPTH) {
		found.push(current);
		current = opened(current.data);
	}
	return found;
}

/**
 * Reads a list however it is wrapped; anything else is no rows.
 * @param resultKey a gateway may name the list after what is in it
 */
export function rowsOf(payload: Payload, resultKey: string): IDataObject[] {
	if (Array.isArray(payload)) return records(payload);
	for (const layer of layers(payload)) {
		const rows: unknown = [
			'list',
			resultKey,
			'items',
			'rows',
			'records',
			'tasks',
			'results',
			'data',
		]
			.map((key) => layer[key])
			.find(Array.isArray);
		if (Array.isArray(rows)) return records(rows);
	}
	return [];
}

const records = (values: unknown[]): IDataObject[] => values.slice(0, MOST_ROWS).filter(isRecord);

function isObject(value: unknown): value is IDataObject | IDataObject[] {
	return typeof value === 'object' && value !== null;
}

/** Some gateways send an object or a list as the text of its JSON. */
export function opened(value: unknown): unknown {
	const text = typeof value === 'string' ? value.trimStart() : '';
	return text.startsWith('{') || text.startsWith('[') ? (readJson(text) ?? value) : value;
}

function isRefusal(body: IDataObject | IDataObject[]): boolean {
	if (Array.isArray(body)) return false;
	const { code, data, success } = body;
	if (success === false || code === false) return true;
	if (code === null) return !isObject(data);
	const said = codeIn(body)?.toLowerCase();
	if (said !== undefined && !SUCCESS_WORDS.has(said)) return true;
	return (saysError(body) && !isFailedTask(body)) || isFailedCall(body);
}

/** An empty `error` beside the data is a habit of some gateways and says nothing. */
function saysError({ error, errors, data }: IDataObject): boolean {
	if (isRecord(error)) {
		const code = codeIn(error)?.toLowerCase() ?? '0';
		return !SUCCESS_WORDS.has(code) || reasonIn(error) !== undefined || !isObject(opened(data));
	}
	if (plainText(error).trim() !== '') return error !== false;
	return Array.isArray(errors) && errors.length > 0 && data === undefined;
}

/** A task in the style of OpenAI says in `error` why it failed: that is an answer about the task. */
function isFailedTask({ id, task_id, status, task_status }: IDataObject): boolean {
	const says = plainText(task_status ?? status);
	return idText(task_id ?? id) !== undefined && says !== '' && !/^error$/i.test(says);
}

/** A call that failed, told by its status and its words alone; a task has an id or names its own status. */
function isFailedCall(body: IDataObject): boolean {
	const { id, task_id, status, task_status, data, task_result, outputs } = body;
	const isBare = [id, task_id, task_status, data, task_result, outputs].every(
		(value) => value === undefined || value === null,
	);
	return isBare && /^(error|fail|failed|failure)$/i.test(plainText(status));
}

/** A gateway's success around Kling's refusal; beside an id it is what became of a task. */
function isRefusalInside(payload: Payload): boolean {
	const [outer, ...inner] = layers(payload);
	if (!outer || idText(outer.task_id ?? outer.id) !== undefined) return false;
	return [outer, ...inner].some((layer) => isKlingCode(codeIn(layer) ?? ''));
}

/** A body that wears an envelope gives what is in it; a bare task or list is itself the payload. */
function payloadOf(body: IDataObject | IDataObject[]): Payload {
	if (Array.isArray(body)) return records(body);
	const wearsEnvelope = 'code' in body || 'success' in body || 'message' in body;
	if (!wearsEnvelope || !('data' in body)) return body;
	const data = opened(body.data);
	if (Array.isArray(data)) return records(data);
	return isRecord(data) ? data : undefined;
}

/** Looks for the cause where it is most exact: the innermost code of Kling, then the gateway's words. */
function explain(
	body: IDataObject | IDataObject[],
	httpStatus: number,
	retryAfterMs: number | undefined,
): Problem {
	const statements = statementsIn(body);
	const byKling = statements.filter(({ code }) => code !== undefined && isKlingCode(code)).at(-1);
	const byGateway = statements.find(({ code }) => code !== undefined && isKnownCode(code));
	const said = statements.find(({ message }) => message !== undefined);
	const { code, message, requestId } = byKling ?? byGateway ?? said ?? {};
	return problemFrom({
		httpStatus,
		code: code ?? statements.find((statement) => statement.code !== undefined)?.code,
		message: message ?? said?.message,
		requestId: requestId ?? statements.find((statement) => statement.requestId)?.requestId,
		retryAfterMs,
	});
}
