import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { N8nProcess } from '../../sandbox/n8n/process/instance.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import {
	type TestCluster,
	UNTIL_TOLD_MS,
	outputItems,
	startTestCluster,
	post,
	timesStarted,
	workersOf,
} from '../support/e2e/testCluster.cjs';
import { eventsWorkflow, fileWorkflow, voicesWorkflow } from '../support/e2e/queueWorkflows.cjs';

/** One main, two workers, two webhook processes, PostgreSQL, Redis. */
let cluster: TestCluster;
/** What takes a minute of n8n's clock runs beside the other tests. */
let polled: { workflowId: string; taskId: string };

const isPoll = ({ path }: { path: string }) => path.includes('avatar');

beforeAll(async () => {
	cluster = await startTestCluster({
		webhooks: 2,
		sandbox: { submittedMs: 300, processingMs: 1_500 },
	});
	// The first poll, on activation, only learns where the present is.
	const workflowId = await cluster.add(
		eventsWorkflow('polled', { receive: 'poll', taskTypes: ['avatar'] }),
	);
	// n8n activates behind its answer, and a task that has ended by then would count as known.
	await until('the first poll', () => cluster.sandbox.requests.some(isPoll));
	const task = cluster.sandbox.createTask({ kind: 'avatar' });
	polled = { workflowId, taskId: task.task_id };
}, 300_000);

afterAll(async () => cluster.close());

test('a worker creates and polls, and neither main nor a webhook process does', async () => {
	const workflowId = await cluster.add(voicesWorkflow('poll'));
	await cluster.order('poll', cluster.voices('Polls', 3));
	const execution = await cluster.rest.ended(await cluster.newest(workflowId));
	const statuses = outputItems(execution, 'Done').map(({ json }) => json.task_status);
	expect(statuses).toEqual(['succeed', 'succeed', 'succeed']);
	expect(workersOf(cluster.workers, execution.id)).toHaveLength(1);
	const call = cluster.calls.find(({ path }) => path === '/webhook/poll');
	expect(call).toMatchObject({ status: 200, to: expect.stringMatching(/^webhook/) as string });
});

test('an execution that one worker paused is resumed once by another, however often Kling calls back', async () => {
	cluster.sandbox.options.processingMs = UNTIL_TOLD_MS;
	const workflowId = await cluster.add(voicesWorkflow('pause', { waitFor: 'callback' }));
	const tasks = await cluster.order('pause', cluster.voices('Pauses', 3));
	const id = await cluster.newest(workflowId);
	await cluster.paused(id);
	const [first] = workersOf(cluster.workers, id);
	if (!first) throw new Error('no worker ran it');
	await cluster.end(first, 'stop');
	const others = [...cluster.workers];
	for (const { task_id } of tasks) cluster.sandbox.finish(task_id);
	const calls = tasks.flatMap(({ task_id, callback_url = '' }) =>
		Array.from({ length: 4 }, async () => post(callback_url, { task_id, task_status: 'succeed' })),
	);
	await Promise.all(calls);
	const execution = await cluster.rest.ended(id);
	expect(execution.status).toBe('success');
	const names = outputItems(execution, 'Done').map(({ json }) => json.voice_name);
	expect(names).toEqual(['Pauses 0', 'Pauses 1', 'Pauses 2']);
	// The other worker had nothing to do with it before.
	expect(timesStarted([first], id)).toBe(1);
	expect(timesStarted(others, id)).toBe(1);
	const answered = cluster.calls.filter(({ path }) => path.startsWith(`/webhook-waiting/${id}/`));
	expect(new Set(answered.map(({ to }) => to)).size).toBe(2);
	await cluster.start('worker');
});

test('a file is received by one process, checked by another and served to Kling by a third', async () => {
	cluster.sandbox.options.processingMs = 500;
	await cluster.add(fileWorkflow('file'));
	const clip = readFileSync(join(__dirname, '../../sandbox/kling/clips/narrator.wav'));
	const form = new FormData();
	form.append('clip', new Blob([clip], { type: 'audio/wav' }), 'narrator.wav');
	const answer = await fetch(`${cluster.address}/webhook/file`, { method: 'POST', body: form });
	const voice = (await answer.json()) as { task_id: string };
	expect(voice).toMatchObject({ task_status: 'succeed' });
	// The sandbox takes a clip only when it could fetch it and it has the right length.
	const task = cluster.sandbox.tasks.find(({ task_id }) => task_id === voice.task_id);
	expect(task?.voice_url).toMatch(`${cluster.address}/rest/binary-data/signed?`);
	const fetched = cluster.calls.filter(({ path }) => path.startsWith('/rest/binary-data/signed'));
	expect(fetched).toMatchObject([{ status: 200, to: expect.stringMatching(/^main/) as string }]);
	expect(cluster.sandbox.samples).toHaveLength(1);
	const kept = await cluster.postgres.sql('select "mimeType" from binary_data order by "fileSize"');
	// The sample, the file as the form brought it, and the copy that Kling fetched.
	expect(kept.split('\n')).toEqual(['audio/mpeg', 'audio/wav', 'audio/wav']);
});

test('a worker runs a workflow that is started in the editor', async () => {
	cluster.sandbox.options.processingMs = 500;
	const file = voicesWorkflow('manual');
	const { id: workflowId } = await cluster.rest.importWorkflow(
		{
			...file,
			pinData: { Webhook: [{ json: { body: { voices: cluster.voices('By hand', 1) } } }] },
		},
		{ credentials: { klingApi: cluster.credentialId } },
	);
	const execution = await cluster.rest.ended(await cluster.rest.run(workflowId, 'Webhook'));
	expect(outputItems(execution, 'Done')).toMatchObject([{ json: { task_status: 'succeed' } }]);
	expect(workersOf(cluster.workers, execution.id)).toHaveLength(1);
});

test('only main polls, once a minute, and a worker runs the execution', async () => {
	const { workflowId, taskId } = polled;
	const look = async () => (await cluster.rest.executions({ workflowId }))[0];
	const { id } = await until('the poll of the minute', look, 90_000);
	const execution = await cluster.rest.ended(id);
	expect(outputItems(execution, 'Event')).toMatchObject([{ json: { task_id: taskId } }]);
	expect(workersOf(cluster.workers, id)).toHaveLength(1);
	const enqueued = `Enqueued execution ${id} (`;
	expect(cluster.main.log()).toContain(enqueued);
	expect(cluster.webhooks.filter((webhook) => webhook.log().includes(enqueued))).toEqual([]);
	const lists = cluster.sandbox.requests.filter(isPoll);
	const lastedMs = (lists.at(-1)?.time ?? 0) - (lists[0]?.time ?? 0);
	// One on activation and one a minute: five processes that poll would make more.
	expect(lists.length).toBeLessThanOrEqual(2 + lastedMs / 60_000);
}, 120_000);

test('an event that one worker has processed is known to the other', async () => {
	const file = eventsWorkflow('called');
	const workflowId = await cluster.add(file);
	const path = `/webhook/${file.nodes[0]?.webhookId ?? ''}/webhook`;
	const ids = Array.from({ length: 10 }, () => {
		const { task_id } = cluster.sandbox.createTask();
		cluster.sandbox.finish(task_id);
		return task_id;
	});
	const call = async (task_id: string, addresses: string[]) => {
		const before = (await cluster.rest.executions({ workflowId })).length;
		for (const address of addresses) {
			expect(await post(`${address}${path}`, { task_id, task_status: 'succeed' })).toBe(200);
		}
		// One after the other: n8n's memory of events has no lock, see docs/scaling.md.
		await until('the execution', async () => {
			const now = await cluster.rest.executions({ workflowId });
			return now.length > before && now.every(({ status }) => status === 'success');
		});
	};
	for (const id of ids) await call(id, [cluster.address]);
	const firsts = await cluster.rest.executions({ workflowId });
	const share = (worker: N8nProcess) =>
		firsts.filter(({ id }) => timesStarted([worker], id) > 0).length;
	const [busiest] = [...cluster.workers].sort((a, b) => share(b) - share(a));
	if (!busiest) throw new Error('no worker runs');
	expect(share(busiest)).toBeGreaterThan(0);
	await cluster.end(busiest, 'stop');
	// The process that handed the event on does not do so again; the other leaves it to the worker to know it.
	const webhooks = cluster.webhooks.map(({ address }) => address);
	for (const id of ids) await call(id, webhooks);
	const summaries = await cluster.rest.executions({ workflowId });
	expect(summaries).toHaveLength(2 * ids.length);
	const executions = await Promise.all(summaries.map(async ({ id }) => cluster.rest.execution(id)));
	const seen = executions.flatMap((execution) => outputItems(execution, 'Event'));
	expect(seen.map(({ json }) => json.task_id).sort()).toEqual([...ids].sort());
});
