import type { IDataObject } from 'n8n-workflow';

import { namedErrors } from '../../sandbox/kling/server.cjs';
import {
	NODE,
	TASK,
	credentialsFor,
	errorItems,
	errorOf,
	outputOf,
	requestCounts,
	rowsOf,
	runKling,
	startSandbox,
	useSandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox();

const ids = (rows: IDataObject[]) => rows.map(({ task_id: id }) => id);

describe('A create at a difficult gateway', () => {
	it('is not sent again when the list cannot be read', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { findByExternalId: false, list: false };
		sandbox.addFault({ on: 'create', kind: 'answerLost', times: 1 });
		const run = await runKling(sandbox, { parameters: TASK });
		expect(sandbox.tasks).toHaveLength(1);
		expect(requestCounts(sandbox).create).toBe(1);
		expect(errorOf(run)).toContain(sandbox.tasks[0]?.external_task_id);
	});

	it('is not sent again when the voice name changes with each try', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'get', kind: 'errorBefore', code: 1103, times: 1 });
		const rows = await rowsOf(sandbox, {
			parameters: { ...TASK, waitFor: 'poll', voiceName: '={{ "v" + $now.toMillis() }}' },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 50 },
		});
		expect(sandbox.tasks).toHaveLength(1);
		expect(ids(rows)).toEqual([sandbox.tasks[0]?.task_id]);
	});

	it('is refused for the second of two items with one external ID', async () => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, {
			parameters: {
				...TASK,
				voiceName: '={{ $json.name }}',
				options: { externalTaskId: 'order-1' },
			},
			items: [{ name: 'Anna' }, { name: 'Bert' }],
			settings: { onError: 'continueErrorOutput' },
		});
		expect(outputOf(run, NODE)).toHaveLength(1);
		expect(errorItems(run)[0]?.message).toContain(
			'Another item of this run has the external task ID',
		);
		expect(sandbox.tasks).toHaveLength(1);
	});

	it('is refused when the unfinished task of its external ID turns out to be another voice', async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = 1_500;
		const options = { externalTaskId: 'order-1' };
		await rowsOf(sandbox, { parameters: { ...TASK, options } });
		const run = await runKling(sandbox, {
			parameters: { ...TASK, voiceName: 'Bert', waitFor: 'poll', options },
		});
		expect(errorOf(run)).toContain('belongs to another task');
	});

	it('makes a new voice although an older one has the same name', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { findByExternalId: false };
		const [old] = await rowsOf(sandbox, { parameters: { ...TASK, waitFor: 'poll' } });
		for (const made of sandbox.tasks) delete made.external_task_id;
		sandbox.addFault({ on: 'create', kind: 'envelope', envelope: 'echo' });
		const [row] = await rowsOf(sandbox, { parameters: TASK });
		expect(row?.task_id).not.toBe(old?.task_id);
		expect(sandbox.tasks).toHaveLength(2);
	});

	it('finds its task after an undocumented refusal with HTTP 200', async () => {
		const sandbox = sandboxOf();
		const body = { success: false, message: 'context deadline exceeded' };
		sandbox.addFault({ on: 'create', kind: 'errorAfter', status: 200, body, times: 1 });
		const rows = await rowsOf(sandbox, { parameters: TASK });
		expect(ids(rows)).toEqual([sandbox.tasks[0]?.task_id]);
		expect(sandbox.tasks).toHaveLength(1);
	});
});

describe('The API key', () => {
	const secret = 'sandbox-key';
	it.each([
		['the reason of a failed task', { on: 'create', kind: 'taskFails', message: `bad ${secret}` }],
		[
			'an error code',
			{ on: 'create', kind: 'errorBefore', status: 400, body: { code: secret, message: 'x' } },
		],
		[
			'a request ID',
			{
				on: 'create',
				kind: 'errorBefore',
				status: 400,
				body: { code: 1201, message: 'x', request_id: secret },
			},
		],
		[
			'the end of a message that is cut',
			{
				on: 'create',
				kind: 'errorBefore',
				status: 400,
				body: { code: 1201, message: 'y'.repeat(490) + secret },
			},
		],
	] as const)('is hidden in %s', async (_name, fault) => {
		const sandbox = sandboxOf();
		sandbox.addFault(fault);
		const run = await runKling(sandbox, { parameters: { ...TASK, waitFor: 'poll' } });
		expect(run.data.resultData.error).toBeDefined();
		expect(JSON.stringify(run)).not.toContain(secret.slice(0, 9));
	});

	it('is hidden in the output with Simplify off', async () => {
		const sandbox = sandboxOf();
		const body = {
			code: 0,
			data: { task_id: '1', headers: { authorization: `Bearer ${secret}` } },
		};
		sandbox.addFault({ on: 'create', kind: 'errorBefore', status: 200, body });
		const [row] = await rowsOf(sandbox, { parameters: { ...TASK, simplify: false } });
		expect(row).toEqual({ task_id: '1', headers: { authorization: 'Bearer ***' } });
	});

	it('is hidden when it is a signed token', async () => {
		const sandbox = sandboxOf();
		const token = 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBSyJ9.c2lnbmF0dXJl';
		sandbox.addFault({ on: 'create', kind: 'errorBefore', code: 1002, message: `bad ${token}` });
		const run = await runKling(sandbox, { parameters: TASK });
		expect(errorOf(run)).toContain('bad ***');
	});

	it('is not sent along a redirect, and neither is a create', async () => {
		const sandbox = sandboxOf();
		const other = await startSandbox({ fetchClips: false });
		const headers = { location: `${other.baseUrl}/v1/general/custom-voices` };
		sandbox.addFault({ on: 'any', kind: 'errorBefore', status: 307, body: {}, headers });
		const run = await runKling(sandbox, { parameters: TASK });
		expect(errorOf(run)).toBeDefined();
		await runKling(sandbox, { parameters: { operation: 'getAll' } });
		expect(other.tasks).toEqual([]);
		expect(other.requests.filter(({ headers: sent }) => sent.authorization)).toEqual([]);
		await other.close();
	});
});

describe('A run against a slow or busy API', () => {
	it.each(['0', '0.2', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
		'sends fewer than ten creates with Retry-After: %s',
		async (value) => {
			const sandbox = sandboxOf();
			sandbox.addFault({
				on: 'create',
				kind: 'errorBefore',
				status: 429,
				body: namedErrors.tooManyInFlight.body,
				headers: { 'retry-after': value },
			});
			await runKling(sandbox, { parameters: { ...TASK, options: { timeout: 2 } } });
			expect(requestCounts(sandbox).create).toBeLessThan(10);
		},
	);

	it('waits as long as Retry-After says', async () => {
		const sandbox = sandboxOf();
		const headers = { 'retry-after': '3' };
		sandbox.addFault({
			on: 'create',
			kind: 'errorBefore',
			status: 503,
			code: 5001,
			headers,
			times: 1,
		});
		await rowsOf(sandbox, { parameters: TASK });
		const [first, second] = sandbox.requests;
		expect((second?.time ?? 0) - (first?.time ?? 0)).toBeGreaterThan(2_950);
	});

	it.each(['abc', 0, -5])('refuses a timeout of %j in words', async (timeout) => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, {
			parameters: { ...TASK, options: { timeout: `={{ ${JSON.stringify(timeout)} }}` } },
		});
		expect(errorOf(run)).toContain('is not a number of seconds');
		expect(sandbox.requests).toEqual([]);
	});

	it('ends at its timeout, however long an answer takes', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'get', kind: 'slow', delayMs: 30_000 });
		const started = performance.now();
		const run = await runKling(sandbox, {
			parameters: { ...TASK, waitFor: 'poll', options: { timeout: 5 } },
		});
		expect(errorOf(run)).toContain('Not finished after 5 s');
		expect(performance.now() - started).toBeLessThan(20_000);
	});
});

describe('An expression', () => {
	it.each([
		['nothing', null, 'There is no Voice'],
		['one dot', '.', 'Voice cannot be'],
		['a path', '../x', 'Voice has characters'],
		['a list', ['7'], 'Voice is not text'],
		['a number that lost digits', Number('850087542757535834'), 'lost digits'],
	])('that gives %s for a task ID is refused before any request', async (_name, id, words) => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, {
			parameters: { operation: 'get', voice: '={{ $json.id }}' },
			items: [{ id }],
		});
		expect(errorOf(run)).toContain(words);
		expect(sandbox.requests).toEqual([]);
	});

	it('may give whole numbers for a name and an ID', async () => {
		const sandbox = sandboxOf();
		const parameters = {
			...TASK,
			voiceName: '={{ 2024 }}',
			options: { externalTaskId: '={{ 1042 }}' },
		};
		await rowsOf(sandbox, { parameters });
		expect(sandbox.tasks[0]).toMatchObject({ voice_name: '2024', external_task_id: '1042' });
	});

	it('that fails among the options is the error of every item', async () => {
		const run = await runKling(sandboxOf(), {
			parameters: { ...TASK, options: { maxConcurrency: '={{ $("Nowhere").item.json.x }}' } },
			items: [{}, {}],
			settings: { onError: 'continueErrorOutput' },
			credentials: credentialsFor(sandboxOf()),
		});
		expect(outputOf(run, NODE)).toEqual([]);
		expect(errorItems(run)).toHaveLength(2);
	});
});
