import { CUT_OFF } from './errors';
import { failed, type Problem, type Reply } from './reply';

/** Lets time pass; false when there is no point in going on, as the execution was stopped. */
export type Pause = (ms: number) => Promise<boolean>;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** A `Retry-After` beyond this is not waited for: the item fails and says so instead of hanging. */
const LONGEST_RETRY_AFTER_MS = 120_000;

/**
 * How long to wait before the next attempt, in milliseconds: as long as the server asks, else exponentially, with jitter.
 * @returns `undefined` when the server asks for minutes
 */
export function pauseBefore({ retryAfterMs }: Problem, attempt: number): number | undefined {
	const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
	if (retryAfterMs === undefined) return ceiling * (0.5 + Math.random() / 2);
	if (retryAfterMs > LONGEST_RETRY_AFTER_MS) return undefined;
	return Math.max(retryAfterMs, ceiling / 2) * (1 + Math.random() / 10);
}

/** How often a request may be sent in all, and after what. */
export interface RetryPolicy {
	attempts: number;
	mayRepeat: (problem: Problem) => boolean;
}

/** What is not at an address now will not be there next time either. */
export const READS: RetryPolicy = {
	attempts: 5,
	mayRepeat: ({ retry, cause }) => retry !== 'never' && cause !== 'notOffered',
};

/** For what does no harm when it is done twice, such as a deletion. */
export const HARMLESS_WRITES: RetryPolicy = {
	attempts: 4,
	mayRepeat: ({ retry }) => retry !== 'never',
};

export interface RepeatSteps<T> {
	send: () => Promise<Reply<T>>;
	/**
	 * Whether the request was carried out although its answer says otherwise, and if so, with what outcome. Asked from
	 * the first answer on that leaves it open, also after the last attempt.
	 */
	settle?: (problem: Problem, attempt: number, mayBeDone: boolean) => Promise<Reply<T> | undefined>;
	/** Lets time pass before the next attempt; false when nothing more may be sent. */
	wait: (problem: Problem, attempt: number, settleWasAsked: boolean) => Promise<boolean>;
	/** The problem that it all ends with. @param isCut whether `wait` ended it */
	end?: (problem: Problem, mayBeDone: boolean, isCut: boolean) => Problem;
}

/** Sends a request until its answer is final. */
export async function repeat<T>(policy: RetryPolicy, steps: RepeatSteps<T>): Promise<Reply<T>> {
	const { send, settle, wait, end } = steps;
	let mayBeDone = false;
	for (let attempt = 1; ; attempt += 1) {
		const reply = await send();
		if (reply.ok) return reply;
		const { problem } = reply;
		const { retry, code } = problem;
		mayBeDone ||= retry === 'afterLook' || problem.mayBeDone === true || code === CUT_OFF;
		const asks = settle !== undefined && (mayBeDone || problem.cause === 'duplicate');
		const settled = asks ? await settle(problem, attempt, mayBeDone) : undefined;
		if (settled) return settled;
		const again = policy.mayRepeat(problem) && attempt < policy.attempts;
		const isCut = again && !(await wait(problem, attempt, asks));
		if (!again || isCut) return failed(end ? end(problem, mayBeDone, isCut) : problem);
	}
}

/**
 * Looks after each pause until there is something to see.
 * @returns `undefined` when there never was, or when the execution was stopped
 */
export async function lookAgain<T>(
	pausesMs: readonly number[],
	pause: Pause,
	look: () => Promise<T | undefined>,
): Promise<T | undefined> {
	for (const ms of pausesMs) {
		if (!(await pause(ms))) return undefined;
		const seen = await look();
		if (seen !== undefined) return seen;
	}
	return undefined;
}
