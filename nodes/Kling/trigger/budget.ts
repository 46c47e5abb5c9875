/**
 * Reads that calls may cost of which nobody knows where they come from: so many at once, and so many a second after that.
 * For the whole process, as all its triggers share the account's limits.
 */
const MOST_READS = 20;
const READS_PER_SECOND = 2;
/** Calls that are read back at the same moment. */
const MOST_CALLS = 4;
/** Above this no attack is under way, and a call may be looked at more than once. */
const QUIET_READS = MOST_READS / 2;

let reads = MOST_READS;
let filledAt = 0;
let calls = 0;

/** Runs `work` when there is room for one more call; otherwise gives `undefined` at once. */
export async function withinBudget<T>(work: () => Promise<T>): Promise<T | undefined> {
	fill();
	if (calls >= MOST_CALLS || reads < 1) return undefined;
	calls += 1;
	try {
		return await work();
	} finally {
		calls -= 1;
	}
}

/** @returns false when the next read would be one too many */
export function takeRead(): boolean {
	fill();
	if (reads < 1) return false;
	reads -= 1;
	return true;
}

export function isQuiet(): boolean {
	fill();
	return reads >= QUIET_READS;
}

function fill(): void {
	const now = performance.now();
	reads = Math.min(MOST_READS, reads + ((now - filledAt) / 1000) * READS_PER_SECOND);
	filledAt = now;
}
