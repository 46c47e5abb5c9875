import { clipOf } from '../../sandbox/kling/connection.cjs';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import { endedExecutions, onlyExecution, retryExecution } from '../support/e2e/executions.cjs';
import { activate, callWebhook } from '../support/e2e/activate.cjs';
import { klingNode, splitOut, webhookNode } from '../support/workflows.cjs';

/** No task ends before n8n is killed. */
const NEVER_MS = 3_600_000;

let ready: Ready;

beforeAll(async () => {
	ready = await startReady({ sandbox: { processingMs: 4_000 } });
}, 300_000);

afterAll(async () => await ready.close());

const voice = () => ({
	voiceName: '={{ $json.body.name }}',
	voiceUrl: clipOf(ready.sandbox),
});

const tasksNamed = (start: string) =>
	ready.sandbox.tasks.filter(({ voice_name: name }) => name.startsWith(start));

/** A poll is under way once its task exists and was looked at. */
async function isPolling(name: string) {
	await until(`a look at ${name}`, () => {
		const [task] = tasksNamed(name);
		return ready.sandbox.requests.some(({ path }) => path.endsWith(`/${task?.task_id ?? '?'}`));
	});
}

test('n8n finishes a polled voice before it ends after SIGTERM', async () => {
	const workflow = await activate(ready, 'Stopped', [webhookNode('stopped'), klingNode(voice())]);
	await callWebhook(ready.n8n.address, 'stopped', { name: 'Stopped' });
	await isPolling('Stopped');
	await ready.restart('stop');
	const { status, items } = await onlyExecution(ready, workflow);
	expect({ status, items }).toMatchObject({
		status: 'success',
		items: [{ voice_name: 'Stopped', task_status: 'succeed' }],
	});
	expect(tasksNamed('Stopped')).toHaveLength(1);
}, 120_000);

describe('The death of n8n by kill -9', () => {
	const COUNT = 12;
	const ids: Record<string, string> = {};

	/** Three executions are under way when n8n is killed; the last is in the middle of its creates. */
	beforeAll(async () => {
		const { sandbox } = ready;
		sandbox.options.processingMs = NEVER_MS;
		const orderId = { options: { externalTaskId: '=order-{{ $json.body.name }}' } };
		ids.plain = await activate(ready, 'Polled', [webhookNode('plain'), klingNode(voice())]);
		ids.named = await activate(ready, 'Polled, with an id', [
			webhookNode('named'),
			klingNode({ ...voice(), ...orderId }),
		]);
		ids.many = await activate(ready, 'Creates', [
			webhookNode('many'),
			splitOut('Split Out', 'body.names', 'name'),
			klingNode({
				...voice(),
				voiceName: '={{ $json.name }}',
				waitFor: 'callback',
				options: { externalTaskId: '=order-{{ $json.name }}', maxConcurrency: 3 },
			}),
		]);
		await callWebhook(ready.n8n.address, 'plain', { name: 'Plain' });
		await callWebhook(ready.n8n.address, 'named', { name: 'Named' });
		await isPolling('Plain');
		await isPolling('Named');
		sandbox.options.createMs = 500;
		const names = Array.from({ length: COUNT }, (_, n) => `Many ${n + 1}`);
		await callWebhook(ready.n8n.address, 'many', { names });
		await until('half of the voices', () => tasksNamed('Many').length >= COUNT / 2);
		await ready.restart('kill');
		Object.assign(sandbox.options, { createMs: 0, processingMs: 500 });
		for (const { task_id: id, task_status: status } of sandbox.tasks) {
			if (status !== 'succeed') sandbox.finish(id);
		}
	}, 180_000);

	test('leaves executions that n8n shows as "crashed"', async () => {
		expect(tasksNamed('Many').length).toBeLessThan(COUNT);
		for (const id of Object.values(ids)) {
			const { status, message } = await onlyExecution(ready, id);
			expect({ status, message }).toEqual({
				status: 'crashed',
				message: 'Workflow did not finish, possible out-of-memory issue',
			});
		}
	});

	test('makes a second voice on Retry without an External Task ID of the user', async () => {
		const { id } = await onlyExecution(ready, ids.plain ?? '');
		await retryExecution(ready, id);
		const [latest] = await endedExecutions(ready, ids.plain ?? '', 2);
		expect(latest).toMatchObject({ status: 'success', items: [{ voice_name: 'Plain' }] });
		expect(tasksNamed('Plain')).toHaveLength(2);
	}, 60_000);

	test('makes no second voice on Retry with an External Task ID of the user', async () => {
		const { id } = await onlyExecution(ready, ids.named ?? '');
		await retryExecution(ready, id);
		const [latest] = await endedExecutions(ready, ids.named ?? '', 2);
		const [task, ...others] = tasksNamed('Named');
		expect(others).toEqual([]);
		expect(latest).toMatchObject({
			status: 'success',
			items: [{ voice_name: 'Named', task_id: task?.task_id, external_task_id: 'order-Named' }],
		});
	}, 60_000);

	test('leaves half of the creates undone, and Retry makes only those', async () => {
		const { id } = await onlyExecution(ready, ids.many ?? '');
		await retryExecution(ready, id);
		const [latest] = await endedExecutions(ready, ids.many ?? '', 2);
		const { status, items } = latest ?? { items: [] };
		expect(status).toBe('success');
		expect(items.map((item) => item.task_id)).toEqual(
			items.map((item) => tasksNamed(String(item.voice_name))[0]?.task_id),
		);
		expect(tasksNamed('Many')).toHaveLength(COUNT);
		expect(new Set(items.map((item) => item.voice_id)).size).toBe(COUNT);
	}, 120_000);
});
