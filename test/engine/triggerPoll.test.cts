import { useInstance, useSandbox } from '../support/engine/kling.cjs';
import { events, useTrigger } from '../support/engine/trigger.cjs';

const sandboxOf = useSandbox({ submittedMs: 10, processingMs: 600_000 });
const instanceOf = useInstance();
const { activate, finished } = useTrigger(sandboxOf, instanceOf);

describe('A poll of the trigger', () => {
	it('gives tasks that ended after the activation, and none that had ended before', async () => {
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

	it('gives a task that was under way at the activation, even behind 350 that had ended', async () => {
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

	it('needs no webhook address', async () => {
		expect((await activate({ receive: 'poll' })).url).toBe('');
	});

	it('sends no request when only callbacks are wanted', async () => {
		const workflow = await activate();
		await workflow.poll();
		expect(sandboxOf().requests).toEqual([]);
	});

	it('reads several pages, and finds tasks that end out of order', async () => {
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

	it('loses no event when it fails', async () => {
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

	it('repeats only an event that n8n could not store', async () => {
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

	it('fails the activation in words when the key is wrong, and so does a poll later on', async () => {
		const wrongKey = { on: 'list', kind: 'errorBefore', error: 'badKey', times: 1 } as const;
		sandboxOf().addFault(wrongKey);
		await expect(activate({ receive: 'poll' })).rejects.toThrow(/problem activating.*key/is);
		const workflow = await activate({ receive: 'poll' });
		sandboxOf().addFault(wrongKey);
		await expect(workflow.poll()).rejects.toThrow(/key/i);
	});

	it('fails the activation in words when the gateway has no list', async () => {
		sandboxOf().options.routes = { list: false };
		await expect(activate({ receive: 'poll' })).rejects.toThrow(/does not offer/);
		sandboxOf().options.routes = {};
	});
});
