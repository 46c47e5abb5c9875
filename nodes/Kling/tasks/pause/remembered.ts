import type { Notes } from './notes';

/** A note has about two hundred bytes, so that all of them have a few megabytes. */
const MOST_NOTES = 20_000;

/** What pauses wait for, by execution, node and pause; the one used last comes last. */
const pauses = new Map<string, Notes>();
let count = 0;

/** Spares most callbacks n8n's expressions. Only for looking at tasks: n8n's own data decide what a pause ends with. */
export function remember(key: string, notes: Notes): void {
	forget(key);
	pauses.set(key, notes);
	count += notes.length;
	for (const oldest of pauses.keys()) {
		if (count <= MOST_NOTES) break;
		forget(oldest);
	}
}

/** @returns `undefined` where another process has paused and no call has come here, or too many others have */
export function remembered(key: string): Notes | undefined {
	const notes = pauses.get(key);
	if (notes) {
		pauses.delete(key);
		pauses.set(key, notes);
	}
	return notes;
}

export function forget(key: string): void {
	count -= pauses.get(key)?.length ?? 0;
	pauses.delete(key);
}
