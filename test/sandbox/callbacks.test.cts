import { createHmac } from 'node:crypto';
import { signCallback } from '../../sandbox/kling/callbacks.cjs';
import type { SandboxOptions } from '../../sandbox/kling/server.cjs';
import { type CallbackReceiver, startReceiver } from '../support/receiver.cjs';
import { closeAll, open } from '../support/sandboxClient.cjs';
import { SIGNED_EXAMPLE } from '../support/signature.cjs';

const SECRET = SIGNED_EXAMPLE.secret;

let receiver: CallbackReceiver;

beforeEach(async () => {
	receiver = await startReceiver();
});

afterEach(async () => {
	await closeAll();
	await receiver.close();
});

/** Makes a task and waits until `count` callbacks have come, or for `atMostMs`. */
async function told(options: SandboxOptions, count: number, atMostMs = 15_000) {
	const client = await open(options);
	const callback_url = `${receiver.origin}/hook?key=1`;
	const { task_id } = (await client.create({ callback_url, external_task_id: 'e' })).json.data;
	const deadline = Date.now() + atMostMs;
	while (receiver.received.length < count && Date.now() < deadline) {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	return { client, task_id };
}

const statuses = () => receiver.received.map(({ task }) => task.task_status);

it('the sandbox calls back with each status in order, as a bare task', async () => {
	const { client, task_id } = await told({}, 3);
	expect(statuses()).toEqual(['submitted', 'processing', 'succeed']);
	expect(receiver.received[2]?.task).toMatchObject({
		task_id,
		task_info: { external_task_id: 'e' },
		task_result: { voices: [{ voice_name: 'Ada' }] },
	});
	expect(receiver.received[2]?.headers['content-type']).toBe('application/json');
	expect(receiver.received[0]?.headers).not.toHaveProperty('webhook-signature');
	await new Promise((resolve) => setTimeout(resolve, 20));
	expect(client.sandbox.callbacks.map(({ status }) => status)).toEqual([200, 200, 200]);
});

it('the sandbox calls back with the reason of a failure', async () => {
	await told({ faults: [{ on: 'create', kind: 'taskFails', message: 'noisy' }] }, 3);
	expect(receiver.received[2]?.task).toMatchObject({
		task_status: 'failed',
		task_status_msg: 'noisy',
	});
});

it('the sandbox may leave the voices out of its callbacks, as on Kling’s page', async () => {
	await told({ callbackVoices: false }, 3);
	expect(receiver.received[2]?.raw).not.toContain('voices');
});

it('the sandbox records the status that the receiver answers', async () => {
	receiver.status = 404;
	const { client } = await told({}, 3);
	await new Promise((resolve) => setTimeout(resolve, 20));
	expect(client.sandbox.callbacks.map(({ status }) => status)).toEqual([404, 404, 404]);
});

it('the sandbox does not call back when callbacks are off', async () => {
	const { client, task_id } = await told({ callbacks: false }, 1, 150);
	expect((await client.ended(task_id)).task_status).toBe('succeed');
	expect(receiver.received).toHaveLength(0);
});

it('signCallback gives the signature of Kling’s own example', () => {
	const { secret, id, timestamp, body, signature } = SIGNED_EXAMPLE;
	expect(signCallback(secret, id, timestamp, body)).toBe(signature);
});

it('the sandbox signs the bytes of its callbacks', async () => {
	await told({ webhookSecret: SECRET }, 3);
	const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
	for (const { headers, raw } of receiver.received) {
		const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${raw}`;
		const expected = createHmac('sha256', key).update(signed).digest('base64');
		expect(headers['webhook-signature']).toBe(`v1,${expected}`);
		expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(10);
	}
	expect(receiver.received).toHaveLength(3);
});

describe('Callbacks of the sandbox with a fault', () => {
	it('are never sent when they are dropped', async () => {
		const { client, task_id } = await told({ callbackFaults: { dropped: 1 } }, 1, 150);
		await client.ended(task_id);
		expect(receiver.received).toHaveLength(0);
		expect(client.sandbox.callbacks).toHaveLength(0);
		expect(client.sandbox.droppedCallbacks).toHaveLength(3);
	});

	it('are sent twice when they are doubled', async () => {
		await told({ callbackFaults: { doubled: 1 } }, 6);
		expect(statuses()).toEqual([
			'submitted',
			'submitted',
			'processing',
			'processing',
			'succeed',
			'succeed',
		]);
		expect(receiver.received[5]?.raw).toBe(receiver.received[4]?.raw);
	});

	it('are sent late when they are delayed', async () => {
		const { client } = await told({ callbackFaults: { delayedMs: 200 } }, 1);
		const task = client.sandbox.tasks[0];
		expect(Date.now() - (task?.created_at ?? 0)).toBeGreaterThanOrEqual(195);
		expect(task?.task_status).toBe('succeed');
	});

	it('are sent after the end, in an order that the seed decides, when they are shuffled', async () => {
		const orders = new Set<string>();
		for (let seed = 1; seed <= 6; seed++) {
			receiver.received.length = 0;
			await told({ callbackFaults: { shuffled: true }, seed }, 3);
			expect([...statuses()].sort()).toEqual(['processing', 'submitted', 'succeed']);
			orders.add(statuses().join());
		}
		expect(orders.size).toBeGreaterThan(1);
	});
});
