import pLimit from 'p-limit';

/** The callers of one key, while any of them looks or waits to look. */
interface Lane {
	queue: ReturnType<typeof pLimit>;
	callers: number;
	arrived: number;
	/** The last arrival that a look has taken into account. */
	covered: number;
	/** All that the callers were called for. */
	calledFor: Set<string>;
	done: boolean;
}

/** Names beyond these are left out: the look itself finds what has ended. */
const MOST_NAMES = 1_000;

const lanes = new Map<string, Lane>();

/**
 * Lets one look of a key happen at a time, and one more wait for it: a hundred callbacks at once cause a few
 * looks, and only one of them resumes. A caller that comes while one waits returns at once, as that one looks for
 * both; n8n holds a lot of memory for every call that is still open.
 * @param look gets what all callers were called for, and may take names out; returns `undefined` as long as there is something to wait for
 * @param calledFor the ids of the task that this caller was called for
 * @returns what the look gave, to one caller only
 */
export async function coalesce<T>(
	key: string,
	look: (calledFor: Set<string>) => Promise<T | undefined>,
	calledFor: string[] = [],
): Promise<T | undefined> {
	const lane = lanes.get(key) ?? newLane();
	lanes.set(key, lane);
	for (const id of calledFor) if (lane.calledFor.size < MOST_NAMES) lane.calledFor.add(id);
	lane.arrived += 1;
	const mine = lane.arrived;
	if (lane.queue.pendingCount > 0) return undefined;
	lane.callers += 1;
	try {
		return await lane.queue(async () => {
			if (lane.done || lane.covered >= mine) return undefined;
			lane.covered = lane.arrived;
			const result = await look(lane.calledFor);
			lane.done = result !== undefined;
			return result;
		});
	} finally {
		lane.callers -= 1;
		if (lane.callers === 0) lanes.delete(key);
	}
}

const newLane = (): Lane => ({
	queue: pLimit(1),
	callers: 0,
	arrived: 0,
	covered: 0,
	calledFor: new Set(),
	done: false,
});
