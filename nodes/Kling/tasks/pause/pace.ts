/** Between two looks that may not be needed. */
const INTERVAL_MS = 3_000;
/** How many pauses are remembered; for a forgotten one, the next call looks at once. */
const MOST_PAUSES = 2_000;

interface Pace {
	/** The ids of all tasks that the pause waits for. */
	ours: ReadonlySet<string>;
	/** Those of them that have been looked at because of a call. */
	called: Set<string>;
	/** In milliseconds of `performance.now()`. */
	lookedAt: number;
}

/** By execution and node; the one that was looked at last comes last. */
const paces = new Map<string, Pace>();

/**
 * How long a look must wait, in milliseconds. Anyone who has seen the address can call it as often as they like, so only a
 * call that is the first to name one of our tasks is worth a look at once.
 * @param calledFor the ids that callers have named
 */
export function waitBefore(key: string, calledFor: ReadonlySet<string>): number {
	const pace = paces.get(key);
	if (!pace) return 0;
	const isNews = [...calledFor].some((id) => pace.ours.has(id) && !pace.called.has(id));
	return isNews ? 0 : Math.max(0, pace.lookedAt + INTERVAL_MS - performance.now());
}

/**
 * Notes a look, and forgets the names of strangers, so that no number of calls fills the memory.
 * @param ours the ids that the pause waits for
 * @param calledFor all names that callers have given; those that are not ours are taken out
 */
export function noteLook(key: string, ours: ReadonlySet<string>, calledFor: Set<string>): void {
	for (const id of calledFor) if (!ours.has(id)) calledFor.delete(id);
	const called = paces.get(key)?.called ?? new Set();
	for (const id of calledFor) called.add(id);
	paces.delete(key);
	paces.set(key, { ours, called, lookedAt: performance.now() });
	for (const oldest of paces.keys()) {
		if (paces.size <= MOST_PAUSES) break;
		paces.delete(oldest);
	}
}

/** For a pause that has ended: the next one of the same node waits for other tasks. */
export const forgetPace = (key: string): void => void paces.delete(key);
