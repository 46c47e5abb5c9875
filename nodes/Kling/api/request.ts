import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { isRecord, type HttpAnswer } from './envelope';
import { problemFromNetwork } from './errors';
import { CREDENTIAL } from './gateway';
import { failed, ok, type Reply } from './reply';

export interface KlingRequest {
	method: 'GET' | 'POST';
	/** Path behind the base URL, from `/v1` on, ids already encoded. */
	path: string;
	query?: IDataObject;
	body?: IDataObject;
	/** Less than the usual minute, for a caller whose own time is short. */
	timeoutMs?: number;
	/** Called just before each attempt; the time until then was spent in the queue. */
	onSend?: () => void;
}

const REQUEST_TIMEOUT_MS = 60_000;

/** Sends one request through n8n's own helper and gives the answer as text, whatever its status. */
export async function send(
	context: IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions | IWebhookFunctions,
	baseUrl: string,
	request: KlingRequest,
): Promise<Reply<HttpAnswer>> {
	const options: IHttpRequestOptions = {
		method: request.method,
		url: baseUrl + request.path,
		qs: request.query,
		body: request.body,
		headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
		// Text, not JSON: n8n's own parser would round 18-digit ids.
		encoding: 'text',
		json: false,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		timeout: Math.min(REQUEST_TIMEOUT_MS, request.timeoutMs ?? REQUEST_TIMEOUT_MS),
		// Following a redirect turns a create into a read of the list, and could carry the key elsewhere.
		disableFollowRedirect: request.method === 'POST',
		sendCredentialsOnCrossOriginRedirect: false,
	};
	try {
		return ok(
			readAnswer(
				await context.helpers.httpRequestWithAuthentication.call(context, CREDENTIAL, options),
			),
		);
	} catch (error) {
		return failed(
			problemFromNetwork(networkCodeOf(error), new URL(baseUrl).host, messageOf(error)),
		);
	}
}

function readAnswer(response: unknown): HttpAnswer {
	const { statusCode, body, headers } = isRecord(response) ? response : {};
	const retryAfter = isRecord(headers) ? headers['retry-after'] : undefined;
	return {
		httpStatus: typeof statusCode === 'number' ? statusCode : 0,
		text:
			typeof body === 'string'
				? body
				: body === undefined || body === null
					? ''
					: JSON.stringify(body),
		retryAfterMs: readRetryAfter(retryAfter),
	};
}

/** `Retry-After` is a number of seconds or an HTTP date (RFC 9110 §10.2.3). */
function readRetryAfter(value: unknown): number | undefined {
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	const seconds = /^\d+(\.\d+)?$/.test(value.trim());
	const ms = seconds ? Number(value) * 1000 : Date.parse(value) - Date.now();
	return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/**
 * n8n wraps axios' error, which wraps the system's: the first code on the way in is the telling one. n8n 1.x
 * drops the inner errors and keeps the code where an HTTP status would be.
 */
function networkCodeOf(error: unknown): string | undefined {
	let current = error;
	for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
		const { code, httpCode, cause } = current as Record<string, unknown>;
		const found = [code, httpCode].find(
			(value): value is string => typeof value === 'string' && /^[A-Z][A-Z\d_]+$/.test(value),
		);
		if (found) return found;
		current = cause;
	}
	return undefined;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
