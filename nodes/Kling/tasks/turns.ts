import pLimit from 'p-limit';

interface Turns {
	queue: ReturnType<typeof pLimit>;
	waiting: number;
	arrived: number;
	/** The last arrival that a look has taken into account. */
	covered: number;
	/** What the callers claim to be final. */
	claims: Set<string>;
	done: boolean;
}

const open = new Map<string, Turns>();

/**
 * Lets one look of its kind at a time happen, and none for a caller who came before the last look began: a hundred
 * callbacks at once ask for a few looks, and only one of them resumes.
 * @param look gets the claims of all who wait; returns `undefined` as long as there is something to wait for
 * @param claim what the caller says is final
 * @returns what the look gave, to one caller only
 */
export async function inTurn<T>(
	key: string,
	look: (claims: ReadonlySet<string>) => Promise<T | undefined>,
	claim = '',
): Promise<T | undefined> {
	const turns = open.get(key) ?? newTurns();
	open.set(key, turns);
	turns.waiting += 1;
	turns.arrived += 1;
	turns.claims.add(claim);
	const mine = turns.arrived;
	try {
		return await turns.queue(async () => {
			if (turns.done || turns.covered >= mine) return undefined;
			turns.covered = turns.arrived;
			const result = await look(turns.claims);
			turns.done = result !== undefined;
			return result;
		});
	} finally {
		turns.waiting -= 1;
		if (turns.waiting === 0) open.delete(key);
	}
}

const newTurns = (): Turns => ({
	queue: pLimit(1),
	waiting: 0,
	arrived: 0,
	covered: 0,
	claims: new Set(),
	done: false,
});
