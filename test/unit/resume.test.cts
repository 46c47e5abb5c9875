import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';

import { resumeTasks } from '../../nodes/Kling/operation/resume';
import { VOICE_WORDS } from '../../nodes/Kling/resources/customVoice/words';
import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import {
	API_KEY,
	rowOf,
	storing,
	streamOf,
	webhookOf,
	type Api,
	type GivenWebhook,
} from '../support/contexts.cjs';

const resume = async (context: IWebhookFunctions) =>
	await resumeTasks(context, { kind: CUSTOM_VOICE, words: VOICE_WORDS });

const PATH = '/v1/general/custom-voices';

let executions = 0;
const newExecution = () => String(5000 + (executions += 1));

const done = (id: string, more: IDataObject = {}) => ({
	task_id: id,
	task_status: 'succeed',
	task_result: { voices: [{ voice_id: `voice-${id}`, voice_name: `Voice ${id}` }] },
	...more,
});
const busy = (id: string) => ({ task_id: id, task_status: 'processing' });
const failing = (id: string) => ({ task_id: id, task_status: 'failed', task_status_msg: 'music' });

/** What stands in a paused execution for the task `id`. */
const waiting = (id: string, executionId: string, more: IDataObject = {}) =>
	rowOf({
		task_id: id,
		external_task_id: `n8n-${executionId}-${id}-abc`,
		task_status: 'submitted',
		voice_name: `Voice ${id}`,
		timed_out: true,
		...more,
	});

const gateway =
	(tasks: Record<string, IDataObject>): Api =>
	({ path }) => {
		if (path === PATH) return { data: Object.values(tasks) };
		const task = tasks[path.slice(PATH.length + 1)];
		return task
			? { data: task }
			: { status: 404, body: { code: 1203, message: 'Task not found', request_id: 'r' } };
	};

const FINAL = { task_id: '1', task_status: 'succeed' };

async function call(given: Partial<GivenWebhook> & Pick<GivenWebhook, 'api' | 'input'>) {
	const hook = webhookOf({ body: FINAL, executionId: newExecution(), ...given });
	// Looks that are repeated for a minute shall not take one here.
	jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
	const answered = resume(hook.context);
	await jest.advanceTimersByTimeAsync(120_000);
	jest.useRealTimers();
	const answer = await answered;
	return { answer, items: answer.workflowData?.[0], ...hook };
}

/** One call on a pause for these tasks. */
async function callFor(
	tasks: IDataObject[],
	known: Record<string, IDataObject>,
	more: Partial<GivenWebhook> = {},
) {
	const executionId = newExecution();
	const input = tasks.map(({ task_id: id, ...rest }) => waiting(String(id), executionId, rest));
	return await call({ api: gateway(known), input, executionId, ...more });
}

describe('A callback to a paused execution', () => {
	test('is answered before any request to Kling', async () => {
		const never: Api = async () => await new Promise(() => undefined);
		const executionId = newExecution();
		const hook = webhookOf({
			api: never,
			input: [waiting('1', executionId)],
			body: FINAL,
			executionId,
		});
		void resume(hook.context);
		expect(hook.heard).toMatchObject({ status: 200, json: { received: true } });
	});

	test.each([
		['submitted', { task_id: '1', task_status: 'submitted' }],
		['processing', { task_id: '1', task_status: 'processing' }],
		['nothing', undefined],
		['null', null],
		['a list', []],
		['a text', 'succeed'],
		['a number', 5],
		['an empty object', {}],
	])('that says %s sends no request and ends nothing', async (_, body) => {
		const { answer, requests, heard } = await callFor(
			[{ task_id: '1' }],
			{ 1: done('1') },
			{ body },
		);
		expect(answer).toEqual({ noWebhookResponse: true });
		expect(requests).toEqual([]);
		expect([heard.status, heard.errors]).toEqual([200, []]);
	});

	test('is not trusted: its claim is read back from Kling', async () => {
		const body = { ...FINAL, task_result: { voices: [{ voice_id: 'evil' }] } };
		const early = await callFor([{ task_id: '1' }], { 1: busy('1') }, { body });
		expect(early.answer).toEqual({ noWebhookResponse: true });
		const late = await callFor([{ task_id: '1' }], { 1: done('1') }, { body });
		expect(late.items?.map(({ json }) => json.voice_id)).toEqual(['voice-1']);
	});

	test('from any sender may cause a look at Kling', async () => {
		const body = { task_id: 'somebody else’s', task_status: 'failed' };
		const { items } = await callFor([{ task_id: '1' }], { 1: done('1') }, { body });
		expect(items).toHaveLength(1);
	});
});

describe('A paused execution is resumed', () => {
	test('when all are final, with the items in order and paired', async () => {
		const { items, answer } = await callFor([{ task_id: '2' }, { task_id: '1' }], {
			1: done('1'),
			2: done('2'),
		});
		expect(answer.noWebhookResponse).toBe(true);
		expect(items).toEqual([
			{
				json: expect.objectContaining({ task_id: '2', voice_id: 'voice-2' }) as object,
				pairedItem: { item: 0 },
			},
			{
				json: expect.objectContaining({ task_id: '1', voice_id: 'voice-1' }) as object,
				pairedItem: { item: 1 },
			},
		]);
		expect(JSON.stringify(items)).not.toContain('timed_out');
	});

	test('not while one is unfinished', async () => {
		const { items } = await callFor([{ task_id: '1' }, { task_id: '2' }], {
			1: done('1'),
			2: busy('2'),
		});
		expect(items).toBeUndefined();
	});

	test('not while one is unfinished, without a look at the others', async () => {
		const known = { 1: done('1'), 2: done('2'), 3: busy('3') };
		const api: Api = (request) => (request.path === PATH ? { data: [] } : gateway(known)(request));
		const { items, requests } = await callFor(
			[{ task_id: '1' }, { task_id: '2' }, { task_id: '3' }],
			known,
			{ api },
		);
		expect(items).toBeUndefined();
		expect(requests.map(({ path }) => path)).toEqual([PATH, `${PATH}/3`]);
	});

	test('once, and after one look, when it is called twice at once', async () => {
		const executionId = newExecution();
		const given = { api: gateway({ 1: done('1') }), input: [waiting('1', executionId)] };
		const both = await Promise.all([
			call({ ...given, executionId }),
			call({ ...given, executionId }),
		]);
		expect(both.map(({ items }) => items?.length)).toEqual([1, undefined]);
		expect(both.flatMap(({ requests }) => requests)).toHaveLength(1);
	});

	test('with a failed one as an item with "error", its IDs and Kling’s reason', async () => {
		const { items } = await callFor([{ task_id: '1' }, { task_id: '2' }], {
			1: done('1'),
			2: failing('2'),
		});
		expect(Object.keys(items?.[1]?.json ?? {})).toEqual(['error']);
		expect(items?.[1]?.json.error).toMatchObject({
			message: expect.stringContaining('music [item 1, task 2]') as string,
			task_id: '2',
			task_status: 'failed',
		});
	});

	test('with rows unchanged that were finished before the pause', async () => {
		const error = { error: { message: 'no name' } };
		const unnamed = { external_task_id: 'x', hint: 'named no task' };
		const executionId = newExecution();
		const { items, requests } = await call({
			api: gateway({ 1: done('1') }),
			input: [rowOf(error), waiting('1', executionId), rowOf(unnamed)],
			executionId,
		});
		expect(items?.map(({ json }) => json)).toEqual([
			error,
			expect.objectContaining({ voice_id: 'voice-1' }),
			unnamed,
		]);
		expect(items?.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(requests.map(({ path }) => path)).toEqual([`${PATH}/1`]);
	});

	test('where files are kept inside the JSON, too', async () => {
		const executionId = newExecution();
		const { items } = await call({
			api: gateway({ 1: done('1') }),
			input: [waiting('1', executionId).json],
			executionId,
		});
		expect(items?.[0]?.json).toMatchObject({ voice_id: 'voice-1' });
	});

	test('with the known IDs when the answer leaves them out', async () => {
		const { task_id: _, ...anonymous } = done('1');
		const { items } = await callFor([{ task_id: '1' }], { 1: anonymous });
		expect(items?.[0]?.json).toMatchObject({ task_id: '1', voice_id: 'voice-1' });
		expect(items?.[0]?.json.external_task_id).toMatch(/^n8n-/);
	});

	test('with the task as Kling sent it with Simplify off', async () => {
		const wishes = { simple: false };
		const { items } = await callFor([{ task_id: '1' }], { 1: done('1') }, { wishes });
		expect(items?.[0]?.json).toEqual(done('1'));
	});

	test('not by a callback after the time limit, when n8n has resumed it', async () => {
		const untilMs = Date.now() - 1;
		const { answer } = await callFor([{ task_id: '1' }], { 1: done('1') }, { untilMs });
		expect(answer).toEqual({ noWebhookResponse: true });
	});

	test.each([
		[{ simple: true, fileField: 'voice' }, ['voice']],
		[{ simple: true }, []],
	])('with its sample when that was asked for: %j', async (wishes, fields) => {
		const voices = [
			{ voice_id: '7', voice_name: 'Voice 1', trial_url: 'https://example.com/a.mp3' },
		];
		const { items } = await callFor(
			[{ task_id: '1' }],
			{ 1: done('1', { task_result: { voices } }) },
			{
				wishes,
				helpers: {
					httpRequest: async () => ({
						statusCode: 200,
						headers: {},
						body: streamOf(Buffer.from('ID3 and sound')),
					}),
					prepareBinaryData: storing([]),
				},
			},
		);
		expect(Object.keys(items?.[0]?.binary ?? {})).toEqual(fields);
	});
});

describe('The voice of a resumed item', () => {
	const named = (voice_name: string, external_task_id: string) =>
		done('1', {
			task_info: { external_task_id },
			task_result: { voices: [{ voice_id: '7', voice_name }] },
		});

	test('must have its name when the user chose the external ID', async () => {
		const own = { external_task_id: 'order-1' };
		const theirs = await callFor([{ task_id: '1', ...own }], { 1: named('Other', 'order-1') });
		expect(theirs.items?.[0]?.json.error).toMatchObject({
			message: expect.stringContaining('belongs to another task') as string,
		});
		const ours = await callFor([{ task_id: '1', ...own }], { 1: named('Voice 1', 'order-1') });
		expect(ours.items?.[0]?.json).toMatchObject({ voice_id: '7' });
	});

	test('may have any name when the external ID is of this execution', async () => {
		const executionId = newExecution();
		const { items } = await call({
			api: gateway({ 1: named('VOICE-1', `n8n-${executionId}-1-abc`) }),
			input: [waiting('1', executionId)],
			executionId,
		});
		expect(items?.[0]?.json).toMatchObject({ voice_id: '7' });
	});

	it('is not that of another item of the run', async () => {
		const executionId = newExecution();
		const newest = done('2', { task_info: { external_task_id: `n8n-${executionId}-2-abc` } });
		const { items } = await call({
			api: ({ path }) => (path === PATH ? { data: [] } : { data: newest }),
			input: [waiting('1', executionId), waiting('2', executionId)],
			executionId,
		});
		expect(items?.[0]?.json.voice_id).not.toBe('voice-2');
	});

	// Kling may trim a name, and two ways to write é are one name; the voice is made and paid for.
	it.each([
		['Anna ', 'Anna'],
		['Ren\u00e9', 'Rene\u0301'],
		['2024', 2024],
	])('is recognized when it was named %j and Kling names it %j', async (given, made) => {
		const { items } = await callFor(
			[{ task_id: '1', external_task_id: 'order-1', voice_name: given }],
			{ 1: done('1', { task_result: { voices: [{ voice_id: '7', voice_name: made }] } }) },
		);
		expect(items?.[0]?.json.error).toBeUndefined();
	});
});

describe('A problem during a callback', () => {
	test.each<[string, Partial<GivenWebhook>]>([
		['no stored rows', { input: undefined }],
		['no list', { input: 'nothing' }],
		['rows that are none', { input: [null, 5, 'x'] }],
	])('throws nothing: %s', async (_, given) => {
		const { answer } = await call({ api: gateway({}), input: [], ...given });
		expect(answer.noWebhookResponse).toBe(true);
	});

	test('is logged, not thrown, when an expression cannot be evaluated', async () => {
		const { context, heard } = webhookOf({
			api: gateway({}),
			input: [],
			body: FINAL,
			executionId: newExecution(),
		});
		const broken = {
			...context,
			evaluateExpression: () => {
				throw new Error('isolate is gone');
			},
		};
		await expect(resume(broken)).resolves.toEqual({ noWebhookResponse: true });
		expect(heard.errors.join()).toContain('isolate is gone');
	});

	test('is logged, not thrown, when the credential is missing', async () => {
		const executionId = newExecution();
		const { context, heard } = webhookOf({
			api: gateway({ 1: done('1') }),
			input: [waiting('1', executionId)],
			body: FINAL,
			executionId,
		});
		const broken = {
			...context,
			getCredentials: async () => await Promise.reject(new Error('Credential not found')),
		};
		await expect(resume(broken)).resolves.toEqual({ noWebhookResponse: true });
		expect(heard.errors.join()).toContain('Credential not found');
	});

	test('does not end the pause when the key is refused, and logs no key', async () => {
		const { answer, heard } = await callFor(
			[{ task_id: '1' }],
			{},
			{
				api: () => ({ status: 401, body: { code: 1000, message: `bad key ${API_KEY}` } }),
			},
		);
		expect(answer).toEqual({ noWebhookResponse: true });
		expect(heard.errors.join()).not.toContain(API_KEY);
	});

	it.each<[string, ReturnType<Api>]>([
		['does not know the task', { status: 400, body: { code: 1201, message: 'Task not found' } }],
		['shows no voices', { data: { task_id: '1', task_status: 'succeed' } }],
		['shows an empty list', { data: { task_status: 'succeed', task_result: { voices: [] } } }],
	])('is looked at again when Kling %s at first, and reported when it stays so', async (_, odd) => {
		const answers = (times: number) => {
			let looks = 0;
			const api: Api = () => ((looks += 1) <= times ? odd : { data: done('1') });
			const executionId = newExecution();
			return call({ api, input: [waiting('1', executionId)], executionId });
		};
		expect((await answers(2)).items?.[0]?.json).toMatchObject({ voice_id: 'voice-1' });
		expect((await answers(99)).items?.[0]?.json.error).toMatchObject({ task_id: '1' });
	});

	it('gives the ID of a task that no longer exists', async () => {
		const { items } = await callFor([{ task_id: '1' }], {});
		expect(items?.[0]?.json.error).toMatchObject({ task_id: '1' });
	});

	it.each([
		['is still being made', { task_status: 'processing' }, undefined],
		['has failed', { task_status: 'failed', task_status_msg: 'music' }, 'music'],
	])(
		'does not hide a task that %s although the answer leaves its ID out',
		async (_, answer, reason) => {
			const { items } = await callFor([{ task_id: '1' }], { 1: answer });
			if (reason === undefined) expect(items).toBeUndefined();
			else expect(JSON.stringify(items?.[0]?.json.error)).toContain(reason);
		},
	);

	describe('that passes', () => {
		beforeEach(() => jest.useFakeTimers());
		afterEach(() => jest.useRealTimers());

		async function after(ms: number, failures: number) {
			let looks = 0;
			const executionId = newExecution();
			const { context } = webhookOf({
				api: () => {
					looks += 1;
					return looks > failures
						? { data: done('1') }
						: { status: 503, body: { code: 5001, message: 'busy' } };
				},
				input: [waiting('1', executionId)],
				body: FINAL,
				executionId,
			});
			const answer = resume(context);
			await jest.advanceTimersByTimeAsync(ms);
			return await answer;
		}

		test('does not keep the execution paused: four requests fail', async () => {
			expect((await after(60_000, 4)).workflowData?.[0]).toHaveLength(1);
		});

		it('does not keep the execution paused: the API is unreachable for a minute', async () => {
			expect((await after(120_000, 8)).workflowData?.[0]).toHaveLength(1);
		});
	});
});

describe('A pause that another version of the package stored', () => {
	const OTHERS: [string, IDataObject][] = [
		['no version', { notes: [{ taskId: '1', voiceName: 'A' }, null] }],
		['version 2', { v: 2, tasks: [] }],
		['a note that is none', { v: 1, notes: ['x', null] }],
	];

	async function callOn(kept: IDataObject, task: IDataObject) {
		const executionId = newExecution();
		const untilMs = Date.now() + 60_000;
		const input = [waiting('1', executionId), rowOf({ voice_id: '7' })];
		const called = await call({
			api: gateway({ 1: task }),
			input,
			kept: { untilMs, ...kept },
			executionId,
		});
		return { ...called, executionId };
	}

	test.each(OTHERS)(
		'ends with an error and its IDs for each finished task: %s',
		async (_, kept) => {
			const { items, heard, executionId } = await callOn(kept, done('1'));
			expect(items).toEqual([
				{ json: { error: expect.anything() as object }, pairedItem: { item: 0 } },
				{ json: { voice_id: '7' }, pairedItem: { item: 1 } },
			]);
			expect(items?.[0]?.json.error).toMatchObject({
				message: expect.stringMatching(/^What this pause stored .*\[item 0, task 1\]$/) as string,
				description: expect.stringContaining('Custom Voice: Get') as string,
				task_id: '1',
				external_task_id: `n8n-${executionId}-1-abc`,
			});
			expect(heard.errors).toEqual([]);
		},
	);

	test.each(OTHERS)('does not end because of a callback alone: %s', async (_, kept) => {
		const { items, requests } = await callOn(kept, busy('1'));
		expect(items).toBeUndefined();
		expect(requests.length).toBeGreaterThan(0);
	});

	test.each(OTHERS)('does not end by a callback after its time limit: %s', async (_, kept) => {
		const { answer } = await callOn({ ...kept, untilMs: Date.now() - 1 }, done('1'));
		expect(answer).toEqual({ noWebhookResponse: true });
	});
});

describe('A callback that names its pause', () => {
	const PAUSE = '0123456789ab';
	const paused = (executionId: string, id = PAUSE) => ({
		executionId,
		pause: PAUSE,
		api: gateway({ 1: done('1') }),
		input: [waiting('1', executionId)],
		kept: {
			v: 2,
			id,
			untilMs: Date.now() + 3_600_000,
			notes: JSON.stringify([{ taskId: '1', name: 'Voice 1', simple: true }]),
		},
	});

	test('ends it, and a copy that comes later is refused before anything is read', async () => {
		const executionId = newExecution();
		expect((await call(paused(executionId))).items).toHaveLength(1);
		const copy = webhookOf({ ...paused(executionId), body: FINAL });
		const unread = {
			...copy.context,
			getRequestObject: () => {
				throw new Error('The body was read');
			},
			evaluateExpression: () => {
				throw new Error('The pause was read');
			},
		};
		expect(await resume(unread)).toEqual({ noWebhookResponse: true });
		expect([copy.heard.status, copy.heard.errors, copy.requests]).toEqual([200, [], []]);
	});

	test('does not end another pause of the execution', async () => {
		const { items, requests } = await call(paused(newExecution(), 'ba9876543210'));
		expect([items, requests]).toEqual([undefined, []]);
	});
});
