/** More addresses than one n8n works with. */
const MOST = 1_000;

/** Hosts that were reached since this n8n started: one of these that is gone is most likely back soon. */
const reached = new Set<string>();

/** @param baseUrl of the API; a valid URL */
export function noteReached(baseUrl: string): void {
	if (reached.size >= MOST) reached.clear();
	reached.add(new URL(baseUrl).host);
}

/** @param baseUrl of the API; a valid URL */
export const wasReached = (baseUrl: string): boolean => reached.has(new URL(baseUrl).host);
