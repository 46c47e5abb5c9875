import { rowOf, storing, streamOf, webhookOf, type Api } from '../support/contexts.cjs';
import {
	FINAL,
	PATH,
	busy,
	call,
	callFor,
	done,
	failing,
	gateway,
	newExecution,
	resume,
	waiting,
} from '../support/resuming.cjs';

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
