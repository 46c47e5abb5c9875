import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox, TaskKind } from '../../sandbox/kling/server.cjs';
import type { NewTask } from '../../sandbox/kling/task.cjs';
import { type CallbackReceiver, startReceiver } from '../support/receiver.cjs';
import { orders } from '../support/orders.cjs';
import { VOICES, closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

const paths: [TaskKind, string][] = [
	['imageToVideo', '/v1/videos/image2video'],
	['textToVideo', '/v1/videos/text2video'],
	['avatar', '/v1/videos/avatar/image2video'],
	['lipSync', '/v1/videos/advanced-lip-sync'],
];

describe.each(paths)('A task of the kind %s', (kind, path) => {
	it('is created, found by both IDs and listed, only under its own path', async () => {
		const client = await open({ submittedMs: 60_000 });
		const body = { ...(await orders[kind](client)), external_task_id: 'e1', callback_url: '' };
		const { status, json } = await client.send('POST', path, body);
		const { task_id } = json.data;
		expect(status).toBe(200);
		expect(json.data).toMatchObject({
			task_status: 'submitted',
			task_info: { external_task_id: 'e1' },
		});
		expect(client.sandbox.tasks.at(-1)).toMatchObject({ kind, task_id });
		client.sandbox.finish(task_id);
		for (const id of [task_id, 'e1']) {
			const { data } = (await client.send('GET', `${path}/${id}`)).json;
			expect(data).toMatchObject({ task_id, task_status: 'succeed' });
			expect(data.task_result).toEqual({
				videos: [
					{
						id: expect.stringMatching(/^8\d{17}$/) as string,
						url: expect.stringMatching(/^http.*mp4\?Expires=\d+&Signature=/) as string,
						duration: '5.1',
					},
				],
			});
		}
		expect((await client.send('GET', path)).rows.map((row) => row.task_id)).toEqual([task_id]);
		for (const [, other] of [...paths, ['customVoice', VOICES] as const]) {
			if (other === path) continue;
			expect((await client.send('GET', `${other}/${task_id}`)).json.code).toBe(1201);
			expect((await client.send('GET', other)).rows).toEqual([]);
		}
		expect((await client.send('POST', path, body)).json.code).toBe(1201);
		expect((await client.send('GET', `${path}?pageSize=500`)).status).toBe(200);
		expect((await client.send('GET', `${path}?pageSize=501`)).json.code).toBe(1201);
		expect((await client.list('?pageSize=1000')).status).toBe(200);
	});

	it('ends, fails and has faults as a voice does', async () => {
		const client = await open({ envelope: 'codeWord' });
		const body = await orders[kind](client);
		client.sandbox.addFault({ on: 'create', kind: 'taskFails', message: 'too dark', times: 1 });
		const first = (await client.send('POST', path, body)).json;
		expect(first.code).toBe('success');
		const second = (await client.send('POST', path, body)).json.data.task_id;
		await new Promise((resolve) => setTimeout(resolve, 100));
		const { data } = (await client.send('GET', `${path}/${first.data.task_id}`)).json;
		expect(data).toMatchObject({ task_status: 'failed', task_status_msg: 'too dark' });
		const { rows } = await client.send('GET', path);
		expect(rows).toMatchObject([{ task_id: second, task_status: 'succeed' }, data]);
	});
});

it('the sandbox makes 10,000 tasks without requests, and lists them by their age', async () => {
	const client = await open({ submittedMs: 600_000 });
	const { sandbox } = client;
	const now = Date.now();
	const before = performance.now();
	for (let i = 0; i < 10_000; i++) {
		const { task_id } = sandbox.createTask({ kind: 'avatar', created_at: now + i });
		if (i % 2 === 0) sandbox.finish(task_id, i % 4 === 0 ? 'succeed' : 'failed');
	}
	expect(performance.now() - before).toBeLessThan(8_000);
	const [, path] = paths[2] ?? ['', ''];
	const times: number[] = [];
	for (let pageNum = 1; pageNum <= 21; pageNum++) {
		const { rows } = await client.send('GET', `${path}?pageNum=${pageNum}&pageSize=500`);
		times.push(...rows.map((row) => row.created_at));
	}
	expect(times).toEqual(Array.from({ length: 10_000 }, (_, i) => now + 9_999 - i));
	const old = sandbox.createTask({ voice_name: 'Old', created_at: now - 5000 });
	const young = sandbox.createTask({ voice_name: 'Young' });
	const oldest = sandbox.createTask({ voice_name: 'Oldest', created_at: now - 9000 });
	const listed = (await client.list()).rows.map((row) => row.task_id);
	expect(listed).toEqual([young, old, oldest].map((task) => task.task_id));
	expect(sandbox.tasks.at(-1)).toMatchObject({ kind: 'customVoice', voice_name: 'Oldest' });
	expect(young).not.toBe(old);
});

describe('Callbacks of the sandbox in the form of the new standard', () => {
	let receiver: CallbackReceiver;
	let sandbox: Sandbox;

	beforeEach(async () => {
		receiver = await startReceiver();
		({ sandbox } = await open({ submittedMs: 600_000, callbackForm: 'newStandard' }));
	});
	afterEach(async () => {
		await receiver.close();
	});

	/** Makes a task, ends it if told how, and waits for the callback of that. */
	const told = async (wanted: Partial<NewTask>, as?: 'succeed' | 'failed', message?: string) => {
		const callback_url = receiver.origin;
		const task = sandbox.createTask({ ...wanted, callback_url });
		if (as) sandbox.finish(task.task_id, as, message);
		const count = as ? 2 : 1;
		while (receiver.received.length < count) await sleep(5);
		return { task, body: receiver.received[count - 1]?.task };
	};

	it('carry the task without outputs when it is submitted', async () => {
		const { task, body } = await told({ voice_name: 'Ada', external_task_id: 'e' });
		expect(body).toEqual({
			id: task.task_id,
			status: 'submitted',
			message: '',
			create_time: task.created_at,
			update_time: task.created_at,
			external_id: 'e',
			outputs: [],
			billing: [],
		});
	});

	it('carry the voice of a task that succeeded', async () => {
		const { task, body } = await told({ voice_name: 'Ada' }, 'succeed');
		expect(body).toMatchObject({
			status: 'succeeded',
			outputs: [
				{
					type: 'voice',
					id: task.voices[0]?.voice_id,
					name: 'Ada',
					owned_by: expect.any(String) as string,
					status: 'succeeded',
				},
			],
		});
	});

	it('carry the video of a task that succeeded', async () => {
		const { task, body } = await told({ kind: 'lipSync' }, 'succeed');
		expect(body).toMatchObject({
			outputs: [{ type: 'video', id: task.videos[0]?.id, duration: '5.1' }],
		});
	});

	it('carry the reason of a task that failed', async () => {
		const { body } = await told({ kind: 'avatar' }, 'failed', 'no face');
		expect(body).toMatchObject({ status: 'failed', message: 'no face', outputs: [] });
	});
});
