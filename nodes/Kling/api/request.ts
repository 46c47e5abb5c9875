import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { readAnswer } from './answer';
import { Deadline } from './deadline';
import type { HttpAnswer } from './envelope';
import { problemFromAnswer, problemFromFault, tooLarge } from './faults';
import { CREDENTIAL, urlOf } from './gateway';
import { failed, ok, type Reply } from './reply';

export type KlingContext =
	IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | IPollFunctions | IWebhookFunctions;

export interface KlingRequest {
	method: 'GET' | 'POST';
	/** Path behind the base URL, from `/v1` on, ids already encoded. */
	path: string;
	/** Whether it stands at the root of the host, whatever the base URL has behind that. */
	isAtRoot?: boolean;
	query?: IDataObject;
	body?: IDataObject;
	/** Until the last byte of the answer, all attempts included; less than the usual minute for each attempt. */
	timeoutMs?: number;
	/**
	 * Called just before each attempt; the time until then was spent in the queue.
	 * @returns what the attempt may take, in milliseconds
	 */
	onSend?: () => number;
}

export const REQUEST_TIMEOUT_MS = 60_000;

/**
 * Sends one request through n8n's own helper and gives the answer as text, whatever its status. It ends in time, body
 * included, takes 8 MB at most and follows no redirect.
 */
export async function send(
	context: KlingContext,
	baseUrl: string,
	request: KlingRequest,
	credentials: ICredentialDataDecryptedObject,
): Promise<Reply<HttpAnswer>> {
	const ms = Math.min(REQUEST_TIMEOUT_MS, request.timeoutMs ?? REQUEST_TIMEOUT_MS);
	const deadline = new Deadline(ms, cancelSignalOf(context));
	const { path, isAtRoot } = request;
	const url = isAtRoot ? new URL(path, baseUrl).href : urlOf(baseUrl, path);
	try {
		const response: unknown = await context.helpers.httpRequestWithAuthentication.call(
			withSignal(context, deadline.signal),
			CREDENTIAL,
			optionsOf(request, url, ms, deadline.signal),
			// Otherwise n8n decrypts them again for each request.
			{ credentialsDecrypted: { id: '', name: '', type: CREDENTIAL, data: credentials } },
		);
		const answer = await readAnswer(response, deadline);
		if (!answer) return failed(tooLarge(new URL(url).host));
		const problem = problemFromAnswer(answer, url);
		return problem ? failed(problem) : ok(answer);
	} catch (error) {
		return failed(problemFromFault(error, url, deadline.endedBy));
	} finally {
		deadline.release();
	}
}

const optionsOf = (
	{ method, query, body }: KlingRequest,
	url: string,
	timeout: number,
	abortSignal: AbortSignal,
): IHttpRequestOptions => ({
	method,
	url,
	qs: query,
	body,
	headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
	// Read here: n8n would read it whole, however large or slow, and its parser would round 18-digit ids.
	encoding: 'stream',
	json: false,
	returnFullResponse: true,
	ignoreHttpStatusErrors: true,
	timeout,
	abortSignal,
	// Following a redirect turns a create into a read of the list, and could carry the key elsewhere.
	disableFollowRedirect: true,
	sendCredentialsOnCrossOriginRedirect: false,
});

export function cancelSignalOf(context: KlingContext): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** n8n's helper puts the signal of the execution in place of the one in the options; here it finds ours there, too. */
function withSignal(context: KlingContext, signal: AbortSignal): KlingContext {
	return new Proxy(context, {
		get: (target, key): unknown =>
			key === 'getExecutionCancelSignal' ? () => signal : Reflect.get(target, key, target),
	});
}
