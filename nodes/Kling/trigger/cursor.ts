import { isRecord } from '../api/envelope';
import { isFinal, type Task } from '../tasks/task';
import { eventId, type KlingEvent } from './event';

/** Tasks finish in another order than they are made, and rows may come late into the list. */
const OVERLAP_MS = 10 * 60_000;
/** How far the first poll looks back for tasks under way. What was finished by then is known and starts nothing. */
const FIRST_LOOK_MS = 60 * 60_000;
/** How long a success may show no result, from when it changed last. */
const RESULT_LAG_MS = 10 * 60_000;
/** A task that has not finished after so long never will; Kling clears its results after 30 days. */
const LONGEST_WORK_MS = 3 * 24 * 3_600_000;

/** Where the polls of one task type are; kept in n8n's static data of the node. */
export interface Cursor {
	/** Creation time, in Kling's clock, of the oldest task that the next poll looks at; ms since the epoch. */
	lookBackTo: number;
	/** Finished tasks from then on that were given already, or that were finished before the first poll. */
	given: string[];
	/** Those of the last poll: n8n may have failed to store what it got, and then they are given once more. */
	unsure: string[];
}

/**
 * Reads what an earlier poll has stored. A position ahead of our own clock comes from a row with a wrong time, and would
 * let every task pass: the poll then looks back as the first one does.
 */
export function readCursor(stored: unknown, nowMs: number): Cursor | undefined {
	if (!isRecord(stored)) return undefined;
	const { lookBackTo, given, unsure } = stored;
	if (typeof lookBackTo !== 'number' || !Number.isFinite(lookBackTo)) return undefined;
	const texts = (list: unknown) => (Array.isArray(list) ? list.map(String) : []);
	const position = lookBackTo > nowMs ? nowMs - FIRST_LOOK_MS : lookBackTo;
	return { lookBackTo: position, given: texts(given), unsure: texts(unsure) };
}

/** @returns up to which creation time, in Kling's clock, a poll has to read; 0 when no task has a time */
export function lookBackTo(cursor: Cursor | undefined, tasks: Task[], nowMs: number): number {
	return cursor?.lookBackTo ?? Math.max(0, newestOf(tasks, nowMs) - FIRST_LOOK_MS);
}

/**
 * Moves the cursor over what a poll has read. It stays behind the oldest task that is still under way, so that a task
 * that takes long is not passed by; on the first poll everything finished is taken as known.
 * @param tasks all tasks that are newer than the cursor looks back, in any order
 * @param nowMs for how old an unfinished task may get, and no position lies ahead of it
 * @param gotThrough whether an event is known to have started the workflow
 */
export function advance(
	cursor: Cursor | undefined,
	tasks: KlingEvent['task'][],
	nowMs: number,
	gotThrough: (eventId: string) => boolean,
): { fresh: KlingEvent['task'][]; next: Cursor } {
	const given = new Set(cursor?.given);
	const unsure = new Set(cursor?.unsure);
	const since = lookBackTo(cursor, tasks, nowMs);
	// What had ended before the first poll is known, with or without its result.
	const hasEnded = (task: Task) => (cursor ? isSettled(task, nowMs) : isFinal(task));
	const finished = tasks.filter(hasEnded);
	const isFresh = (task: KlingEvent['task']) =>
		isSince(task, since) &&
		!given.has(idOf(task)) &&
		!(unsure.has(idOf(task)) && gotThrough(idOf(task)));
	const fresh = cursor ? finished.filter(isFresh) : [];
	const firsts = new Set(fresh.filter((task) => !unsure.has(idOf(task))));
	const open = tasks.filter((task) => !hasEnded(task) && isSince(task, nowMs - LONGEST_WORK_MS));
	const newest = Math.max(since, newestOf(tasks, nowMs));
	const times = timesOf([...open, ...firsts]);
	const oldestOpen = times.reduce((one, other) => Math.min(one, other), newest);
	const until = Math.max(since, oldestOpen - OVERLAP_MS);
	const known = finished.filter((task) => isSince(task, until) && !firsts.has(task));
	return {
		fresh: [...new Map(fresh.map((task) => [idOf(task), task])).values()],
		next: { lookBackTo: until, given: idsOf(known), unsure: idsOf([...firsts]) },
	};
}

/** A success may show its result some looks later; after a while it is rather gone than late. */
function isSettled(task: Task, nowMs: number): boolean {
	if (!isFinal(task) || task.status === 'failed' || task.results.length > 0) return isFinal(task);
	const changedMs = Date.parse(task.updatedAt ?? task.createdAt ?? '');
	return !(nowMs - changedMs < RESULT_LAG_MS);
}

const idOf = (task: KlingEvent['task']) => eventId({ task });

const idsOf = (tasks: KlingEvent['task'][]) => [...new Set(tasks.map(idOf))];

/** A row dated ahead, by a wrong zone say, must not carry the position past those that come after it. */
const newestOf = (tasks: Task[], nowMs: number) =>
	Math.min(
		nowMs,
		timesOf(tasks).reduce((one, other) => Math.max(one, other), 0),
	);

const timesOf = (tasks: Task[]): number[] =>
	tasks.flatMap(({ createdAt }) => (createdAt === undefined ? [] : Date.parse(createdAt)));

/** A row without a time may be new. */
function isSince({ createdAt }: KlingEvent['task'], ms: number): boolean {
	return createdAt === undefined || Date.parse(createdAt) >= ms;
}
