import pLimit from 'p-limit';

interface Turns {
	queue: ReturnType<typeof pLimit>;
	waiting: number;
	arrived: number;
	/** The last arrival that a look has taken into account. */
	covered: number;
	done: boolean;
}

const open = new Map<string, Turns>();

/**
 * Lets one look of its kind at a time happen, and none for a caller who came before the last look began: a hundred
 * callbacks at once ask for a few looks, and only one of them resumes.
 * @param look returns `undefined` as long as there is something to wait for
 * @returns what the look gave, to one caller only
 */
export async function inTurn<T>(
	key: string,
	look: () => Promise<T | undefined>,
): Promise<T | undefined> {
	const turns = open.get(key) ?? {
		queue: pLimit(1),
		waiting: 0,
		arrived: 0,
		covered: 0,
		done: false,
	};
	open.set(key, turns);
	turns.waiting += 1;
	turns.arrived += 1;
	const mine = turns.arrived;
	try {
		return await turns.queue(async () => {
			if (turns.done || turns.covered >= mine) return undefined;
			turns.covered = turns.arrived;
			const result = await look();
			turns.done = result !== undefined;
			return result;
		});
	} finally {
		turns.waiting -= 1;
		if (turns.waiting === 0) open.delete(key);
	}
}
