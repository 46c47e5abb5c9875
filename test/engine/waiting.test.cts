import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import {
	TASK,
	VOICE,
	errorItems,
	errorOf,
	requestCounts,
	rowsOf,
	runKling,
	startKling,
	useSandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox();

describe('Waiting for a task', () => {
	it('sends at most four requests in nine seconds, and none after the end', async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = 8_900;
		await rowsOf(sandbox, { parameters: VOICE });
		await sleep(1_000);
		expect(requestCounts(sandbox).get).toBeLessThanOrEqual(4);
		const [create, firstLook] = sandbox.requests;
		expect((firstLook?.time ?? 0) - (create?.time ?? 0)).toBeGreaterThan(2_900);
	});

	it('continues after single requests that fail', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 500, times: 1 });
		sandbox.addFault({ on: 'get', kind: 'resetBefore', times: 1 });
		const [row] = await rowsOf(sandbox, { parameters: VOICE });
		expect(row?.voice_name).toBe('Narrator A');
	});

	it('continues after a gateway that answers 429 without a code five times', async () => {
		const sandbox = sandboxOf();
		const body = { error: { message: 'saturated' } };
		sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 429, body, times: 5 });
		const [row] = await rowsOf(sandbox, { parameters: VOICE });
		expect(row?.voice_name).toBe('Narrator A');
	});

	it('continues after an API that answers 503 six times', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 503, times: 6 });
		const [row] = await rowsOf(sandbox, { parameters: VOICE });
		expect(row?.voice_name).toBe('Narrator A');
		expect(requestCounts(sandbox)).toEqual({ create: 1, get: 7 });
	});

	it('continues when the first look does not know the new task', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({
			on: 'get',
			kind: 'errorBefore',
			code: 1201,
			message: 'Task not found',
			times: 2,
		});
		const [row] = await rowsOf(sandbox, { parameters: VOICE });
		expect(row?.voice_name).toBe('Narrator A');
	});

	it('continues when the task has succeeded and its voice is not there yet', async () => {
		const sandbox = sandboxOf();
		const body = { code: 0, data: { task_status: 'succeed', task_result: { voices: [] } } };
		sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 200, body, times: 2 });
		const [row] = await rowsOf(sandbox, { parameters: VOICE });
		expect(row?.voice_name).toBe('Narrator A');
		expect(row?.voice_id).toBeDefined();
	});

	it('ends with an error that names the task when its voice never comes', async () => {
		const sandbox = sandboxOf();
		const body = { code: 0, data: { task_status: 'succeed' } };
		sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 200, body });
		const run = await runKling(sandbox, { parameters: { ...VOICE, options: { timeout: 8 } } });
		expect(errorOf(run)).toContain('no custom voice came with it');
		expect(errorOf(run)).toContain(`task ${sandbox.tasks[0]?.task_id ?? ''}`);
	});

	it('says with Get that the voice has been deleted', async () => {
		const sandbox = sandboxOf();
		const [made] = await rowsOf(sandbox, { parameters: VOICE });
		const voiceId = { __rl: true, mode: 'id', value: made?.voice_id };
		await rowsOf(sandbox, { parameters: { operation: 'delete', voiceId } });
		const run = await runKling(sandbox, {
			parameters: {
				operation: 'get',
				voice: made?.task_id,
				options: { waitUntilFinished: true },
			},
		});
		expect(errorOf(run)).toContain('The custom voice has been deleted');
	});

	it('ends at once when the key is refused meanwhile, and names the task', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'get', kind: 'errorBefore', error: 'badKey' });
		const run = await runKling(sandbox, { parameters: VOICE });
		expect(errorOf(run)).toContain(`task ${sandbox.tasks[0]?.task_id ?? ''}`);
		expect(requestCounts(sandbox)).toEqual({ create: 1, get: 1 });
	});

	it('ends with an error that names the task when time is up', async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = 60_000;
		const run = await runKling(sandbox, {
			parameters: { ...VOICE, options: { timeout: 4 } },
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
		const run = startKling(sandbox, { parameters: VOICE, items: [{}, {}, {}] });
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
		const run = startKling(sandbox, { parameters: TASK, items });
		await sleep(500);
		run.cancel();
		await run.finished.catch(() => undefined);
		await sleep(1_500);
		expect(sandbox.tasks.length).toBeLessThan(25);
	});
});

describe('An account at its limit', () => {
	it('slows creates down to its limit without a failed item (code 1303)', async () => {
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
			parameters: { ...VOICE, waitFor: 'none', options: { maxConcurrency: 20 } },
			items: Array.from({ length: 60 }, () => ({})),
		});
		expect(rows).toHaveLength(60);
		expect(sandbox.tasks).toHaveLength(60);
		expect(since() / (await ideal)).toBeLessThan(2);
	});

	it('delays creates until a task has ended (code 1303)', async () => {
		const sandbox = sandboxOf();
		Object.assign(sandbox.options, { maxInFlight: 2, slotHeldBy: 'task', processingMs: 1_000 });
		const rows = await rowsOf(sandbox, {
			parameters: VOICE,
			items: Array.from({ length: 8 }, () => ({})),
		});
		expect(rows.map(({ task_status: status }) => status)).toEqual(Array(8).fill('succeed'));
		expect(sandbox.tasks).toHaveLength(8);
	});

	it('delays creates for as long as Retry-After says (code 1302)', async () => {
		const sandbox = sandboxOf();
		Object.assign(sandbox.options, { ratePerSecond: 5, retryAfterSeconds: 1 });
		const rows = await rowsOf(sandbox, {
			parameters: TASK,
			items: Array.from({ length: 15 }, () => ({})),
		});
		expect(rows).toHaveLength(15);
	});

	it('ends the run in words when nothing is accepted before the timeout', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'tooManyInFlight' });
		const run = await runKling(sandbox, { parameters: { ...VOICE, options: { timeout: 3 } } });
		expect(errorOf(run)).toContain('More tasks at once than the resource pack allows');
	});

	it('gets four tries when its 429 hides the cause', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'errorBefore', error: 'saturated' });
		const run = await runKling(sandbox, { parameters: VOICE });
		expect(errorOf(run)).toContain('Too many requests at the moment');
		expect(requestCounts(sandbox).create).toBe(4);
	});
});
