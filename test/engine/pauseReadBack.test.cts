import { setTimeout as sleep } from 'node:timers/promises';

import { startOn, useInstance } from '../support/engine/kling.cjs';
import { endOf, items, rowsOfRun, usePausing, voice } from '../support/engine/pausing.cjs';

const { sandboxOf, start, finishAll, callBack } = usePausing();

describe('The look at Kling after a final callback', () => {
	// Kling calls once for each task; its own list or a replica may be a moment behind.
	it.each([
		['one item', 1, 'get' as const],
		['several items', 2, 'list' as const],
	])('is repeated when Kling still says "processing", for %s', async (_, count, on) => {
		const run = start({ parameters: voice(), items: items(count) });
		await run.paused;
		const behind = sandboxOf().tasks.map(({ task_id }) => ({ task_id, task_status: 'processing' }));
		sandboxOf().addFault({
			on,
			kind: 'errorBefore',
			status: 200,
			body: { code: 0, data: on === 'get' ? behind[0] : behind },
			times: 1,
		});
		finishAll();
		for (const index of behind.keys()) await callBack(index);
		expect((await run.finished).status).toBe('success');
	});

	it('is repeated when Kling still says "processing" after two callbacks in a row', async () => {
		const run = start({ parameters: voice(), items: items(2) });
		await run.paused;
		const data = sandboxOf().tasks.map(({ task_id }) => ({ task_id, task_status: 'processing' }));
		const body = { code: 0, data };
		sandboxOf().addFault({ on: 'list', kind: 'errorBefore', status: 200, body, times: 2 });
		finishAll();
		await callBack(0);
		await sleep(300);
		await callBack(1);
		expect((await run.finished).status).toBe('success');
	});

	it('is repeated when the callback carries a foreign task ID beside our external ID', async () => {
		const run = start({ parameters: voice(), items: items(1) });
		await run.paused;
		const [{ task_id, external_task_id } = { task_id: '' }] = sandboxOf().tasks;
		const body = { code: 0, data: { task_id, task_status: 'processing' } };
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', status: 200, body, times: 1 });
		finishAll();
		await callBack(0, { task_id: '9', task_status: 'succeed', task_info: { external_task_id } });
		expect((await run.finished).status).toBe('success');
	});

	it('leaves the execution paused when it fails, and the next callback resumes it', async () => {
		const run = start({ parameters: voice(), items: items(1) });
		await run.paused;
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', error: 'badKey', times: 1 });
		finishAll();
		expect(await callBack()).toBe(200);
		await sleep(300);
		expect(await callBack()).toBe(200);
		expect((await endOf(run)).status).toBe('success');
	});
});

describe('A callback that n8n refuses because the execution is not stored yet', () => {
	useWallTime();
	const busyOf = useInstance({ storingMs: 1_500 });

	it('is not missed when the voice was ready before its create was answered', async () => {
		Object.assign(sandboxOf().options, { processingMs: 100 });
		sandboxOf().addFault({ on: 'create', kind: 'slow', delayMs: 700 });
		const run = start({ parameters: voice(), items: items(1) });
		await run.paused;
		expect((await run.finished).status).toBe('success');
	});

	it('is not missed when n8n stores many pauses late', async () => {
		Object.assign(sandboxOf().options, { processingMs: 200, callbacks: true });
		const runs = items(6).map((item) =>
			startOn(busyOf(), sandboxOf(), { parameters: voice(), items: [item] }),
		);
		const ends = await Promise.all(runs.map(async (run) => await endOf(run)));
		expect(ends.map((end) => rowsOfRun(end)[0]?.voice_name)).toEqual(
			items(6).map(({ n }) => `Voice ${String(n)}`),
		);
		const final = sandboxOf().callbacks.filter((call) => call.task_status === 'succeed');
		expect(final.map(({ status }) => status)).toEqual(Array(6).fill(409));
	});
});
