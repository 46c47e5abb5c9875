import { sleep } from 'n8n-workflow';

/**
 * Reads that calls may cost of which nobody knows where they come from: so many at once, and so many a second after that,
 * half of what Kling gives an account. For the whole process, as all its triggers share the account's limits.
 */
const MOST_READS = 150;
const READS_PER_SECOND = 10;
/** Calls that are read back at the same moment, and those that wait for it. */
const MOST_CALLS = 10;
const MOST_WAITING = 40;
const LONGEST_WAIT_MS = 4_000;
const SLICE_MS = 50;
/** Above this no attack is under way, and a call may be looked at more than once. */
const QUIET_READS = MOST_READS / 2;

let reads = MOST_READS;
let filledAt = 0;
let calls = 0;
let waiting = 0;

/** Runs `work` when there is room for one more call within a few seconds; otherwise gives `undefined`. */
export async function withinBudget<T>(work: () => Promise<T>): Promise<T | undefined> {
	if (!hasRoom() && !(await roomLater())) return undefined;
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

/** Kling has refused a read for too many: what is left belongs to those whose origin is known. */
export function emptyBudget(): void {
	fill();
	reads = 0;
}

export function isQuiet(): boolean {
	fill();
	return reads >= QUIET_READS;
}

function hasRoom(): boolean {
	fill();
	return calls < MOST_CALLS && reads >= 1;
}

async function roomLater(): Promise<boolean> {
	if (waiting >= MOST_WAITING) return false;
	waiting += 1;
	try {
		const until = performance.now() + LONGEST_WAIT_MS;
		while (performance.now() < until) {
			await sleep(SLICE_MS);
			if (hasRoom()) return true;
		}
		return false;
	} finally {
		waiting -= 1;
	}
}

function fill(): void {
	const now = performance.now();
	reads = Math.min(MOST_READS, reads + ((now - filledAt) / 1000) * READS_PER_SECOND);
	filledAt = now;
}
