import { outputOf, startWorkflow } from '../sandbox/engine/index.cjs';
import { startInstance } from '../sandbox/engine/instance/index.cjs';
import { credentialsFor } from '../sandbox/kling/connection.cjs';
import { startSandbox, type Sandbox } from '../sandbox/kling/server.cjs';
import type { Figure, Measurement } from './figure.cjs';
import { createWorkflow, itemsFor, VIDEOS, VOICES, type Product } from './workflows.cjs';

const COUNT = 100;
const WORK_MS = 9_000;

/** What waiting for a hundred voices costs: paused until their callbacks, and polled. */
export const waiting: Measurement = async (say) => {
	const sandbox = await startSandbox({
		fetchClips: false,
		submittedMs: 1_000,
		processingMs: WORK_MS - 1_000,
	});
	try {
		say(`${String(COUNT)} voices of 9 s each, paused until the callbacks`);
		const paused = await pausedRun(sandbox, VOICES);
		sandbox.reset();
		say(`${String(COUNT)} voices of 9 s each, polled`);
		return [...paused, ...(await polledRun(sandbox))];
	} finally {
		await sandbox.close();
	}
};

/** A minute and more of pauses between looks would pass in it, so it is waited for. */
const VIDEO_MS = 180_000;

/** What waiting for a hundred videos costs: their files are downloaded in the resume. */
export const waitingForVideos: Measurement = async (say) => {
	const sandbox = await startSandbox({
		fetchClips: false,
		submittedMs: 1_000,
		processingMs: VIDEO_MS - 1_000,
	});
	say(`${String(COUNT)} videos of 3 minutes each, paused until the callbacks`);
	try {
		return await pausedRun(sandbox, VIDEOS);
	} finally {
		await sandbox.close();
	}
};

async function pausedRun(sandbox: Sandbox, product: Product): Promise<Figure[]> {
	const instance = await startInstance();
	const file = createWorkflow({ waitFor: 'callback', maxConcurrency: 50 }, product);
	const run = instance.startWorkflow(file, {
		credentials: credentialsFor(sandbox),
		pinData: { Items: itemsFor(sandbox, COUNT) },
	});
	const { status } = await run.paused;
	const pausedAt = performance.now();
	const before = readsOf(sandbox);
	// Nothing but this keeps a process awake in which everything waits.
	const awake = setInterval(() => undefined, 1_000);
	const result = await run.finished;
	clearInterval(awake);
	await instance.close();
	const tasks = new Map(sandbox.tasks.map((task) => [task.task_id, product.nameOf(task)]));
	const rows = outputOf(result, 'Kling').map(({ json }) => json);
	const names = rows.map(({ task_id: id }) => (typeof id === 'string' ? tasks.get(id) : undefined));
	const finals = sandbox.callbacks.filter(({ task_status: state }) => state === 'succeed');
	const firstFinal = Math.min(...finals.map(({ time }) => time));
	// Between the pause and the first final callback nobody may ask anything.
	const polls = sandbox.requests.filter(
		({ method, time }) => method === 'GET' && time > pausedAt && time < firstFinal,
	).length;
	const readBacks = readsOf(sandbox) - before;
	const inOrder =
		names.length === COUNT && names.every((name, at) => name === `Item ${String(at)}`);
	return [
		{
			what: `paused execution, ${String(COUNT)} ${product.name}s`,
			goal: '0 polling requests; ≤ 1 read per final callback; 100 items out, in order',
			measured: `${status}; ${String(polls)} polling requests; ${String(readBacks)} read-backs for ${String(finals.length)} final callbacks; ${String(names.length)} items, ${inOrder ? 'in order' : 'NOT in order'}`,
			met: status === 'waiting' && polls === 0 && readBacks <= finals.length && inOrder,
		},
	];
}

async function polledRun(sandbox: Sandbox): Promise<Figure[]> {
	const started = performance.now();
	await startWorkflow(createWorkflow({ waitFor: 'poll', maxConcurrency: COUNT }), {
		credentials: credentialsFor(sandbox),
		pinData: { Items: itemsFor(sandbox, COUNT) },
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
			what: `polling ${String(COUNT)} voices at once, 9 s each`,
			goal: '≤ 1.15 × (slowest voice + creation); ≤ 4 reads per voice',
			measured: `${ratio.toFixed(3)} ×; ${String(most)} reads`,
			met: ratio <= 1.15 && most <= 4,
		},
	];
}

const readsOf = ({ requests }: Sandbox) => requests.filter(({ method }) => method === 'GET').length;
