import { setTimeout as sleep } from 'node:timers/promises';

import { credentialsFor, outputOf, useInstance, useSandbox } from '../support/engine/kling.cjs';
import { call, events, triggerWorkflow, useTrigger } from '../support/engine/trigger.cjs';

const sandboxOf = useSandbox({ submittedMs: 10, processingMs: 600_000 });
const instanceOf = useInstance();
const { activate, finished } = useTrigger(sandboxOf, instanceOf);

describe('An event of the trigger', () => {
	it('starts the workflow once, however often Kling calls back', async () => {
		const workflow = await activate();
		const task = finished();
		const calls = Array.from({ length: 8 }, async () => await call(workflow, task));
		expect(await Promise.all(calls)).toEqual(Array(8).fill(200));
		await call(workflow, task);
		expect(await events(workflow)).toHaveLength(1);
		expect(workflow.executions).toHaveLength(1);
	});

	it('does not start the workflow again after a restart of n8n', async () => {
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

describe('A test run of the trigger', () => {
	it('starts with the same event again and again after "Listen for test event"', async () => {
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

	it('shows the newest finished task when it polls', async () => {
		finished('Older');
		await sleep(5);
		finished('Newest');
		const { finished: run, url } = await instanceOf().listen(triggerWorkflow({ receive: 'poll' }), {
			credentials: credentialsFor(sandboxOf()),
		});
		expect(url).toBe('');
		expect(outputOf(await run, 'Kling Trigger').map(({ json }) => json.voice_name)).toEqual([
			'Newest',
		]);
	});
});
