import { until } from '../../sandbox/n8n/client/rest.cjs';
import {
	type TestCluster,
	UNTIL_TOLD_MS,
	outputItems,
	startTestCluster,
	post,
	workersOf,
} from '../support/e2e/testCluster.cjs';
import { voicesWorkflow } from '../support/e2e/queueWorkflows.cjs';

/**
 * How long a worker's lock on a job lasts, and how often the others look for one that has run out. n8n's own values
 * are 60 s and 30 s; much shorter ones would take jobs from workers that are only busy.
 */
const STALLED = {
	QUEUE_WORKER_LOCK_DURATION: '15000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '3000',
	QUEUE_WORKER_STALLED_INTERVAL: '3000',
};
const ITEMS = 12;

let cluster: TestCluster;

beforeAll(async () => {
	cluster = await startTestCluster({ webhooks: 1, env: STALLED, sandbox: { submittedMs: 300 } });
}, 300_000);

afterAll(async () => cluster.close());

test('a paused execution survives the death of its worker, its webhook process and main', async () => {
	cluster.sandbox.options.processingMs = UNTIL_TOLD_MS;
	const called = await cluster.add(voicesWorkflow('called', { waitFor: 'callback' }));
	const late = await cluster.add(
		voicesWorkflow('late', { waitFor: 'callback', options: { timeout: 60 } }),
	);
	const [task] = await cluster.order('called', cluster.voices('Called', 1));
	const [lateTask] = await cluster.order('late', cluster.voices('Late', 1));
	const [calledId, lateId] = [await cluster.newest(called), await cluster.newest(late)];
	await Promise.all([cluster.paused(calledId), cluster.paused(lateId)]);
	const gone = [cluster.main, ...cluster.webhooks, ...cluster.workers];
	await Promise.all(gone.map(async (process) => cluster.end(process, 'kill')));
	await cluster.start('main');
	await Promise.all([cluster.start('webhook'), cluster.start('worker'), cluster.start('worker')]);
	cluster.sandbox.finish(task?.task_id ?? '');
	const execution = await cluster.rest.ended(calledId);
	expect(outputItems(execution, 'Done')).toMatchObject([{ json: { task_status: 'succeed' } }]);
	// The time limit is main's work, and the main that started the clock is gone.
	const timedOut = await cluster.rest.ended(lateId, 120_000);
	expect(timedOut.status).toBe('success');
	expect(outputItems(timedOut, 'Done')).toMatchObject([
		{ json: { task_id: lateTask?.task_id, timed_out: true } },
	]);
}, 300_000);

test('a worker that dies between creates makes no voice twice, and the same call makes the rest', async () => {
	Object.assign(cluster.sandbox.options, { createMs: 2_000, processingMs: 4_000 });
	const options = { maxConcurrency: 2, externalTaskId: '={{ $json.key }}' };
	const workflowId = await cluster.add(voicesWorkflow('keyed', { options }));
	const voices = cluster.voices('Keyed', ITEMS);
	const before = cluster.sandbox.tasks.length;
	expect(await post(`${cluster.address}/webhook/keyed`, { voices })).toBe(200);
	const made = () => cluster.sandbox.tasks.length - before;
	await until('the first creates', () => made() >= 3);
	const id = await cluster.newest(workflowId);
	const [worker] = workersOf(cluster.workers, id);
	if (!worker) throw new Error('no worker runs it');
	await cluster.end(worker, 'kill');
	expect(made()).toBeLessThan(ITEMS);
	cluster.sandbox.options.createMs = 100;
	// What n8n promises for a killed job: an error. It is not run again, and cannot be retried either.
	const stalled = await cluster.rest.ended(id, 120_000);
	expect(stalled.status).toBe('error');
	expect(stalled.data.resultData.error?.message).toContain('failed to be processed too many times');
	expect(stalled.data.executionData?.nodeExecutionStack).toEqual([]);
	expect(workersOf(cluster.workers, id)).toEqual([]);
	const half = made();
	expect(half).toBeLessThan(ITEMS);
	// What this package promises: the same order may be given again as often as needed.
	expect(await post(`${cluster.address}/webhook/keyed`, { voices })).toBe(200);
	const again = async () => (await cluster.rest.executions({ workflowId }))[0]?.id !== id;
	await until('the second execution', again);
	const second = await cluster.rest.ended(await cluster.newest(workflowId));
	const done = outputItems(second, 'Done').map(({ json }) => json);
	expect(done.map(({ task_status }) => task_status)).toEqual(Array(ITEMS).fill('succeed'));
	const keys = cluster.sandbox.tasks.slice(before).map(({ external_task_id }) => external_task_id);
	expect(keys.sort()).toEqual(voices.map(({ key }) => key).sort());
}, 300_000);

test('a worker that dies while it polls leaves tasks that Kling finishes once', async () => {
	Object.assign(cluster.sandbox.options, { createMs: 0, processingMs: 6_000 });
	if (cluster.workers.length < 2) await cluster.start('worker');
	const workflowId = await cluster.add(voicesWorkflow('polls', {}));
	const tasks = await cluster.order('polls', cluster.voices('Polls', 4));
	const id = await cluster.newest(workflowId);
	const [worker] = workersOf(cluster.workers, id);
	if (!worker) throw new Error('no worker runs it');
	await cluster.end(worker, 'kill');
	const stalled = await cluster.rest.ended(id, 120_000);
	expect(stalled.status).toBe('error');
	const ours = cluster.sandbox.tasks.filter(({ voice_name }) => voice_name.startsWith('Polls'));
	expect(ours).toHaveLength(tasks.length);
	expect(ours.map(({ task_status }) => task_status)).toEqual(Array(4).fill('succeed'));
	// The id tells whose they are: anybody who knows the execution finds them again.
	for (const { external_task_id } of ours) expect(external_task_id).toMatch(`n8n-${id}-`);
}, 300_000);
