import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import {
	CLIP,
	errorItems,
	errorOf,
	requestCounts,
	rowsOf,
	runKling,
	startKling,
	useSandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox();

const task = { voiceName: 'Narrator A', voiceUrl: CLIP };

describe('Waiting for a task', () => {
	it('asks at most four times in nine seconds of work, and never after the end', async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = 8_900;
		await rowsOf(sandbox, { parameters: task });
		await sleep(1_000);
		expect(requestCounts(sandbox).get).toBeLessThanOrEqual(4);
		const [create, firstLook] = sandbox.requests;
		expect((firstLook?.time ?? 0) - (create?.time ?? 0)).toBeGreaterThan(2_900);
	});

	it('bridges faults of single looks', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 500, times: 1 });
		sandbox.addFault({ on: 'get', kind: 'resetBefore', times: 1 });
		const [row] = await rowsOf(sandbox, { parameters: task });
		expect(row?.voice_name).toBe('Narrator A');
	});

	it('outlives a gateway that is saturated for a while and gives no code', async () => {
		const sandbox = sandboxOf();
		const body = { error: { message: 'saturated' } };
		sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 429, body, times: 5 });
		const [row] = await rowsOf(sandbox, { parameters: task });
		expect(row?.voice_name).toBe('Narrator A');
	});

	it('outlives an API that is gone for longer than its patience with one look', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 503, times: 6 });
		const [row] = await rowsOf(sandbox, { parameters: task });
		expect(row?.voice_name).toBe('Narrator A');
		expect(requestCounts(sandbox)).toEqual({ create: 1, get: 7 });
	});

	it('ends at once when the key is refused meanwhile, and names the task', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'get', kind: 'errorBefore', error: 'badKey' });
		const run = await runKling(sandbox, { parameters: task });
		expect(errorOf(run)).toContain(`task ${sandbox.tasks[0]?.task_id ?? ''}`);
		expect(requestCounts(sandbox)).toEqual({ create: 1, get: 1 });
	});

	it('ends with an error that names the task when time is up', async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = 60_000;
		const run = await runKling(sandbox, {
			parameters: { ...task, options: { timeout: 4 } },
			settings: { onError: 'continueErrorOutput' },
		});
		const [failure] = errorItems(run);
		expect(failure?.message).toContain('Not finished after 4 s (last status: processing)');
		expect(failure?.message).toContain(sandbox.tasks[0]?.task_id);
		expect(failure).toMatchObject({
			task_id: sandbox.tasks[0]?.task_id,
			task_status: 'processing',
		});
	});

	it('stops within a second when the execution is cancelled, and sends nothing more', async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = 60_000;
		const run = startKling(sandbox, { parameters: task, items: [{}, {}, {}] });
		await sleep(4_000);
		const asked = sandbox.requests.length;
		const cancelledAt = performance.now();
		const stalls = monitorEventLoopDelay({ resolution: 10 });
		stalls.enable();
		run.cancel();
		const result = await run.finished.catch((error: unknown) => error);
		stalls.disable();
		// On a busy machine the whole process may stand still.
		const stalledMs = stalls.max / 1e6;
		expect(performance.now() - cancelledAt - stalledMs).toBeLessThan(1_000);
		expect(result).toBeDefined();
		await sleep(6_000);
		expect(sandbox.requests).toHaveLength(asked);
	});

	it('creates nothing more after a cancellation', async () => {
		const sandbox = sandboxOf();
		sandbox.options.createMs = 200;
		const items = Array.from({ length: 50 }, () => ({}));
		const run = startKling(sandbox, { parameters: { ...task, waitFor: 'none' }, items });
		await sleep(500);
		run.cancel();
		await run.finished.catch(() => undefined);
		await sleep(1_500);
		expect(sandbox.tasks.length).toBeLessThan(25);
	});
});

describe('A full account slows the node down instead of failing items', () => {
	it('1303 while a create is under way: the ideal time, no failed item', async () => {
		const sandbox = sandboxOf();
		Object.assign(sandbox.options, { createMs: 200, maxInFlight: 3, slotHeldBy: 'request' });
		// 60 creates, 3 at a time, 200 ms each: as long as that takes here and now. The bench measures it exactly.
		const started = performance.now();
		const since = () => performance.now() - started;
		const ideal = (async () => {
			for (let turn = 0; turn < 20; turn += 1) await sleep(200);
			return since();
		})();
		const rows = await rowsOf(sandbox, {
			parameters: { ...task, waitFor: 'none', options: { maxConcurrency: 20 } },
			items: Array.from({ length: 60 }, () => ({})),
		});
		expect(rows).toHaveLength(60);
		expect(sandbox.tasks).toHaveLength(60);
		expect(since() / (await ideal)).toBeLessThan(2);
	});

	it('1303 until a task has ended: the others wait for their turn', async () => {
		const sandbox = sandboxOf();
		Object.assign(sandbox.options, { maxInFlight: 2, slotHeldBy: 'task', processingMs: 1_000 });
		const rows = await rowsOf(sandbox, {
			parameters: task,
			items: Array.from({ length: 8 }, () => ({})),
		});
		expect(rows.map(({ task_status: status }) => status)).toEqual(Array(8).fill('succeed'));
		expect(sandbox.tasks).toHaveLength(8);
	});

	it('1302 is waited out, as long as the server asks', async () => {
		const sandbox = sandboxOf();
		Object.assign(sandbox.options, { ratePerSecond: 5, retryAfterSeconds: 1 });
		const rows = await rowsOf(sandbox, {
			parameters: { ...task, waitFor: 'none' },
			items: Array.from({ length: 15 }, () => ({})),
		});
		expect(rows).toHaveLength(15);
	});

	it('gives up after the timeout when nothing moves, in words', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'tooManyInFlight' });
		const run = await runKling(sandbox, { parameters: { ...task, options: { timeout: 3 } } });
		expect(errorOf(run)).toContain('More tasks at once than the resource pack allows');
	});

	it('a 429 that hides its cause gets a few tries and no more', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'errorBefore', error: 'saturated' });
		const run = await runKling(sandbox, { parameters: task });
		expect(errorOf(run)).toContain('saturated');
		expect(requestCounts(sandbox).create).toBe(4);
	});
});
