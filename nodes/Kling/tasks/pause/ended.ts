/** A call may take this long from its first byte to its last. */
const REMEMBERED_MS = 60_000;

/** When each ended, in milliseconds since the epoch; the oldest first. */
const ended = new Map<string, number>();

/**
 * Whether a callback of this process has ended a pause a moment ago. n8n reads a paused execution before it reads the
 * body of a call, and lets the call resume whatever waits by then: a copy that is slow on the wire would rewind an
 * execution that has already continued to its next pause.
 * @param key names execution, node and pause
 */
export function hasEnded(key: string): boolean {
	const at = ended.get(key);
	return at !== undefined && Date.now() - at < REMEMBERED_MS;
}

export function noteEnd(key: string): void {
	const now = Date.now();
	for (const [other, at] of ended) {
		if (now - at < REMEMBERED_MS) break;
		ended.delete(other);
	}
	ended.set(key, now);
}
