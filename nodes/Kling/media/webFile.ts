import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { isStream } from '../api/answer';
import { Deadline, type ByteStream } from '../api/deadline';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { isRecord } from '../api/envelope';
import { withoutQueries, withoutSecrets } from '../api/foreign';
import { quoted, webAddress } from './address';
import { LONGEST_MS, longestMs } from './longest';
import { isPublicHost } from './reachable';

export type FileContext = IExecuteFunctions | IWebhookFunctions;

/** A file on the web, opened but not read. */
export interface WebFile {
	stream: ByteStream;
	name?: string;
	mimeType?: string;
	/** Missing when the server does not announce it. */
	sizeBytes?: number;
}

const MOST_REDIRECTS = 4;
const MB = 1024 * 1024;

/**
 * Opens a file at an address from outside, so without the API key and only over http(s). Each redirect is
 * looked at: none may lead into the n8n machine's own network, unless the API itself is there.
 * @param apiHost host of the credential's base URL
 * @param mostBytes what its stream gives at most, whatever the server announces; more is an error of the stream
 * @param leftMs until it has to be there
 */
export async function openWebFile(
	context: FileContext,
	address: string,
	apiHost: string,
	mostBytes: number,
	leftMs = Infinity,
): Promise<Reply<WebFile>> {
	const deadline = new Deadline(
		Math.min(leftMs, longestMs(mostBytes)),
		'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined,
	);
	const reply = await follow(context, address, apiHost, deadline);
	if (!reply.ok) {
		deadline.release();
		return reply;
	}
	const { stream: body, sizeBytes = 0 } = reply.value;
	deadline.guard(body);
	if (sizeBytes > mostBytes) {
		body.destroy();
		return failed(noFile(tooLarge(mostBytes)));
	}
	return ok({ ...reply.value, stream: limited(body, mostBytes) });
}

/** Not every server announces a size, and not every announcement is true. */
function limited(body: ByteStream, mostBytes: number): ByteStream {
	let bytes = 0;
	const stream = body.map((chunk: Uint8Array) => {
		bytes += chunk.length;
		if (bytes > mostBytes) throw new Error(tooLarge(mostBytes));
		return chunk;
	});
	// A read rejects with an error; between two reads nobody listens.
	stream.on('error', () => undefined);
	stream.once('close', () => body.destroy());
	// Before its first read, it does not see how its source ends.
	body.once('close', () => {
		if (body.errored && !stream.destroyed) stream.destroy(body.errored);
	});
	return stream;
}

const tooLarge = (mostBytes: number) => `It is larger than ${mostBytes / MB} MB`;

async function follow(
	context: FileContext,
	address: string,
	apiHost: string,
	deadline: Deadline,
): Promise<Reply<WebFile>> {
	let next = address;
	for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
		const url = webAddress(next);
		if (!url) {
			return failed(noFile(`${quoted(next)} is not an address that begins with http(s)://`));
		}
		if (!(await isPublicHost(url.hostname)) && (await isPublicHost(apiHost))) {
			return failed(noFile(`${url.hostname} is an address inside your own machine or network`));
		}
		const answer = await get(context, url.href, deadline);
		if (!answer.ok) return answer;
		const { statusCode = 0, headers, body } = answer.value;
		const location = headers.location;
		if (statusCode >= 200 && statusCode < 300 && isStream(body)) {
			return ok({ stream: body, name: nameIn(url), ...described(headers) });
		}
		if (isStream(body)) body.destroy();
		if (statusCode < 300 || statusCode >= 400 || typeof location !== 'string') {
			return failed(noFile(`${url.host} answered HTTP ${statusCode}`));
		}
		next = URL.canParse(location, next) ? new URL(location, next).href : location;
	}
	return failed(noFile(`${new URL(address).host} redirects too many times`));
}

interface FileAnswer {
	statusCode?: number;
	headers: Record<string, unknown>;
	body?: unknown;
}

async function get(
	context: FileContext,
	url: string,
	{ signal }: Deadline,
): Promise<Reply<FileAnswer>> {
	try {
		const response: unknown = await context.helpers.httpRequest({
			method: 'GET',
			url,
			encoding: 'stream',
			// Compressed, the file would not have the size that the server announces.
			headers: { 'Accept-Encoding': 'identity' },
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: LONGEST_MS,
			abortSignal: signal,
		});
		const { statusCode, headers, body } = isRecord(response)
			? (response as object as FileAnswer)
			: {};
		return ok({ statusCode, headers: headers ?? {}, body });
	} catch (error) {
		return failed(noFile(`No answer from ${new URL(url).host}: ${faultOf(error)}`));
	}
}

/** A signed address opens the file to anyone who reads it, so messages leave the signature out. */
export const shown = (address: string): string => withoutSecrets(address).replace(/[?#].*$/s, '');

/** How n8n says that it protects its network. */
const GUARDED = /request was blocked because/i;
const MOST_QUOTED = 200;

/** Why a transfer broke off, in words. */
export function faultOf(error: unknown): string {
	const { name = '', message = '' } = error instanceof Error ? error : {};
	const isCut = /^(Abort|Cancel|Timeout)/.test(name) || /^(canceled|aborted)/i.test(message);
	if (isCut) return 'it broke off, or took too long';
	const text = withoutQueries(message || String(error)).slice(0, MOST_QUOTED);
	return GUARDED.test(text)
		? `n8n's own guard (N8N_SSRF_PROTECTION_ENABLED) refused it: ${text}`
		: text;
}

/** @param what why there is no file, a sentence without a full stop */
export const noFile = (what: string): Problem => ({
	cause: 'unreachable',
	retry: 'never',
	what,
	advice: 'Check the address, or download the file with an HTTP Request node.',
});

function described(headers: Record<string, unknown>): Pick<WebFile, 'mimeType' | 'sizeBytes'> {
	const type = headers['content-type'];
	const length = Number(headers['content-length'] ?? NaN);
	return {
		mimeType: typeof type === 'string' ? type.split(';')[0]?.trim().toLowerCase() : undefined,
		sizeBytes: Number.isSafeInteger(length) ? length : undefined,
	};
}

function nameIn({ pathname }: URL): string | undefined {
	const last = pathname.split('/').at(-1) ?? '';
	return /^[\w.-]+\.[a-z\d]{2,4}$/i.test(last) ? last : undefined;
}
