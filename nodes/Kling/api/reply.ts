import type { IDataObject } from 'n8n-workflow';

/**
 * What the sender of a request may do next:
 * - `never`: the answer is final; sending it again changes nothing or costs money.
 * - `afterPause`: it was refused before anything was done; the same request may be sent again later.
 * - `afterLook`: it may have been carried out although the answer says otherwise; a read may be repeated,
 *   a create must first be looked up by its external task id.
 */
export type Retry = 'never' | 'afterPause' | 'afterLook';

/** Why it went wrong, in one word, for code that reacts to it. Texts are for people. */
export type Cause =
	| 'account'
	| 'busy'
	| 'cancelled'
	| 'duplicate'
	| 'invalid'
	/** The answer is about something else than was asked for. */
	| 'mismatch'
	| 'missing'
	| 'notOffered'
	| 'rate'
	/** Refused here, before anything was sent; what the API refuses is `invalid`. */
	| 'refused'
	| 'server'
	| 'taskFailed'
	| 'timeout'
	| 'unreachable'
	| 'unreadable';

/** What would help, as a fact; the sentences for it are written above. */
export type Remedy =
	| 'allowAddress'
	| 'askGateway'
	| 'changeContent'
	| 'checkAccount'
	| 'checkBaseUrl'
	| 'checkCertificate'
	| 'checkId'
	| 'checkInput'
	| 'checkKey'
	| 'checkKeyRights'
	| 'checkNetwork'
	| 'checkProxy'
	| 'chooseCredential'
	| 'enterTarget'
	| 'newExternalId'
	| 'otherGateway'
	| 'pickUpLater'
	| 'showFace'
	| 'slowDown'
	| 'topUp'
	| 'tryLater';

/** Everything known about a request that did not give what was asked for. Never holds a key. */
export interface Problem {
	cause: Cause;
	retry: Retry;
	/** What happened, one sentence without a full stop, in the API's words where it gave any. */
	what: string;
	remedy?: Remedy;
	/** What the user can do about it, in sentences; wins over `remedy`. */
	advice?: string;
	/** Whether a create may have been carried out although its answer was lost. */
	mayExist?: true;
	/** Whether it may have been carried out although `retry` forbids to send it again. */
	mayBeDone?: true;
	/** Kling's business code (`1303`) or a gateway's word (`model_not_found`). */
	code?: string;
	httpStatus?: number;
	/** Kling's id of the request, for its support. */
	requestId?: string;
	/** What the server asked for in `Retry-After`. */
	retryAfterMs?: number;
	/** What is known of the task, so that a failed item still carries its ids. */
	task?: IDataObject;
}

/** A result that is never an exception: a refused request is an expected answer here, not an accident. */
export type Reply<T> = { ok: true; value: T } | Failure;

export interface Failure {
	ok: false;
	problem: Problem;
}

export const ok = <T>(value: T): Reply<T> => ({ ok: true, value });

export const failed = (problem: Problem): Failure => ({ ok: false, problem });

/**
 * Input that is refused before it costs anything.
 * @param what happened, one sentence without a full stop
 * @param advice what the user can do about it, in sentences
 */
export const refused = (what: string, advice: string): Problem => ({
	cause: 'refused',
	retry: 'never',
	what,
	advice,
});
