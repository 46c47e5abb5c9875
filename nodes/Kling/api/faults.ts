import type { FullAnswer } from './answer';
import { cancelled, CUT_OFF, problemFromNetwork } from './errors';
import { withoutQueries } from './foreign';
import { ENDPOINT } from './gateway';
import type { Problem } from './reply';

const TOO_LATE = 'ETIMEDOUT';

/** An answer that is too large is left where it is; what came of the request cannot be told. */
export const tooLarge = (host: string): Problem => ({
	cause: 'unreadable',
	retry: 'never',
	what: `The answer from ${host} is larger than 8 MB`,
	remedy: 'checkBaseUrl',
	mayBeDone: true,
});

/** A request that did not end in time, although its connection may be fine. */
export const tooLate = (host: string): Problem => problemFromNetwork(TOO_LATE, host, '');

/** @param error of n8n's helper, or of the stream that it gave */
export function problemFromFault(
	error: unknown,
	url: string,
	endedBy: 'stop' | 'time' | undefined,
): Problem {
	const { host } = new URL(url);
	if (endedBy === 'time') return tooLate(host);
	if (endedBy === 'stop') return { ...cancelled(), code: CUT_OFF };
	const code = networkCodeOf(error);
	const problem = problemFromNetwork(code, host, messageOf(error));
	const proxy = code !== undefined && NEVER_CONNECTED.test(code) ? proxyIn(error, url) : undefined;
	return proxy === undefined
		? problem
		: {
				...problem,
				what: `The proxy ${proxy} that n8n is set to use does not answer`,
				remedy: 'checkProxy',
			};
}

/**
 * Answers that end the request whatever is in them: a redirect, which no request with the key follows, and a proxy that
 * wants a password.
 */
export function problemFromAnswer(answer: FullAnswer, url: string): Problem | undefined {
	const { httpStatus, location } = answer;
	if (httpStatus === 407) {
		return {
			cause: 'unreachable',
			retry: 'never',
			what: 'The proxy that n8n is set to use asks for a username and password',
			remedy: 'checkProxy',
			httpStatus,
		};
	}
	if (httpStatus < 300 || httpStatus >= 400) return undefined;
	const { host } = new URL(url);
	const target = location === undefined ? undefined : targetOf(location, url);
	return {
		cause: 'notOffered',
		retry: 'never',
		what: target
			? `${host} redirects to ${target}`
			: `${host} answered HTTP ${httpStatus} but named no address to redirect to`,
		remedy: target ? 'enterTarget' : 'checkBaseUrl',
		httpStatus,
		// Frameworks lead on to a page with these once they have done what was asked.
		...((httpStatus === 302 || httpStatus === 303) && { mayBeDone: true }),
	};
}

/** Where a redirect leads, as the base URL that would lead there if it can be told, without what may be secret. */
function targetOf(location: string, url: string): string | undefined {
	if (!URL.canParse(location, url)) return undefined;
	const target = new URL(location, url);
	const base = target.pathname.replace(ENDPOINT, '');
	return withoutQueries(`${target.protocol}//${target.host}${base}`).slice(0, 200);
}

/** Codes of a connection that was never made. */
export const NEVER_CONNECTED = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/**
 * The system's message names where the connection should have gone. If that is not the API, it is a proxy.
 * @returns host or address, with its port where one was said
 */
function proxyIn(error: unknown, url: string): string | undefined {
	const { hostname, port, protocol } = new URL(url);
	const apiPort = port || (protocol === 'https:' ? '443' : '80');
	for (const message of messagesOf(error)) {
		const looked = /getaddrinfo E\w+ ([\w.-]+)/.exec(message)?.[1];
		if (looked !== undefined && looked !== hostname) return looked;
		const [, address, asked] = /connect E\w+ (\S+):(\d+)/.exec(message) ?? [];
		if (asked !== undefined && asked !== apiPort) return `${address}:${asked}`;
	}
	return undefined;
}

/** n8n wraps axios' error, which wraps the system's, outermost first; 1.x keeps only their messages. */
function messagesOf(error: unknown): string[] {
	return chainOf(error).flatMap(({ message, messages, errors }) => [
		...(typeof message === 'string' ? [message] : []),
		...(Array.isArray(messages) ? messages.filter((one) => typeof one === 'string') : []),
		...(Array.isArray(errors) ? errors.map(messageOf) : []),
	]);
}

/** The first code on the way in is the telling one. n8n 1.x keeps it where an HTTP status would be. */
function networkCodeOf(error: unknown): string | undefined {
	return chainOf(error)
		.flatMap(({ code, httpCode }) => [code, httpCode])
		.find((value): value is string => typeof value === 'string' && /^[A-Z][A-Z\d_]+$/.test(value));
}

function chainOf(error: unknown): Record<string, unknown>[] {
	const chain: Record<string, unknown>[] = [];
	let current = error;
	while (chain.length < 5 && typeof current === 'object' && current !== null) {
		const one = current as Record<string, unknown>;
		chain.push(one);
		current = one.cause;
	}
	return chain;
}

/** What was thrown, in its own words. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
