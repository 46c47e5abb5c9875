import { API_KEY, webhookOf, type Api, type GivenWebhook } from '../support/contexts.cjs';
import {
	FINAL,
	PATH,
	call,
	callFor,
	done,
	gateway,
	newExecution,
	resume,
	waiting,
} from '../support/resuming.cjs';

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
