import { until } from '../../sandbox/n8n/client/rest.cjs';
import { startSandbox } from '../../sandbox/kling/server.cjs';
import type { Figure } from '../figure.cjs';
import { tellingWorkflow, type Way } from './readyToNext.cjs';
import { deploy, keysFor, type Stage } from './stage.cjs';

const SUBMITTED_MS = 1_000;
const WORK_MS = 120_000;
const GOAL = 2;

/**
 * What one task of two minutes costs in requests. Each way has a sandbox of its own, so it can run beside other
 * measurements: the two send a request in five seconds.
 */
export async function requestsOfLongTask(stage: Stage): Promise<Figure[]> {
	const [pause, usual] = await Promise.all([
		requestsOf(stage, 'pause'),
		requestsOf(stage, 'usual'),
	]);
	return [
		{
			what: 'requests for one task of 120 s: pause beside the usual polling workflow',
			goal: `${String(GOAL)} beside 25`,
			measured: `${pause.length} beside ${usual.length} (${pause.join(', ')})`,
			met: pause.length <= GOAL,
		},
	];
}

async function requestsOf(stage: Stage, way: Way): Promise<string[]> {
	const { ready, recorder } = stage;
	const sandbox = await startSandbox({
		fetchClips: false,
		submittedMs: SUBMITTED_MS,
		processingMs: WORK_MS - SUBMITTED_MS,
		// Else both sandboxes, and the bench's own, would give the same ids.
		seed: way === 'pause' ? 11 : 12,
	});
	try {
		const keys = await keysFor(ready, sandbox);
		const addresses = { api: sandbox.baseUrl, recorder: recorder.address };
		const { call, deactivate } = await deploy(
			stage,
			tellingWorkflow(way, `long-${way}`, addresses),
			keys,
		);
		await call(['Long']);
		const arrived = () => {
			const [task] = sandbox.tasks;
			return task !== undefined && recorder.calledAt.has(task.task_id);
		};
		await until('the task of 120 s to reach the next node', arrived, 2 * WORK_MS);
		await deactivate();
		return sandbox.requests.map(({ method }) => method);
	} finally {
		await sandbox.close();
	}
}
