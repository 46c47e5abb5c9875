import pLimit from 'p-limit';

import { until } from '../../sandbox/n8n/client/rest.cjs';
import type { Deployed, Stage } from './stage.cjs';

const AT_ONCE = 5;
const LONGEST_MS = 400_000;

/** Starts `count` executions, a few at a time, until all are paused and n8n has dealt with their callbacks. */
export async function pauseMany(
	{ ready }: Stage,
	deployed: Deployed,
	count: number,
): Promise<void> {
	const { sandbox } = ready;
	const wanted = sandbox.tasks.length + count;
	const limit = pLimit(AT_ONCE);
	await Promise.all(
		Array.from({ length: count }, (_, index) =>
			limit(async () => await deployed.call([`Voice ${String(index)}`])),
		),
	);
	const allPaused = async () =>
		sandbox.tasks.length === wanted &&
		sandbox.tasks.every(({ task_status: status }) => status !== 'submitted') &&
		sandbox.callbacks.every(({ status, error }) => status !== undefined || error !== undefined) &&
		(await runningOf({ ready }, deployed)) === 0;
	await until('all executions to pause', allPaused, LONGEST_MS);
}

/** @returns how many executions of a workflow are running, at most 20 */
export const runningOf = async ({ ready }: Pick<Stage, 'ready'>, { id }: Deployed) =>
	(await ready.rest.executions({ workflowId: id, status: 'running', limit: 20 })).length;

/** Finishes the tasks, a few at a time, each until its execution has been resumed. */
export async function resumeAll({ ready, recorder }: Stage): Promise<void> {
	const { sandbox } = ready;
	const limit = pLimit(AT_ONCE);
	const waiting = sandbox.tasks.filter(({ task_status: status }) => status === 'processing');
	await Promise.all(
		waiting.map(({ task_id: id }) =>
			limit(async () => {
				sandbox.finish(id);
				// One that does not is counted in the end, and must not stop the others.
				await until(`task ${id}`, () => recorder.calledAt.has(id)).catch(() => undefined);
			}),
		),
	);
}

/** @returns how long it took, in seconds */
export async function seconds(work: () => Promise<void>): Promise<number> {
	const startedAt = performance.now();
	await work();
	return (performance.now() - startedAt) / 1000;
}
