import {
	BY_CODE,
	BY_STATUS,
	BY_WORDING,
	CERTIFICATE_FAULT,
	NETWORK_FAULTS,
	NO_HANDSHAKE,
	OTHER_REFUSAL,
	SERVER_ERROR,
	VAGUE_REFUSAL,
} from './errorTable';
import { foreignText, withoutMarkup } from './foreign';
import type { Problem } from './reply';

/** Kling's own codes have four digits; anything else is a gateway's. */
export const isKlingCode = (code: string): boolean => /^\d{4}$/.test(code);

/** The code of a request that was stopped on its way; one that had not begun has none. */
export const CUT_OFF = 'ERR_CANCELED';

export const isKnownCode = (code: string): boolean => Object.hasOwn(BY_CODE, code);

const LONGEST_CODE = 64;

export interface Refusal {
	httpStatus: number;
	code?: string;
	message?: string;
	requestId?: string;
	retryAfterMs?: number;
}

/** Turns what a server said into a problem with words and a rule for what may be done next. */
export function problemFrom(refusal: Refusal): Problem {
	const { httpStatus, retryAfterMs } = refusal;
	const code = foreignText(refusal.code, LONGEST_CODE);
	const requestId = foreignText(refusal.requestId, 2 * LONGEST_CODE);
	const message = oneLine(refusal.message);
	// New-API hides every 429 of Kling behind one word, so there the status says more than the word.
	const known =
		code !== undefined && isKnownCode(code) && (httpStatus !== 429 || isKlingCode(code));
	const worded = BY_WORDING.find(
		({ codes, says }) => says.test(message) && codes.includes(known ? code : String(httpStatus)),
	);
	// Some gateways answer 200 and put the status where the code belongs.
	const status = httpStatus < 400 && /^[45]\d\d$/.test(code ?? '') ? Number(code) : httpStatus;
	const byStatus =
		status >= 500
			? SERVER_ERROR
			: status < 300
				? VAGUE_REFUSAL
				: (BY_STATUS[status] ?? OTHER_REFUSAL);
	const { cause, retry, what, remedy } =
		worded?.row ?? (known ? BY_CODE[code] : undefined) ?? byStatus;
	return {
		cause,
		retry,
		what: message ? `${what}: ${message}` : what,
		remedy,
		code,
		httpStatus,
		requestId,
		retryAfterMs,
	};
}

/**
 * A request that got no answer at all.
 * @param code the system's or axios' error code, e.g. `ECONNRESET`; without one the request was never sent
 */
export function problemFromNetwork(
	code: string | undefined,
	host: string,
	message: string,
): Problem {
	if (code === undefined) return notSent(message);
	if (code === CUT_OFF) return { ...cancelled(), code };
	const { says, arrived } = networkFault(code, message);
	const isUntrusted = CERTIFICATE_FAULT.test(code);
	return {
		cause: 'unreachable',
		retry: isUntrusted ? 'never' : arrived ? 'afterLook' : 'afterPause',
		what: `No answer from ${host}: ${says}`,
		remedy: isUntrusted ? 'checkCertificate' : 'checkNetwork',
		code,
	};
}

function networkFault(code: string, message: string): { says: string; arrived: boolean } {
	if (CERTIFICATE_FAULT.test(code)) {
		return { says: 'its certificate cannot be trusted', arrived: false };
	}
	if (/^EPROTO$|TLS|SSL/.test(code)) {
		const arrived = !NO_HANDSHAKE.test(`${code} ${message.toUpperCase().replace(/\W+/g, '_')}`);
		return arrived
			? { says: 'the secure connection broke', arrived }
			: { says: 'a secure connection could not be made; the server may only use http://', arrived };
	}
	return NETWORK_FAULTS[code] ?? { says: 'the connection failed', arrived: true };
}

/** n8n or the credential refused to send it: no key, a domain that the credential does not allow. */
export const notSent = (message: string): Problem => ({
	cause: 'account',
	retry: 'never',
	what: oneLine(message) || 'The request was not sent',
	remedy: 'checkKey',
});

/** An answer that is not JSON: a proxy's error page, or a web page under a wrong base URL. */
export function problemFromText(httpStatus: number, text: string, retryAfterMs?: number): Problem {
	const serverFault = httpStatus >= 500 || httpStatus === 429;
	// A plain "404 page not found", or a web application that answers every path with its start page.
	const noSuchPath = httpStatus === 404 || (httpStatus < 400 && text.trimStart().startsWith('<'));
	return {
		cause: noSuchPath ? 'notOffered' : 'unreadable',
		retry:
			httpStatus === 429 ? 'afterPause' : serverFault || httpStatus < 400 ? 'afterLook' : 'never',
		what: `The answer is a web page or plain text instead of JSON (HTTP ${httpStatus}): "${excerpt(text)}"`,
		remedy: serverFault ? 'tryLater' : 'checkBaseUrl',
		httpStatus,
		retryAfterMs,
	};
}

export const cancelled = (): Problem => ({
	cause: 'cancelled',
	retry: 'never',
	what: 'The execution was stopped',
	remedy: 'pickUpLater',
});

/** What others said, short enough for a message. */
const oneLine = (text: string | undefined): string => foreignText(text)?.replace(/\.$/, '') ?? '';

/** As much of a page is searched for its first words; a page can be endless. */
const PAGE_START = 4_000;

/** The readable start of a page, so that the message tells a proxy's 502 from a login page. */
function excerpt(text: string): string {
	return foreignText(withoutMarkup(text.slice(0, PAGE_START)), 120) ?? '';
}
