import pLimit from 'p-limit';

interface Turns {
	queue: ReturnType<typeof pLimit>;
	/** Callers that look or wait to look. */
	callers: number;
	arrived: number;
	/** The last arrival that a look has taken into account. */
	covered: number;
	/** What the callers claim to be final. */
	claims: Set<string>;
	done: boolean;
}

const open = new Map<string, Turns>();

/**
 * Lets one look of its kind at a time happen, and one more wait for it: a hundred callbacks at once ask for a few
 * looks, and only one of them resumes. Whoever comes while one waits is let go at once, as that one will look for him,
 * too; n8n holds on to much memory for every call that it has not done with.
 * @param look gets the claims of all who came; returns `undefined` as long as there is something to wait for
 * @param claims what the caller says is final, under all its IDs
 * @returns what the look gave, to one caller only
 */
export async function inTurn<T>(
	key: string,
	look: (claims: ReadonlySet<string>) => Promise<T | undefined>,
	claims: string[] = [],
): Promise<T | undefined> {
	const turns = open.get(key) ?? newTurns();
	open.set(key, turns);
	for (const claim of claims) turns.claims.add(claim);
	turns.arrived += 1;
	const mine = turns.arrived;
	if (turns.queue.pendingCount > 0) return undefined;
	turns.callers += 1;
	try {
		return await turns.queue(async () => {
			if (turns.done || turns.covered >= mine) return undefined;
			turns.covered = turns.arrived;
			const result = await look(turns.claims);
			turns.done = result !== undefined;
			return result;
		});
	} finally {
		turns.callers -= 1;
		if (turns.callers === 0) open.delete(key);
	}
}

const newTurns = (): Turns => ({
	queue: pLimit(1),
	callers: 0,
	arrived: 0,
	covered: 0,
	claims: new Set(),
	done: false,
});
