import { sleep, type IExecuteFunctions } from 'n8n-workflow';

import { callOwn } from '../../api/ownAddress';
import { lookAgain } from '../../api/retry';

/**
 * So many pauses within so many milliseconds, and n8n takes up to two seconds to store each: seen with 20 executions at
 * the same moment. A callback that comes before that is refused, and Kling does not repeat it.
 */
const CROWD = 5;
const CROWD_MS = 2_000;

/** How long n8n may take, one after the other, counted from when the crowd is known. */
const LOOK_AFTER_MS = [3_000, 8_000, 30_000];

/** One large pause alone; the first look comes when n8n has most likely stored it. */
const LARGE_AFTER_MS = [1_500, 3_000, 6_000, 30_000];
/** While n8n serializes a large execution, nothing else runs; a timer this late is the sign of one. */
const BLOCKED_MS = 150;
const SLICE_MS = 100;

/** When executions of this process paused, in milliseconds of `performance.now()`; the oldest first. */
const pauses: number[] = [];

/** A run that has just paused. */
export interface PausedRun {
	/** Its resume address. */
	address: string;
	/** Whether it is known to have much data. */
	isLarge?: boolean;
	/** Whether its pause has ended meanwhile, as far as this process knows. */
	isOver: () => boolean;
	/** Asks Kling for its tasks, which costs n8n far less than the calls of a crowd. */
	isFinal: () => Promise<boolean>;
}

/**
 * For a run that has paused beside many others or with much data: calls its resume address once it has been stored, as
 * Kling does; in a crowd only when all its tasks are final. Alone and small it costs nothing. Not to be waited for, as
 * n8n stores the pause after the node has ended. Never throws.
 */
export async function lookWhenRefused(
	context: IExecuteFunctions,
	{ address, isLarge = false, isOver, isFinal }: PausedRun,
): Promise<void> {
	const pausedAt = performance.now();
	pauses.push(pausedAt);
	// The first of a crowd has to wait for the others; meanwhile it shows how long n8n was busy with this one.
	const wasBlocked = !isLarge && (await blockedWithin(CROWD_MS));
	const isNear = (other: number) => Math.abs(other - pausedAt) <= CROWD_MS;
	const isCrowded = pauses.filter(isNear).length >= CROWD;
	while ((pauses[0] ?? pausedAt) < pausedAt - CROWD_MS) pauses.shift();
	if (!isCrowded && !isLarge && !wasBlocked) return;
	const pause = async (ms: number) => {
		await sleep(ms);
		return true;
	};
	// It names no task, so nothing unfinished is treated as lagging.
	const call = async () => {
		if (isOver()) return true;
		// For a single pause a call costs little, and keeps to its pace.
		if (isCrowded && !(await isFinal())) return undefined;
		return (await callOwn(context, address, { task_status: 'succeed' })) || undefined;
	};
	await lookAgain(isCrowded ? LOOK_AFTER_MS : LARGE_AFTER_MS, pause, call);
}

/** Whether something kept n8n busy for a while within this time; always waits for all of it. */
async function blockedWithin(ms: number): Promise<boolean> {
	const until = performance.now() + ms;
	let longest = 0;
	for (let now = performance.now(); now < until;) {
		const sliceMs = Math.min(SLICE_MS, until - now);
		await sleep(sliceMs);
		longest = Math.max(longest, performance.now() - now - sliceMs);
		now = performance.now();
	}
	return longest > BLOCKED_MS;
}
