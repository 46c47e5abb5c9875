import { setTimeout as sleep } from 'node:timers/promises';

import { startWorkflow } from '../sandbox/engine/index.cjs';
import { credentialsFor } from '../sandbox/kling/connection.cjs';
import { startSandbox } from '../sandbox/kling/server.cjs';
import type { Measurement } from './figure.cjs';
import { createWorkflow } from './workflows.cjs';

const WORK_MS = 9_000;
const VOICES = 20;

/** Requests per voice while polling, and what comes after the last answer. */
export const calls: Measurement = async (say) => {
	const sandbox = await startSandbox({
		fetchClips: false,
		submittedMs: 1_000,
		processingMs: WORK_MS - 1_000,
	});
	say(`${String(VOICES)} voices of 9 s each, polled`);
	await startWorkflow(createWorkflow({ waitFor: 'poll', maxConcurrency: 50 }), {
		credentials: credentialsFor(sandbox),
		pinData: {
			Items: Array.from({ length: VOICES }, (_, index) => ({ name: `Voice ${String(index)}` })),
		},
	}).finished;
	const atTheEnd = sandbox.requests.length;
	await sleep(6_000);
	const after = sandbox.requests.length - atTheEnd;
	const posts = sandbox.requests.filter(({ method }) => method === 'POST').length / VOICES;
	const gets = sandbox.tasks.map(
		({ task_id: id }) => sandbox.requests.filter(({ path }) => path.endsWith(id)).length,
	);
	await sandbox.close();
	const most = Math.max(...gets);
	return [
		{
			what: 'requests for one voice of 9 s, with polling (the most of 20 voices)',
			goal: '1 POST, ≤ 4 GETs, none after the final answer',
			measured: `${String(posts)} POST, ${String(most)} GETs, ${String(after)} after`,
			met: posts === 1 && most <= 4 && after === 0,
		},
	];
};
