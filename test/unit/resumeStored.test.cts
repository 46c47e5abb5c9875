import type { IDataObject } from 'n8n-workflow';
import { rowOf, webhookOf } from '../support/contexts.cjs';
import {
	FINAL,
	busy,
	call,
	done,
	gateway,
	newExecution,
	resume,
	waiting,
} from '../support/resuming.cjs';

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
