import { signCallback } from '../../sandbox/kling/callbacks.cjs';
import { useInstance, useSandbox } from '../support/engine/kling.cjs';
import { call, events, useTrigger } from '../support/engine/trigger.cjs';
import { SIGNED_EXAMPLE } from '../support/signature.cjs';

const sandboxOf = useSandbox({ submittedMs: 10, processingMs: 600_000 });
const { activate, finished } = useTrigger(sandboxOf, useInstance());

describe('A callback to the trigger', () => {
	it('starts the workflow with the task as Kling has it, not as the callback says', async () => {
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
				units: 0.05,
				created_at: expect.any(String) as string,
				updated_at: expect.any(String) as string,
				received_via: 'callback',
				verified: true,
			},
		]);
	});

	it('starts the workflow with the reason when the task failed', async () => {
		const workflow = await activate();
		await call(workflow, finished('Narrator', 'failed'));
		expect(await events(workflow)).toEqual([
			expect.objectContaining({ task_status: 'failed', task_status_msg: 'There is music' }),
		]);
	});

	it('starts the workflow with the same fields in the form of the new standard', async () => {
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

	it('keeps all digits of an ID that comes as a number', async () => {
		const workflow = await activate({ options: { verify: false } });
		await call(workflow, '{"task_id":850087542757535834,"task_status":"succeed"}');
		expect((await events(workflow))[0]?.task_id).toBe('850087542757535834');
	});

	it.each([
		['the status "processing", which was not chosen', { task_status: 'processing' }],
		['the status "submitted", which was not chosen', { task_status: 'submitted' }],
		['a task type that was not chosen', { task_result: { videos: [{ id: '1' }] } }],
	])(
		'with %s is answered with 200, without a request to Kling or an execution',
		async (_, more) => {
			const workflow = await activate({ taskTypes: ['customVoice'] });
			expect(await call(workflow, { ...finished(), ...more })).toBe(200);
			await workflow.idle();
			expect(workflow.executions).toEqual([]);
			expect(sandboxOf().requests).toEqual([]);
		},
	);

	it.each([
		['a list', []],
		['a number', '5'],
		['an object of something else', { hello: 'world' }],
		['a task without an ID', { task_status: 'succeed' }],
		['a task in an unknown status', { task_id: '1', task_status: 'dancing' }],
	])('is answered with 400 and starts nothing when it is %s', async (_, body) => {
		const workflow = await activate();
		expect(await call(workflow, body)).toBe(400);
		expect(await events(workflow)).toEqual([]);
	});

	it('is answered with 413 and starts nothing when it is larger than 64 KB', async () => {
		const workflow = await activate();
		expect(await call(workflow, { ...finished(), more: 'x'.repeat(65_536) })).toBe(413);
		expect(await events(workflow)).toEqual([]);
	});

	it('is read back at the path of its task type', async () => {
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

describe('A callback to the trigger that cannot be trusted', () => {
	it('starts nothing for a task that Kling does not know', async () => {
		const workflow = await activate();
		expect(await call(workflow, { task_id: '1', task_status: 'succeed' })).toBe(503);
		expect(await events(workflow)).toEqual([]);
	});

	// The sender may call again, as Kling may only lag behind its own word.
	it('starts nothing for a status that Kling does not confirm, and is answered with 503', async () => {
		const workflow = await activate();
		const { task_id } = sandboxOf().createTask({ voice_name: 'N' });
		expect(await call(workflow, { task_id, task_status: 'succeed' })).toBe(503);
		expect(await events(workflow)).toEqual([]);
	});

	it('is answered with 503 when Kling cannot be asked, and starts the workflow when it comes again', async () => {
		const workflow = await activate();
		const task = finished();
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', status: 500, times: 1 });
		expect(await call(workflow, task)).toBe(503);
		expect(await events(workflow)).toEqual([]);
		expect(await call(workflow, task)).toBe(200);
		expect(await events(workflow)).toHaveLength(1);
	});
});

describe('A callback to a trigger with a webhook secret', () => {
	const body = JSON.stringify({ task_id: '5', task_status: 'succeed' });
	const signed = (seconds = Math.floor(Date.now() / 1000), text = body) => ({
		'Webhook-Id': 'msg-1',
		'webhook-timestamp': String(seconds),
		'WEBHOOK-SIGNATURE': signCallback(SIGNED_EXAMPLE.secret, 'msg-1', seconds, text),
	});
	const open = async () =>
		await activate({ options: { verify: false } }, { webhookSecret: SIGNED_EXAMPLE.secret });

	it('starts the workflow when its signature fits, and is marked as verified', async () => {
		const workflow = await open();
		expect(await call(workflow, body, signed())).toBe(200);
		expect(await events(workflow)).toEqual([expect.objectContaining({ verified: true })]);
	});

	it('is answered with 200 when one of several signatures fits', async () => {
		const headers = signed();
		const several = `v1,AAAA v2,x ${headers['WEBHOOK-SIGNATURE']}`;
		const workflow = await open();
		expect(await call(workflow, body, { ...headers, 'WEBHOOK-SIGNATURE': several })).toBe(200);
	});

	it.each<[string, () => Record<string, string>]>([
		['no signature', () => ({})],
		['the signature of another body', () => signed(undefined, '{}')],
		['a signature of five minutes ago', () => signed(Math.floor(Date.now() / 1000) - 301)],
		['a signature of the future', () => signed(Math.floor(Date.now() / 1000) + 360)],
		['an empty signature', () => ({ ...signed(), 'WEBHOOK-SIGNATURE': '' })],
	])('is answered with 401 and starts nothing with %s', async (_, headers) => {
		const workflow = await open();
		expect(await call(workflow, body, headers())).toBe(401);
		expect(await events(workflow)).toEqual([]);
		expect(sandboxOf().requests).toEqual([]);
	});
});
