import { setTimeout as sleep } from 'node:timers/promises';

import { startOn, TASK, useInstance, useSandbox } from '../support/engine/kling.cjs';
import { call, events, useTrigger } from '../support/engine/trigger.cjs';
import { signCallback } from '../../sandbox/kling/callbacks.cjs';
import { SIGNED_EXAMPLE } from '../support/signature.cjs';

const sandboxOf = useSandbox({
	submittedMs: 600_000,
	processingMs: 600_000,
	callbacks: false,
});
const instanceOf = useInstance();
const { activate, finished } = useTrigger(sandboxOf, instanceOf);

const reads = () => sandboxOf().requests.filter(({ route }) => route === 'get').length;
const untilReads = async (count: number) => {
	for (let tries = 0; reads() < count && tries < 100; tries += 1) await sleep(50);
};
const DAY_MS = 86_400_000;

/** A finished voice whose create gave this trigger's address to Kling. */
async function createdFor(url: string, externalTaskId = 'Order 1 ä') {
	const options = { callbackUrl: url, externalTaskId };
	await startOn(instanceOf(), sandboxOf(), { parameters: { ...TASK, options } }).finished;
	const task = sandboxOf().tasks.at(-1);
	if (!task) throw new Error('Nothing was created');
	sandboxOf().finish(task.task_id);
	return {
		address: { url: task.callback_url ?? '' },
		body: { task_id: task.task_id, task_status: 'succeed' },
	};
}

const notYet = { on: 'get', kind: 'errorBefore', status: 404, code: 1203 } as const;

describe('A create whose Callback URL is a webhook of this n8n', () => {
	it('adds to the address which task it is for, and leaves the query of the user as it is', async () => {
		const { url } = await activate();
		const { address } = await createdFor(`${url}?mine=a%20b&x`);
		expect(address.url).toMatch(
			/\?mine=a%20b&x&kling_kind=[^&]+&kling_id=Order%201%20%C3%A4&kling_tag=[\w-]{24}$/,
		);
		expect(address.url).not.toContain('sandbox-key');
	});

	it('leaves the address of another server as it is', async () => {
		const { address } = await createdFor('http://127.0.0.1:9/webhook/x?mine=1');
		expect(address.url).toBe('http://127.0.0.1:9/webhook/x?mine=1');
	});
});

describe('A callback on an address that a create has tagged', () => {
	it('starts the workflow with one read', async () => {
		const workflow = await activate();
		const { address, body } = await createdFor(workflow.url);
		const before = reads();
		expect(await call(address, body)).toBe(200);
		expect(await events(workflow)).toHaveLength(1);
		expect(reads() - before).toBe(1);
	});

	it('starts the workflow when Kling knows the task only after some looks', async () => {
		const workflow = await activate();
		const { address, body } = await createdFor(workflow.url);
		sandboxOf().addFault({ ...notYet, times: 5 });
		expect(await call(address, body)).toBe(200);
		expect(await events(workflow)).toHaveLength(1);
	});

	it('is answered with 503 within 10 s when Kling never knows the task', async () => {
		const workflow = await activate();
		const { address, body } = await createdFor(workflow.url);
		sandboxOf().addFault(notYet);
		const startedAt = performance.now();
		expect(await call(address, body)).toBe(503);
		expect(performance.now() - startedAt).toBeLessThan(10_000);
		expect(await events(workflow)).toEqual([]);
	});

	it('starts nothing for another task that its body names', async () => {
		const workflow = await activate();
		const { address } = await createdFor(workflow.url);
		const other = await createdFor(workflow.url, 'Order 2');
		await call(address, other.body);
		expect((await events(workflow)).map(({ task_id }) => task_id)).not.toContain(
			other.body.task_id,
		);
	});

	it('counts as any other when the tag does not fit, as keys rotate', async () => {
		const workflow = await activate();
		const { address, body } = await createdFor(workflow.url);
		const url = address.url.replace(/kling_tag=.../, 'kling_tag=AAA');
		expect(await call({ url }, body)).toBe(200);
		expect(await events(workflow)).toHaveLength(1);
	});
});

describe('A callback of unknown origin', () => {
	it('costs no read once its event is known', async () => {
		const workflow = await activate();
		const task = finished();
		await call(workflow, task);
		const before = reads();
		expect(await call(workflow, task)).toBe(200);
		expect(reads()).toBe(before);
		expect(await events(workflow)).toHaveLength(1);
	});

	it.each([
		['of 129 characters', 'x'.repeat(129)],
		['with a line break', 'a\nb'],
		['that is half a character', '\ud800'],
		['that leads up a path', '..'],
	])('is answered with 400 without a read for an ID %s', async (_, task_id) => {
		const workflow = await activate();
		expect(await call(workflow, JSON.stringify({ task_id, task_status: 'succeed' }))).toBe(400);
		expect(reads()).toBe(0);
	});

	it('starts the workflow when Kling still says "processing" at first', async () => {
		const workflow = await activate();
		const { task_id } = sandboxOf().createTask({ voice_name: 'N' });
		const status = call(workflow, { task_id, task_status: 'succeed' });
		await untilReads(1);
		sandboxOf().finish(task_id);
		expect(await status).toBe(200);
		expect(await events(workflow)).toHaveLength(1);
	});

	it('starts the workflow when Kling does not know the task for a second', async () => {
		const workflow = await activate();
		const task = finished();
		sandboxOf().addFault(notYet);
		setTimeout(() => sandboxOf().clearFaults(), 1_000);
		const task_info = { external_task_id: 'order-7' };
		expect(await call(workflow, { ...task, task_info })).toBe(200);
		expect(await events(workflow)).toHaveLength(1);
	});

	it('tells its workflow when the result of a success never comes', async () => {
		const workflow = await activate();
		const { task_id } = finished();
		const body = {
			code: 0,
			data: { task_id, task_status: 'succeed', task_result: { voices: [] } },
		};
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', status: 200, body });
		expect(await call(workflow, { task_id, task_status: 'succeed' })).toBe(200);
		expect(await events(workflow)).toEqual([
			expect.objectContaining({
				hint: expect.stringContaining('its custom voice is missing') as string,
			}),
		]);
	});

	it('is answered within 10 s when Kling asks to come again in 20 s', async () => {
		const workflow = await activate();
		const headers = { 'retry-after': '20' };
		sandboxOf().addFault({ on: 'get', kind: 'rateLimited', headers });
		const startedAt = performance.now();
		expect(await call(workflow, finished())).toBe(503);
		expect(performance.now() - startedAt).toBeLessThan(10_000);
	});

	it('starts nothing for a task that ended over 48 hours ago', async () => {
		const workflow = await activate();
		const task = sandboxOf().createTask({ voice_name: 'Old' });
		sandboxOf().finish(task.task_id);
		task.updated_at = Date.now() - 3 * DAY_MS;
		const { task_id } = task;
		expect(await call(workflow, { task_id, task_status: 'succeed' })).toBe(200);
		expect(reads()).toBe(1);
		expect(await events(workflow)).toEqual([]);
	});

	it('costs a bounded number of reads however many there are, and a tagged one still starts the workflow', async () => {
		const types = ['customVoice', 'avatar', 'imageToVideo', 'lipSync', 'textToVideo'];
		const workflow = await activate({ taskTypes: types });
		const { address, body } = await createdFor(workflow.url);
		const startedAt = performance.now();
		const forged = Array.from({ length: 300 }, (_, n) => ({
			task_id: `9${n}`,
			task_status: 'succeed',
		}));
		const calls = forged.map(async (one) => await call(workflow, one));
		expect(await call(address, body)).toBe(200);
		const answers = new Set(await Promise.all(calls));
		const seconds = (performance.now() - startedAt) / 1000;
		expect([200, 503]).toEqual(expect.arrayContaining([...answers]));
		expect(reads()).toBeLessThan(160 + seconds * 10);
		expect(await events(workflow)).toHaveLength(1);
	});
});

describe('A credential with two webhook secrets', () => {
	const other = `whsec_${Buffer.from('another secret of 24 bytes').toString('base64')}`;
	const body = JSON.stringify({ task_id: '5', task_status: 'succeed' });

	it.each([other, SIGNED_EXAMPLE.secret])('takes a callback signed with %s', async (secret) => {
		const webhookSecret = `${SIGNED_EXAMPLE.secret} ${other}`;
		const workflow = await activate({ options: { verify: false } }, { webhookSecret });
		const seconds = Math.floor(Date.now() / 1000);
		const headers = {
			'webhook-id': 'm',
			'webhook-timestamp': String(seconds),
			'webhook-signature': signCallback(secret, 'm', seconds, body),
		};
		expect(await call(workflow, body, headers)).toBe(200);
		expect(await call(workflow, body)).toBe(401);
	});
});
