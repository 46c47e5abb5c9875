import { isRecord } from '../api/envelope';
import { isFinal } from '../tasks/task';
import { eventId, type KlingEvent } from './event';

/** Tasks finish in another order than they are made, and rows may come late into the list. */
const OVERLAP_MS = 10 * 60_000;
/** A task that has not finished after so long never will; Kling clears its results after 30 days. */
const LONGEST_WORK_MS = 3 * 24 * 3_600_000;

/** Where the polls of one task type are; kept in n8n's static data of the node. */
export interface Cursor {
	/** Creation time, in Kling's clock, of the oldest task that the next poll looks at; ms since the epoch. */
	lookBackTo: number;
	/** Finished tasks from then on that were given already, or that were finished before the first poll. */
	given: string[];
}

export function readCursor(stored: unknown): Cursor | undefined {
	if (!isRecord(stored)) return undefined;
	const { lookBackTo, given } = stored;
	if (typeof lookBackTo !== 'number') return undefined;
	return { lookBackTo, given: Array.isArray(given) ? given.map(String) : [] };
}

/**
 * Moves the cursor over what a poll has read. It stays behind the oldest task that is still under way, so that a task
 * that takes long is not passed by; on the first poll everything finished is taken as known.
 * @param tasks all tasks that are newer than the cursor looks back, in any order
 * @param nowMs only for how old an unfinished task may get
 */
export function advance(
	cursor: Cursor | undefined,
	tasks: KlingEvent['task'][],
	nowMs: number,
): { fresh: KlingEvent['task'][]; next: Cursor } {
	const given = new Set(cursor?.given);
	const since = cursor?.lookBackTo ?? 0;
	const finished = tasks.filter(isFinal);
	const isFresh = (task: KlingEvent['task']) => isSince(task, since) && !given.has(idOf(task));
	const fresh = cursor ? finished.filter(isFresh) : [];
	const open = tasks.filter((task) => !isFinal(task) && isSince(task, nowMs - LONGEST_WORK_MS));
	const newest = Math.max(since, ...timesOf(tasks));
	const oldestOpen = Math.min(newest, ...timesOf(open));
	const lookBackTo = Math.max(since, oldestOpen - OVERLAP_MS);
	const known = finished.filter((task) => isSince(task, lookBackTo)).map(idOf);
	return {
		fresh: [...new Map(fresh.map((task) => [idOf(task), task])).values()],
		next: { lookBackTo, given: [...new Set(known)] },
	};
}

const idOf = (task: KlingEvent['task']) => eventId({ task });

const timesOf = (tasks: KlingEvent['task'][]): number[] =>
	tasks.flatMap(({ createdAt }) => (createdAt === undefined ? [] : Date.parse(createdAt)));

/** A row without a time may be new. */
function isSince({ createdAt }: KlingEvent['task'], ms: number): boolean {
	return createdAt === undefined || Date.parse(createdAt) >= ms;
}
