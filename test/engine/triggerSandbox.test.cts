import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';

import type { SandboxOptions, SandboxTask } from '../../sandbox/kling/server.cjs';
import { startSandbox, useInstance, useSandbox, type Sandbox } from '../support/engine/kling.cjs';
import { call, events, useTrigger } from '../support/engine/trigger.cjs';
import { SIGNED_EXAMPLE } from '../support/signature.cjs';

const sandboxOf = useSandbox({ submittedMs: 30, processingMs: 60, fetchClips: false });
const { activate, finished } = useTrigger(sandboxOf, useInstance());

const ALL = ['submitted', 'processing', 'succeed', 'failed'];

/** Tasks that tell their status to an address, until each has sent its last callback. */
async function tasksCalling(
	sandbox: Sandbox,
	callback_url: string,
	count: number,
	task: Partial<Pick<SandboxTask, 'kind'>> = {},
): Promise<string[]> {
	const ids = Array.from(
		{ length: count },
		(_, n) => sandbox.createTask({ ...task, voice_name: `Voice ${n}`, callback_url }).task_id,
	);
	const isOver = () => {
		const all = [...sandbox.callbacks, ...sandbox.droppedCallbacks];
		const open = sandbox.callbacks.filter(({ status, error }) => status === undefined && !error);
		return open.length === 0 && ids.every((id) => all.some(isLastOf(id)));
	};
	while (!isOver()) await sleep(20);
	return ids;
}

const isLastOf = (id: string) => (callback: { task_id: string; task_status: string }) =>
	callback.task_id === id && ['succeed', 'failed'].includes(callback.task_status);

const idsOf = (seen: IDataObject[]) => seen.map(({ event_id: id }) => id).sort();
const endsOf = (ids: string[]) => ids.map((id) => `${id}:succeed`).sort();

// First of all: after the calls of the others the trigger looks but once at a call of unknown origin.
describe('A callback that comes before Kling shows the end of its task', () => {
	it('starts the workflow a moment later', async () => {
		sandboxOf().options.submittedMs = 60_000;
		const { task_id } = sandboxOf().createTask({ voice_name: 'Lagging' });
		const workflow = await activate();
		const called = call(workflow, { task_id, task_status: 'succeed' });
		while (sandboxOf().requests.length === 0) await sleep(10);
		sandboxOf().finish(task_id);
		expect(await called).toBe(200);
		expect(idsOf(await events(workflow))).toEqual([`${task_id}:succeed`]);
	});
});

describe('Callbacks of tasks that end by themselves', () => {
	it.each<[string, SandboxOptions['callbackFaults']]>([
		['once, in order', {}],
		['twice', { doubled: 1 }],
		['in another order', { shuffled: true }],
		['late', { delayedMs: 400 }],
		['twice, late and in another order', { doubled: 0.5, shuffled: true, delayedMs: 100 }],
	])('start the workflow once for each task when they come %s', async (_, callbackFaults) => {
		sandboxOf().options.callbackFaults = callbackFaults;
		const workflow = await activate();
		const ids = await tasksCalling(sandboxOf(), workflow.url, 20);
		expect(idsOf(await events(workflow))).toEqual(endsOf(ids));
	});

	it('that are lost are made up for by the poll', async () => {
		sandboxOf().options.callbackFaults = { dropped: 0.4, doubled: 0.4, shuffled: true };
		const workflow = await activate({ receive: 'both' });
		const ids = await tasksCalling(sandboxOf(), workflow.url, 40);
		expect(
			sandboxOf().droppedCallbacks.filter(({ task_status: s }) => s === 'succeed'),
		).not.toEqual([]);
		await workflow.poll();
		await workflow.poll();
		const seen = await events(workflow);
		expect(idsOf(seen)).toEqual(endsOf(ids));
		expect(new Set(seen.map(({ received_via: via }) => via))).toEqual(
			new Set(['callback', 'poll']),
		);
	});

	it('start the workflow once for each status, in any order, with Verify off', async () => {
		sandboxOf().options.callbackFaults = { doubled: 0.5, shuffled: true };
		const workflow = await activate({ triggerOn: ALL, options: { verify: false } });
		const ids = await tasksCalling(sandboxOf(), workflow.url, 10);
		const expected = ids.flatMap((id) =>
			['submitted', 'processing', 'succeed'].map((status) => `${id}:${status}`),
		);
		expect(idsOf(await events(workflow))).toEqual(expected.sort());
	});

	it('that come late start the workflow only for the status that Kling has now', async () => {
		sandboxOf().options.callbackFaults = { delayedMs: 300 };
		const workflow = await activate({ triggerOn: ALL });
		const ids = await tasksCalling(sandboxOf(), workflow.url, 10);
		expect(idsOf(await events(workflow))).toEqual(endsOf(ids));
	});

	it('that are signed, in the form of the new standard, start the workflow once for each task', async () => {
		const { secret } = SIGNED_EXAMPLE;
		Object.assign(sandboxOf().options, { callbackForm: 'newStandard', webhookSecret: secret });
		const workflow = await activate({}, { webhookSecret: secret });
		const ids = await tasksCalling(sandboxOf(), workflow.url, 5);
		expect(idsOf(await events(workflow))).toEqual(endsOf(ids));
		expect(await call(workflow, finished())).toBe(401);
	});

	it('of another account start nothing', async () => {
		const other = await startSandbox({ seed: 99, submittedMs: 10, processingMs: 10 });
		try {
			const workflow = await activate({ triggerOn: ALL, taskTypes: ['customVoice'] });
			await tasksCalling(other, workflow.url, 5);
			expect(other.callbacks.map(({ status }) => status)).toEqual(Array(15).fill(503));
			expect(await events(workflow)).toEqual([]);
		} finally {
			await other.close();
		}
	});

	it.each(['textToVideo', 'imageToVideo', 'avatar', 'lipSync'] as const)(
		'of the task type %s start nothing when it was not chosen',
		async (kind) => {
			const workflow = await activate({ triggerOn: ALL, taskTypes: ['customVoice'] });
			await tasksCalling(sandboxOf(), workflow.url, 2, { kind });
			expect(await events(workflow)).toEqual([]);
		},
	);

	it.each(['textToVideo', 'imageToVideo', 'avatar', 'lipSync'] as const)(
		'of the task type %s carry its name when it is one of several chosen',
		async (kind) => {
			const workflow = await activate({ taskTypes: ['customVoice', kind] });
			const ids = await tasksCalling(sandboxOf(), workflow.url, 2, { kind });
			const seen = await events(workflow);
			expect(idsOf(seen)).toEqual(endsOf(ids));
			expect(seen.map(({ task_type: type }) => type)).toEqual([kind, kind]);
		},
	);
});

describe('A single callback to the trigger', () => {
	it('is read back although the gateway lacks another of the chosen task types', async () => {
		const workflow = await activate({ taskTypes: ['customVoice', 'lipSync'] });
		const { task_id } = sandboxOf().createTask({ kind: 'lipSync' });
		sandboxOf().finish(task_id, 'failed', 'There is no face');
		// Voices are asked for first; their path is not there.
		sandboxOf().addFault({ on: 'get', kind: 'htmlPage', status: 404, times: 1 });
		expect(await call(workflow, { task_id, task_status: 'failed' })).toBe(200);
		expect(idsOf(await events(workflow))).toEqual([`${task_id}:failed`]);
	});

	it('is answered with 503 when one chosen task type could not be asked and no other knows the task', async () => {
		const workflow = await activate({ taskTypes: ['avatar', 'customVoice'] });
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', status: 500, times: 1 });
		expect(await call(workflow, { task_id: '1', task_status: 'failed' })).toBe(503);
	});

	it('with a foreign task ID is found by its external ID', async () => {
		const { task_id } = sandboxOf().createTask({ voice_name: 'N', external_task_id: 'mine-1' });
		sandboxOf().finish(task_id);
		const workflow = await activate();
		const foreign = { task_id: '77', task_status: 'succeed' };
		await call(workflow, { ...foreign, task_info: { external_task_id: 'mine-1' } });
		await call(workflow, { ...foreign, external_task_id: 'mine-1' });
		expect(idsOf(await events(workflow))).toEqual([`${task_id}:succeed`]);
	});

	it('starts nothing when the gateway answers with another task', async () => {
		const { task_id } = finished('Other');
		const workflow = await activate();
		sandboxOf().addFault({
			on: 'get',
			kind: 'errorBefore',
			status: 200,
			body: { code: 0, data: { task_id, task_status: 'succeed', task_result: { voices: [] } } },
		});
		expect(await call(workflow, { task_id: '5', task_status: 'succeed' })).toBe(503);
		expect(await events(workflow)).toEqual([]);
	});

	it.each(['application/octet-stream', 'text/plain', 'application/vnd.kling+json'])(
		'is read with the content type %s',
		async (type) => {
			const workflow = await activate();
			const task = finished();
			const headers = { 'content-type': type };
			expect(await call(workflow, JSON.stringify(task), headers)).toBe(200);
			expect(await events(workflow)).toHaveLength(1);
		},
	);

	it('is accepted with the signature of Kling’s own example, and not with one more space', async () => {
		const { secret, id, timestamp, body, signature } = SIGNED_EXAMPLE;
		const headers = {
			'webhook-id': id,
			'webhook-timestamp': String(timestamp),
			'webhook-signature': signature,
		};
		const workflow = await activate({ options: { verify: false } }, { webhookSecret: secret });
		expect(await call(workflow, body, headers)).toBe(401);
		const clock = jest.spyOn(Date, 'now').mockReturnValue(1_781_080_800_000);
		try {
			expect(await call(workflow, body, headers)).toBe(200);
			expect(await call(workflow, `${body} `, headers)).toBe(401);
		} finally {
			clock.mockRestore();
		}
		expect(await events(workflow)).toMatchObject([
			{ event_id: '1234567890:succeed', updated_at: '2026-06-10T08:39:54.151Z', verified: true },
		]);
	});
});
