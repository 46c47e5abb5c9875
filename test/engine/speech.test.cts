import type { IDataObject } from 'n8n-workflow';

import {
	errorOf,
	NODE,
	outputOf,
	rowsOf,
	runKling,
	startOn,
	useInstance,
	useSandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox();
const instanceOf = useInstance();

const speech = (others: IDataObject = {}): IDataObject => ({
	resource: 'speech',
	operation: 'create',
	text: 'Good evening.',
	...others,
});

const RETRIES = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };

describe('Speech: Create', () => {
	it('gives the speech with its ID, its length and its file', async () => {
		const run = await startOn(instanceOf(), sandboxOf(), { parameters: speech() }).finished;
		expect(errorOf(run)).toBeUndefined();
		const [item] = outputOf(run, NODE);
		expect(Object.keys(item?.json ?? {}).slice(0, 3)).toEqual([
			'audio_id',
			'audio_url',
			'duration',
		]);
		expect(item?.binary?.data).toMatchObject({ mimeType: 'audio/mpeg' });
		expect(sandboxOf().requests.map(({ body }) => body)).toEqual([
			{ text: 'Good evening.', voice_id: 'oversea_male1', voice_language: 'en', voice_speed: 1 },
		]);
	});

	it.each<[string, IDataObject, string]>([
		['no text', { text: '={{ "" }}' }, 'There is no text to speak'],
		[
			'a text that is too long',
			{ text: 'x'.repeat(1001) },
			'has 1001 characters; Kling allows 1000',
		],
		['a speed of 3', { speed: 3 }, 'Speed is not a number from 0.8 to 2'],
		[
			'a voice of another language',
			{ language: 'zh' },
			'The voice Anchor (oversea_male1) does not speak this language',
		],
	])('refuses %s before anything is sent', async (_name, others, what) => {
		const run = await runKling(sandboxOf(), { parameters: speech(others) });
		expect(errorOf(run)).toContain(what);
		expect(sandboxOf().requests).toEqual([]);
	});

	it('passes on an ID that is not in the list', async () => {
		const voice = { __rl: true, mode: 'id', value: 'somebody_else' };
		await runKling(sandboxOf(), { parameters: speech({ voice }) });
		expect(sandboxOf().requests[0]?.body).toMatchObject({ voice_id: 'somebody_else' });
	});

	it.each(['answerLost', 'errorAfter'] as const)(
		'is sent once after an unclear answer (%s), even with Retry On Fail',
		async (kind) => {
			const sandbox = sandboxOf();
			sandbox.addFault({ on: 'create', kind });
			const run = await runKling(sandbox, { parameters: speech(), settings: RETRIES });
			expect(errorOf(run)).toContain('An earlier attempt for this item was sent');
			expect(errorOf(run)).toContain('not sent again, not even with Retry On Fail');
			expect(sandbox.requests).toHaveLength(1);
		},
	);

	it('is sent again after a refusal', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'errorBefore', error: 'contentPolicy', times: 1 });
		const [row] = await rowsOf(sandbox, {
			parameters: speech({ downloadAudio: false }),
			settings: RETRIES,
		});
		expect(row).toMatchObject({ audio_id: expect.any(String) as string });
	});

	it('is paid once when the other item of the run makes the node run again', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'errorBefore', error: 'contentPolicy', times: 1 });
		const rows = await rowsOf(sandbox, {
			parameters: speech({ downloadAudio: false, text: '={{ $json.text }}' }),
			items: [{ text: 'One' }, { text: 'Two' }],
			settings: RETRIES,
		});
		expect(rows).toHaveLength(2);
		expect(sandbox.tasks).toHaveLength(2);
	});
});
