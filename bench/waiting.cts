import { outputOf, startWorkflow } from '../sandbox/engine/index.cjs';
import { startInstance } from '../sandbox/engine/instance/index.cjs';
import { credentialsFor } from '../sandbox/kling/connection.cjs';
import { startSandbox, type Sandbox } from '../sandbox/kling/server.cjs';
import type { Figure, Measurement } from './figure.cjs';
import { createWorkflow } from './workflows.cjs';

const VOICES = 100;
const WORK_MS = 9_000;

const items = Array.from({ length: VOICES }, (_, index) => ({ name: `Voice ${String(index)}` }));

/** What waiting for a hundred voices costs: paused until their callbacks, and polled. */
export const waiting: Measurement = async (say) => {
	const sandbox = await startSandbox({
		fetchClips: false,
		submittedMs: 1_000,
		processingMs: WORK_MS - 1_000,
	});
	try {
		say(`${String(VOICES)} voices of 9 s each, paused until the callbacks`);
		const paused = await pausedRun(sandbox);
		sandbox.reset();
		say(`${String(VOICES)} voices of 9 s each, polled`);
		return [...paused, ...(await polledRun(sandbox))];
	} finally {
		await sandbox.close();
	}
};

async function pausedRun(sandbox: Sandbox): Promise<Figure[]> {
	const instance = await startInstance();
	const run = instance.startWorkflow(createWorkflow({ waitFor: 'callback', maxConcurrency: 50 }), {
		credentials: credentialsFor(sandbox),
		pinData: { Items: items },
	});
	const { status } = await run.paused;
	const pausedAt = performance.now();
	const before = readsOf(sandbox);
	const result = await run.finished;
	await instance.close();
	const names = outputOf(result, 'Kling').map(({ json }) => json.voice_name);
	const finals = sandbox.callbacks.filter(({ task_status: state }) => state === 'succeed');
	const firstFinal = Math.min(...finals.map(({ time }) => time));
	// Between the pause and the first final callback nobody may ask anything.
	const polls = sandbox.requests.filter(
		({ method, time }) => method === 'GET' && time > pausedAt && time < firstFinal,
	).length;
	const readBacks = readsOf(sandbox) - before;
	const inOrder = names.length === VOICES && names.every((name, at) => name === items[at]?.name);
	return [
		{
			what: `paused execution, ${String(VOICES)} voices`,
			goal: '0 polling requests; ≤ 1 read-back per final callback; 100 items out, in order',
			measured: `${status}; ${String(polls)} polling requests; ${String(readBacks)} read-backs for ${String(finals.length)} final callbacks; ${String(names.length)} items, ${inOrder ? 'in order' : 'NOT in order'}`,
			met: status === 'waiting' && polls === 0 && readBacks <= finals.length && inOrder,
		},
	];
}

async function polledRun(sandbox: Sandbox): Promise<Figure[]> {
	const started = performance.now();
	await startWorkflow(createWorkflow({ waitFor: 'poll', maxConcurrency: VOICES }), {
		credentials: credentialsFor(sandbox),
		pinData: { Items: items },
	}).finished;
	const wallMs = performance.now() - started;
	const lastCreate = Math.max(
		...sandbox.requests.filter(({ route }) => route === 'create').map(({ time }) => time),
	);
	const idealMs = lastCreate - started + WORK_MS;
	const most = Math.max(
		...sandbox.tasks.map(
			({ task_id: id }) => sandbox.requests.filter(({ path }) => path.endsWith(id)).length,
		),
	);
	const ratio = wallMs / idealMs;
	return [
		{
			what: `polling ${String(VOICES)} voices at once, 9 s each`,
			goal: '≤ 1.15 × (slowest voice + creation); ≤ 4 reads a voice',
			measured: `${ratio.toFixed(3)} ×; ${String(most)} reads`,
			met: ratio <= 1.15 && most <= 4,
		},
	];
}

const readsOf = ({ requests }: Sandbox) => requests.filter(({ method }) => method === 'GET').length;
