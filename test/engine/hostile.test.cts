import type { IDataObject } from 'n8n-workflow';

import { namedErrors } from '../../sandbox/kling/server.cjs';
import {
	CLIP,
	NODE,
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

const task = { voiceName: 'Narrator A', voiceUrl: CLIP, waitFor: 'none' };
const ids = (rows: IDataObject[]) => rows.map(({ task_id: id }) => id);

describe('Gateways that make it hard to pay only once', () => {
	it('an unreadable list is no proof that a task does not exist', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { findByExternalId: false, list: false };
		sandbox.addFault({ on: 'create', kind: 'answerLost', times: 1 });
		const run = await runKling(sandbox, { parameters: task });
		expect(sandbox.tasks).toHaveLength(1);
		expect(requestCounts(sandbox).create).toBe(1);
		expect(errorOf(run)).toContain(sandbox.tasks[0]?.external_task_id);
	});

	it('a name that changes from try to try does not make a second voice', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'get', kind: 'errorBefore', code: 1103, times: 1 });
		const rows = await rowsOf(sandbox, {
			parameters: { ...task, waitFor: 'poll', voiceName: '={{ "v" + $now.toMillis() }}' },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 50 },
		});
		expect(sandbox.tasks).toHaveLength(1);
		expect(ids(rows)).toEqual([sandbox.tasks[0]?.task_id]);
	});

	it('two items with one external id: the second is refused, not given the voice of the first', async () => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, {
			parameters: {
				...task,
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

	it("another run's unfinished task is recognised when it turns out to be another voice", async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = 1_500;
		const options = { externalTaskId: 'order-1' };
		await rowsOf(sandbox, { parameters: { ...task, options } });
		const run = await runKling(sandbox, {
			parameters: { ...task, voiceName: 'Bert', waitFor: 'poll', options },
		});
		expect(errorOf(run)).toContain('belongs to another task');
	});

	it('an older voice of the same name is not taken for the new one', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { findByExternalId: false };
		const [old] = await rowsOf(sandbox, { parameters: { ...task, waitFor: 'poll' } });
		for (const made of sandbox.tasks) delete made.external_task_id;
		sandbox.addFault({ on: 'create', kind: 'envelope', envelope: 'echo' });
		const [row] = await rowsOf(sandbox, { parameters: task });
		expect(row?.task_id).not.toBe(old?.task_id);
		expect(sandbox.tasks).toHaveLength(2);
	});

	it('a refusal in a 200 that nobody documents is looked into', async () => {
		const sandbox = sandboxOf();
		const body = { success: false, message: 'context deadline exceeded' };
		sandbox.addFault({ on: 'create', kind: 'errorAfter', status: 200, body, times: 1 });
		const rows = await rowsOf(sandbox, { parameters: task });
		expect(ids(rows)).toEqual([sandbox.tasks[0]?.task_id]);
		expect(sandbox.tasks).toHaveLength(1);
	});
});

describe('What must not leak', () => {
	const secret = 'sandbox-key';
	it.each([
		['the reason of a failed task', { on: 'create', kind: 'taskFails', message: `bad ${secret}` }],
		[
			'a code',
			{ on: 'create', kind: 'errorBefore', status: 400, body: { code: secret, message: 'x' } },
		],
		[
			'a request id',
			{
				on: 'create',
				kind: 'errorBefore',
				status: 400,
				body: { code: 1201, message: 'x', request_id: secret },
			},
		],
		[
			'the end of a cut message',
			{
				on: 'create',
				kind: 'errorBefore',
				status: 400,
				body: { code: 1201, message: 'y'.repeat(490) + secret },
			},
		],
	] as const)('the key in %s', async (_name, fault) => {
		const sandbox = sandboxOf();
		sandbox.addFault(fault);
		const run = await runKling(sandbox, { parameters: { ...task, waitFor: 'poll' } });
		expect(run.data.resultData.error).toBeDefined();
		expect(JSON.stringify(run)).not.toContain(secret.slice(0, 9));
	});

	it('the key in raw output', async () => {
		const sandbox = sandboxOf();
		const body = {
			code: 0,
			data: { task_id: '1', headers: { authorization: `Bearer ${secret}` } },
		};
		sandbox.addFault({ on: 'create', kind: 'errorBefore', status: 200, body });
		const [row] = await rowsOf(sandbox, { parameters: { ...task, simplify: false } });
		expect(row).toEqual({ task_id: '1', headers: { authorization: 'Bearer ***' } });
	});

	it('a signed token', async () => {
		const sandbox = sandboxOf();
		const token = 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBSyJ9.c2lnbmF0dXJl';
		sandbox.addFault({ on: 'create', kind: 'errorBefore', code: 1002, message: `bad ${token}` });
		const run = await runKling(sandbox, { parameters: task });
		expect(errorOf(run)).toContain('bad ***');
	});

	it('a redirect is not followed with a create, nor with the key to another host', async () => {
		const sandbox = sandboxOf();
		const other = await startSandbox({ fetchClips: false });
		const headers = { location: `${other.baseUrl}/v1/general/custom-voices` };
		sandbox.addFault({ on: 'any', kind: 'errorBefore', status: 307, body: {}, headers });
		const run = await runKling(sandbox, { parameters: task });
		expect(errorOf(run)).toBeDefined();
		await runKling(sandbox, { parameters: { operation: 'getAll' } });
		expect(other.tasks).toEqual([]);
		expect(other.requests.filter(({ headers: sent }) => sent.authorization)).toEqual([]);
		await other.close();
	});
});

describe('What must not hang or hammer', () => {
	it.each(['0', '0.2', 'Thu, 01 Jan 1970 00:00:00 GMT'])('Retry-After: %s', async (value) => {
		const sandbox = sandboxOf();
		sandbox.addFault({
			on: 'create',
			kind: 'errorBefore',
			status: 429,
			body: namedErrors.tooManyInFlight.body,
			headers: { 'retry-after': value },
		});
		await runKling(sandbox, { parameters: { ...task, options: { timeout: 2 } } });
		expect(requestCounts(sandbox).create).toBeLessThan(10);
	});

	it('Retry-After is waited for', async () => {
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
		await rowsOf(sandbox, { parameters: task });
		const [first, second] = sandbox.requests;
		expect((second?.time ?? 0) - (first?.time ?? 0)).toBeGreaterThan(2_950);
	});

	it.each(['abc', 0, -5])('a timeout of %j is refused in words', async (timeout) => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, {
			parameters: { ...task, options: { timeout: `={{ ${JSON.stringify(timeout)} }}` } },
		});
		expect(errorOf(run)).toContain('is not a number of seconds');
		expect(sandbox.requests).toEqual([]);
	});

	it('an API that takes long to answer does not outlast the timeout', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'get', kind: 'slow', delayMs: 30_000 });
		const started = performance.now();
		const run = await runKling(sandbox, {
			parameters: { ...task, waitFor: 'poll', options: { timeout: 5 } },
		});
		expect(errorOf(run)).toContain('Not finished after 5 s');
		expect(performance.now() - started).toBeLessThan(20_000);
	});
});

describe('What expressions may give', () => {
	it.each([
		['nothing', null, 'There is no Task ID'],
		['one dot', '.', 'There is no Task ID'],
		['a number that lost digits', Number('850087542757535834'), 'lost digits'],
	])('a task ID of %s is refused before any request', async (_name, id, words) => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, {
			parameters: { operation: 'get', taskId: '={{ $json.id }}' },
			items: [{ id }],
		});
		expect(errorOf(run)).toContain(words);
		expect(sandbox.requests).toEqual([]);
	});

	it('numbers are names and ids too, as long as they are whole', async () => {
		const sandbox = sandboxOf();
		const parameters = {
			...task,
			voiceName: '={{ 2024 }}',
			options: { externalTaskId: '={{ 1042 }}' },
		};
		await rowsOf(sandbox, { parameters });
		expect(sandbox.tasks[0]).toMatchObject({ voice_name: '2024', external_task_id: '1042' });
	});

	it('a bad expression among the options is the error of every item', async () => {
		const run = await runKling(sandboxOf(), {
			parameters: { ...task, options: { maxConcurrency: '={{ $("Nowhere").item.json.x }}' } },
			items: [{}, {}],
			settings: { onError: 'continueErrorOutput' },
			credentials: credentialsFor(sandboxOf()),
		});
		expect(outputOf(run, NODE)).toEqual([]);
		expect(errorItems(run)).toHaveLength(2);
	});
});
