import { setTimeout as sleep } from 'node:timers/promises';

import { signCallback } from '../../sandbox/kling/callbacks.cjs';
import { credentialsFor, outputOf, useInstance, useSandbox } from '../support/engine/kling.cjs';
import { call, events, useTrigger, triggerWorkflow } from '../support/engine/trigger.cjs';

const sandboxOf = useSandbox({ submittedMs: 10, processingMs: 600_000 });
const instanceOf = useInstance();

const SECRET = 'whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI=';

const { activate, finished } = useTrigger(sandboxOf, instanceOf);

describe('A callback', () => {
	it('starts the workflow with the task as Kling has it', async () => {
		const workflow = await activate();
		const task = finished();
		expect(await call(workflow, { ...task, task_result: { voices: [{ voice_id: 'evil' }] } })).toBe(
			200,
		);
		expect(await events(workflow)).toEqual([
			{
				event_id: `${task.task_id}:succeed`,
				task_type: 'customVoice',
				task_id: task.task_id,
				task_status: 'succeed',
				voice_id: expect.stringMatching(/^\d+$/) as string,
				voice_name: 'Narrator',
				trial_url: expect.any(String) as string,
				owned_by: expect.any(String) as string,
				created_at: expect.any(String) as string,
				updated_at: expect.any(String) as string,
				received_via: 'callback',
				verified: true,
			},
		]);
	});

	it('of a failed task carries the reason', async () => {
		const workflow = await activate();
		await call(workflow, finished('Narrator', 'failed'));
		expect(await events(workflow)).toEqual([
			expect.objectContaining({ task_status: 'failed', task_status_msg: 'There is music' }),
		]);
	});

	it('in the form of the new standard is the same event', async () => {
		const workflow = await activate({ options: { verify: false } });
		const outputs = [
			{ type: 'voice', id: '7', name: 'N', url: 'https://x.example/a', owned_by: '1' },
		];
		await call(workflow, { id: '42', status: 'succeeded', message: '', outputs });
		expect(await events(workflow)).toEqual([
			expect.objectContaining({
				event_id: '42:succeed',
				voice_id: '7',
				voice_name: 'N',
				trial_url: 'https://x.example/a',
				verified: false,
			}),
		]);
	});

	it('keeps all digits of IDs that came as numbers', async () => {
		const workflow = await activate({ options: { verify: false } });
		await call(workflow, '{"task_id":850087542757535834,"task_status":"succeed"}');
		expect((await events(workflow))[0]?.task_id).toBe('850087542757535834');
	});

	it.each([
		['a status that was not chosen', { task_status: 'processing' }],
		['a status that was not chosen', { task_status: 'submitted' }],
		['a task type that was not chosen', { task_result: { videos: [{ id: '1' }] } }],
	])('with %s is answered, asks nothing and starts nothing', async (_, more) => {
		const workflow = await activate();
		expect(await call(workflow, { ...finished(), ...more })).toBe(200);
		await workflow.idle();
		expect(workflow.executions).toEqual([]);
		expect(sandboxOf().requests).toEqual([]);
	});

	it.each([
		['a list', []],
		['a number', '5'],
		['an object of something else', { hello: 'world' }],
		['a task without an ID', { task_status: 'succeed' }],
		['a task in an unknown status', { task_id: '1', task_status: 'dancing' }],
	])('that is %s gets 400 and starts nothing', async (_, body) => {
		const workflow = await activate();
		expect(await call(workflow, body)).toBe(400);
		expect(await events(workflow)).toEqual([]);
	});

	it('of more than a megabyte is refused', async () => {
		const workflow = await activate();
		expect(await call(workflow, { ...finished(), more: 'x'.repeat(1_000_001) })).toBe(413);
		expect(await events(workflow)).toEqual([]);
	});

	it('is asked for at the path of its own kind', async () => {
		const workflow = await activate({ taskTypes: ['customVoice', 'imageToVideo'] });
		const { task_id } = sandboxOf().createTask({ kind: 'imageToVideo' });
		sandboxOf().finish(task_id);
		await call(workflow, { task_id, task_status: 'succeed' });
		expect(await events(workflow)).toEqual([
			expect.objectContaining({
				task_type: 'imageToVideo',
				video_id: expect.any(String) as string,
				video_url: expect.any(String) as string,
			}),
		]);
	});
});

describe('A callback that cannot be trusted', () => {
	it('starts nothing for a task that Kling does not know', async () => {
		const workflow = await activate();
		expect(await call(workflow, { task_id: '1', task_status: 'succeed' })).toBe(200);
		expect(await events(workflow)).toEqual([]);
	});

	it('starts nothing for a status that only it claims', async () => {
		const workflow = await activate();
		const { task_id } = sandboxOf().createTask({ voice_name: 'N' });
		expect(await call(workflow, { task_id, task_status: 'succeed' })).toBe(200);
		expect(await events(workflow)).toEqual([]);
	});

	it('gets 503 when Kling cannot be asked, and may come again', async () => {
		const workflow = await activate();
		const task = finished();
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', status: 500, times: 1 });
		expect(await call(workflow, task)).toBe(503);
		expect(await events(workflow)).toEqual([]);
		expect(await call(workflow, task)).toBe(200);
		expect(await events(workflow)).toHaveLength(1);
	});

	describe('with a webhook secret', () => {
		const body = JSON.stringify({ task_id: '5', task_status: 'succeed' });
		const signed = (seconds = Math.floor(Date.now() / 1000), text = body) => ({
			'Webhook-Id': 'msg-1',
			'webhook-timestamp': String(seconds),
			'WEBHOOK-SIGNATURE': signCallback(SECRET, 'msg-1', seconds, text),
		});
		const open = async () =>
			await activate({ options: { verify: false } }, { webhookSecret: SECRET });

		it('is taken with its signature, and counts as verified', async () => {
			const workflow = await open();
			expect(await call(workflow, body, signed())).toBe(200);
			expect(await events(workflow)).toEqual([expect.objectContaining({ verified: true })]);
		});

		it('is taken when one of several signatures fits', async () => {
			const headers = signed();
			const several = `v1,AAAA v2,x ${headers['WEBHOOK-SIGNATURE']}`;
			const workflow = await open();
			expect(await call(workflow, body, { ...headers, 'WEBHOOK-SIGNATURE': several })).toBe(200);
		});

		it.each<[string, () => Record<string, string>]>([
			['none', () => ({})],
			['one for another body', () => signed(undefined, '{}')],
			['an old one', () => signed(Math.floor(Date.now() / 1000) - 301)],
			['one from the future', () => signed(Math.floor(Date.now() / 1000) + 360)],
			['an empty one', () => ({ ...signed(), 'WEBHOOK-SIGNATURE': '' })],
		])('gets 401 with %s', async (_, headers) => {
			const workflow = await open();
			expect(await call(workflow, body, headers())).toBe(401);
			expect(await events(workflow)).toEqual([]);
			expect(sandboxOf().requests).toEqual([]);
		});
	});
});

describe('Each event', () => {
	it('starts the workflow once, however often it is called', async () => {
		const workflow = await activate();
		const task = finished();
		const calls = Array.from({ length: 8 }, async () => await call(workflow, task));
		expect(await Promise.all(calls)).toEqual(Array(8).fill(200));
		await call(workflow, task);
		expect(await events(workflow)).toHaveLength(1);
		expect(workflow.executions).toHaveLength(1);
	});

	it('is known after a restart', async () => {
		const workflow = await activate({ receive: 'both' });
		const task = finished();
		await call(workflow, task);
		await workflow.idle();
		workflow.restart();
		await call(workflow, task);
		await workflow.poll();
		expect(await events(workflow)).toHaveLength(1);
	});

	it('comes by poll when its callback was lost, and only then', async () => {
		const workflow = await activate({ receive: 'both' });
		const lost = finished('Lost');
		const called = finished('Called');
		await call(workflow, called);
		await workflow.poll();
		await workflow.poll();
		expect((await events(workflow)).map((event) => [event.voice_name, event.received_via])).toEqual(
			expect.arrayContaining([
				['Called', 'callback'],
				['Lost', 'poll'],
			]),
		);
		expect(await events(workflow)).toHaveLength(2);
		expect(await call(workflow, lost)).toBe(200);
		expect(await events(workflow)).toHaveLength(2);
	});
});

describe('A poll', () => {
	it('gives what finished since, and nothing that was finished before the activation', async () => {
		finished('Old');
		const running = sandboxOf().createTask({ voice_name: 'Running' });
		const workflow = await activate({ receive: 'poll' });
		await workflow.poll();
		expect(await events(workflow)).toEqual([]);
		finished('New');
		sandboxOf().finish(running.task_id);
		await workflow.poll();
		expect((await events(workflow)).map(({ voice_name: name }) => name).sort()).toEqual([
			'New',
			'Running',
		]);
	});

	it('starts nothing for what was finished before, however much that is, and knows what was under way', async () => {
		const old = Date.now() - 2 * 3_600_000;
		sandboxOf().createTask({ voice_name: 'Too old', created_at: old });
		const running = sandboxOf().createTask({ voice_name: 'Running' });
		for (let n = 0; n < 350; n += 1) finished(`Old ${n}`);
		const workflow = await activate({ receive: 'poll' });
		for (let round = 0; round < 3; round += 1) await workflow.poll();
		expect(await events(workflow)).toEqual([]);
		sandboxOf().finish(running.task_id);
		await workflow.poll();
		expect((await events(workflow)).map(({ voice_name: name }) => name)).toEqual(['Running']);
	});

	it('needs no address', async () => {
		expect((await activate({ receive: 'poll' })).url).toBe('');
	});

	it('asks nothing where only callbacks are wanted', async () => {
		const workflow = await activate();
		await workflow.poll();
		expect(sandboxOf().requests).toEqual([]);
	});

	it('pages through more than one page, and finds those that finish out of order', async () => {
		const workflow = await activate({ receive: 'poll' });
		const tasks = Array.from({ length: 250 }, (_, n) =>
			sandboxOf().createTask({ voice_name: `Voice ${n}` }),
		);
		for (const { task_id } of tasks.slice(100)) sandboxOf().finish(task_id);
		await workflow.poll();
		expect(await events(workflow)).toHaveLength(150);
		for (const { task_id } of tasks.slice(0, 100)) sandboxOf().finish(task_id);
		await workflow.poll();
		expect(new Set((await events(workflow)).map(({ event_id: id }) => id)).size).toBe(250);
		expect(await events(workflow)).toHaveLength(250);
	});

	it('that fails loses nothing', async () => {
		const workflow = await activate({
			receive: 'poll',
			taskTypes: ['customVoice', 'textToVideo'],
		});
		finished('Kept');
		sandboxOf().addFault({ on: 'list', kind: 'errorBefore', error: 'badKey', skip: 1, times: 1 });
		await expect(workflow.poll()).rejects.toThrow();
		expect(await events(workflow)).toEqual([]);
		await workflow.poll();
		expect(await events(workflow)).toEqual([expect.objectContaining({ voice_name: 'Kept' })]);
	});

	it('whose events n8n could not take gives them once more, and those that it took not', async () => {
		const workflow = await activate({ receive: 'poll' });
		const { dedupStore } = instanceOf().workflows;
		finished('Took');
		await workflow.poll();
		await workflow.idle();
		dedupStore.isLocked = true;
		finished('Lost');
		await workflow.poll();
		await workflow.idle();
		dedupStore.isLocked = false;
		expect(workflow.executions.map(({ status }) => status)).toEqual(['success', 'error']);
		for (let round = 0; round < 3; round += 1) await workflow.poll();
		const names = (await events(workflow)).map(({ voice_name: name }) => name);
		expect(names).toEqual(['Took', 'Lost']);
		expect(workflow.executions).toHaveLength(3);
	});

	it('of a gateway without a list fails the activation in words', async () => {
		sandboxOf().options.routes = { list: false };
		await expect(activate({ receive: 'poll' })).rejects.toThrow(/does not offer/);
		sandboxOf().options.routes = {};
	});
});

describe('While a workflow is built', () => {
	it('"Listen for test event" takes the same event again and again', async () => {
		const task = finished();
		for (let round = 0; round < 2; round += 1) {
			const listening = await instanceOf().listen(triggerWorkflow({}), {
				credentials: credentialsFor(sandboxOf()),
			});
			await call(listening, task);
			const run = await listening.finished;
			expect(outputOf(run, 'Kling Trigger')).toHaveLength(1);
		}
	});

	it('a test run that polls shows the newest finished task', async () => {
		finished('Older');
		await sleep(5);
		finished('Newest');
		const { finished: run } = await instanceOf().listen(triggerWorkflow({ receive: 'poll' }), {
			credentials: credentialsFor(sandboxOf()),
		});
		expect(outputOf(await run, 'Kling Trigger').map(({ json }) => json.voice_name)).toEqual([
			'Newest',
		]);
	});
});
