import { isRecord, type HttpAnswer } from './envelope';
import type { ByteStream, Deadline } from './deadline';

/** A full page of 500 tasks has about half a million bytes; reading much more would stop n8n for seconds. */
export const MOST_ANSWER_BYTES = 8 * 1024 * 1024;

/** One HTTP answer, with where it sends us to. */
export interface FullAnswer extends HttpAnswer {
	/** The `Location` header. */
	location?: string;
}

/**
 * Reads an answer while it comes, packed or not, and stops at the limit.
 * @param response what n8n's helper gives for a full response as a stream
 * @returns `undefined` when it is too large
 * @throws what the stream throws
 */
export async function readAnswer(
	response: unknown,
	deadline: Deadline,
): Promise<FullAnswer | undefined> {
	const { statusCode, body, headers } = isRecord(response) ? response : {};
	const text = await textOf(body, deadline);
	if (text === undefined) return undefined;
	const named = isRecord(headers) ? headers : {};
	return {
		httpStatus: typeof statusCode === 'number' ? statusCode : 0,
		text,
		retryAfterMs: readRetryAfter(named['retry-after']),
		location: typeof named.location === 'string' ? named.location : undefined,
	};
}

async function textOf(body: unknown, deadline: Deadline): Promise<string | undefined> {
	if (isStream(body)) return await read(body, deadline);
	const text =
		typeof body === 'string'
			? body
			: body === undefined || body === null
				? ''
				: JSON.stringify(body);
	return text.length > MOST_ANSWER_BYTES ? undefined : text;
}

async function read(body: ByteStream, deadline: Deadline): Promise<string | undefined> {
	deadline.guard(body);
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of body) {
		if (!(chunk instanceof Uint8Array)) continue;
		bytes += chunk.length;
		// Leaving the loop destroys the stream, and with it the connection.
		if (bytes > MOST_ANSWER_BYTES) return undefined;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks)
		.toString('utf8')
		.replace(/^\uFEFF/, '');
}

export function isStream(body: unknown): body is ByteStream {
	return typeof body === 'object' && body !== null && 'destroy' in body && 'pipe' in body;
}

/** `Retry-After` is a number of seconds or an HTTP date (RFC 9110 §10.2.3). */
function readRetryAfter(value: unknown): number | undefined {
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	const seconds = /^\d+(\.\d+)?$/.test(value.trim());
	const ms = seconds ? Number(value) * 1000 : Date.parse(value) - Date.now();
	return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
