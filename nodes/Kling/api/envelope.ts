import type { IDataObject } from 'n8n-workflow';

import { isKlingCode, isKnownCode, problemFrom, problemFromText } from './errors';
import { readJson } from './losslessJson';
import { failed, ok, type Problem, type Reply } from './reply';

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
	if (refusedByStatus || isRefusal(body)) return failed(explain(body, httpStatus, retryAfterMs));
	return ok(payloadOf(body));
}

/** The objects of nested envelopes, outermost first: New-API puts Kling's own JSON two levels down. */
export function layers(payload: Payload): IDataObject[] {
	const found: IDataObject[] = [];
	let current: unknown = payload;
	while (isRecord(current) && found.length < MAX_DEPTH) {
		found.push(current);
		current = current.data;
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
		const rows: unknown = ['list', resultKey, 'items', 'rows', 'data']
			.map((key) => layer[key])
			.find(Array.isArray);
		if (Array.isArray(rows)) return records(rows);
	}
	return [];
}

const records = (values: unknown[]): IDataObject[] => values.filter(isRecord);

export function isRecord(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): value is string | number | boolean {
	return ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is IDataObject | IDataObject[] {
	return typeof value === 'object' && value !== null;
}

function isRefusal(body: IDataObject | IDataObject[]): boolean {
	if (Array.isArray(body)) return false;
	const { code, data, error, success } = body;
	if (isRecord(error) || (typeof error === 'string' && error !== '')) return true;
	if (success === false || code === false) return true;
	if (code === null) return !isObject(data);
	// A code that is an object is none: it is undocumented, and need not even be printable.
	return isPlain(code) && !SUCCESS_WORDS.has(String(code).toLowerCase());
}

/** A body that wears an envelope gives what is in it; a bare task or list is itself the payload. */
function payloadOf(body: IDataObject | IDataObject[]): Payload {
	if (Array.isArray(body)) return body;
	const wearsEnvelope = 'code' in body || 'success' in body || 'message' in body;
	if (!wearsEnvelope || !('data' in body)) return body;
	const data: unknown = body.data;
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

interface Statement {
	code?: string;
	message?: string;
	requestId?: string;
}

/** Every code and message in the body, from the outside in, also where a message holds JSON as text. */
function statementsIn(value: unknown, depth = 0): Statement[] {
	if (!isRecord(value) || depth > MAX_DEPTH) return [];
	const {
		code,
		message,
		msg,
		request_id: requestId,
		error,
		data,
		task_status_msg,
		fail_reason,
	} = value;
	const words = [
		message,
		msg,
		typeof error === 'string' ? error : undefined,
		task_status_msg,
		fail_reason,
	];
	const text = words.find((word): word is string => typeof word === 'string' && word !== '');
	const quoted = text?.trimStart().startsWith('{') ? readJson(text) : undefined;
	const own: Statement = {
		code:
			typeof code === 'string' || typeof code === 'number' ? String(code) || undefined : undefined,
		message: isRecord(quoted) ? undefined : text,
		requestId: typeof requestId === 'string' ? requestId : undefined,
	};
	const inner = (part: unknown) => statementsIn(part, depth + 1);
	// What an `error` says is nearer to the cause than the message beside it.
	return [...inner(error), own, ...inner(quoted), ...inner(data)];
}
