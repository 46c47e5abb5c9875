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

/** When executions of this process paused, in milliseconds of `performance.now()`; the oldest first. */
const pauses: number[] = [];

/**
 * For a run that has just paused, beside many others: calls its resume address once it has been stored, as Kling does, and
 * the tasks are looked at once more. Alone it costs nothing. Not to be waited for, as n8n stores the pause after the
 * node has ended. Never throws.
 * @param address the resume address of the run
 */
export async function lookWhenCrowded(context: IExecuteFunctions, address: string): Promise<void> {
	const pausedAt = performance.now();
	pauses.push(pausedAt);
	// The first of a crowd has to wait for the others.
	await sleep(CROWD_MS);
	const isNear = (other: number) => Math.abs(other - pausedAt) <= CROWD_MS;
	const isCrowded = pauses.filter(isNear).length >= CROWD;
	while ((pauses[0] ?? pausedAt) < pausedAt - CROWD_MS) pauses.shift();
	if (!isCrowded) return;
	const pause = async (ms: number) => {
		await sleep(ms);
		return true;
	};
	// It names no task, so nothing unfinished is treated as lagging.
	const call = async () =>
		(await callOwn(context, address, { task_status: 'succeed' })) || undefined;
	await lookAgain(LOOK_AFTER_MS, pause, call);
}
