import { setTimeout as sleep } from 'node:timers/promises';

import { endOf, items, rowsOfRun, usePausing, voice } from '../support/engine/pausing.cjs';

const { sandboxOf, start, finishAll, callBack } = usePausing();

describe('A pause whose time limit passes', () => {
	it('gives task IDs, last status and timed_out, and Get finds the voice by them', async () => {
		sandboxOf().options.submittedMs = 600_000;
		const run = start({ parameters: voice(), items: items(2) });
		await run.paused;
		await run.timeLimitPasses();
		const late = rowsOfRun(await run.finished);
		expect(late).toEqual([
			expect.objectContaining({
				task_id: sandboxOf().tasks[0]?.task_id,
				task_status: 'submitted',
				voice_name: 'Voice 0',
				timed_out: true,
			}),
			expect.objectContaining({ task_id: sandboxOf().tasks[1]?.task_id, timed_out: true }),
		]);
		finishAll();
		const found = await start({
			parameters: {
				operation: 'get',
				voice: { __rl: true, mode: 'taskId', value: late[0]?.task_id },
				options: { waitUntilFinished: true },
			},
		}).finished;
		expect(rowsOfRun(found)[0]?.voice_name).toBe('Voice 0');
	});

	it('tells n8n the time at which the wait ends', async () => {
		const before = Date.now();
		const run = start({ parameters: voice({ options: { timeout: 120 } }), items: items(1) });
		const { waitTill } = await run.paused;
		expect((waitTill?.getTime() ?? 0) - before).toBeGreaterThanOrEqual(120_000);
		expect((waitTill?.getTime() ?? 0) - before).toBeLessThan(130_000);
		finishAll();
		await callBack();
		await run.finished;
	});

	it('ends once when the callback comes at the same moment, and creates nothing twice', async () => {
		const run = start({ parameters: voice(), items: items(2) });
		await run.paused;
		finishAll();
		sandboxOf().addFault({ on: 'list', kind: 'slow', delayMs: 500 });
		const called = callBack(0);
		await sleep(200);
		await run.timeLimitPasses();
		await called;
		const end = await endOf(run);
		expect(rowsOfRun(end).map((row) => row.timed_out)).toEqual([true, true]);
		await sleep(800);
		expect(sandboxOf().tasks).toHaveLength(2);
	});

	it('gives the task ID with Simplify off, although the gateway leaves it out of its answers', async () => {
		sandboxOf().addFault({
			on: 'get',
			kind: 'errorBefore',
			status: 200,
			body: { code: 0, data: { task_status: 'processing' } },
		});
		const run = start({ parameters: voice({ simplify: false }), items: items(1) });
		await run.paused;
		await run.timeLimitPasses();
		expect(JSON.stringify(rowsOfRun(await endOf(run)))).toContain(sandboxOf().tasks[0]?.task_id);
	});
});
