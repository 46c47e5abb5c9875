import type { IDataObject } from 'n8n-workflow';

import { photoOf } from '../../sandbox/kling/connection.cjs';
import {
	errorOf,
	NODE,
	outputOf,
	requestCounts,
	rowsOf,
	runKling,
	startOn,
	useInstance,
	useSandbox,
} from '../support/engine/kling.cjs';
import { useFastClock } from '../support/engine/fastClock.cjs';

useFastClock();
const sandboxOf = useSandbox();
const instanceOf = useInstance();

const parametersOf = (others: IDataObject = {}): IDataObject => ({
	resource: 'video',
	operation: 'imageToVideo',
	imageUrl: photoOf(sandboxOf()),
	prompt: 'A host looks up.',
	...others,
});

/** One of Kling's own, which speak like those of the account. */
const presetId = async (): Promise<string> => {
	const parameters = { resource: 'presetVoice', operation: 'getAll', limit: 1 };
	const [voice] = await rowsOf(sandboxOf(), { parameters });
	sandboxOf().reset();
	return String(voice?.voice_id);
};

const VOICE = { voiceId: { __rl: true, mode: 'id', value: '850087542757535834' } };
const voices = (...rows: IDataObject[]) => ({ voices: { voice: rows } });

describe('Image to Video', () => {
	it('gives the finished video with its address and its file', async () => {
		const sandbox = sandboxOf();
		const run = await startOn(instanceOf(), sandbox, { parameters: parametersOf() }).finished;
		expect(errorOf(run)).toBeUndefined();
		const [item] = outputOf(run, NODE);
		expect(Object.keys(item?.json ?? {}).slice(0, 3)).toEqual([
			'video_id',
			'video_url',
			'duration',
		]);
		expect(item?.json).toMatchObject({
			video_id: sandbox.tasks[0]?.videos[0]?.id,
			video_url: expect.stringMatching(/^http/) as string,
			task_id: sandbox.tasks[0]?.task_id,
			task_status: 'succeed',
			units: expect.any(Number) as number,
		});
		expect(item?.binary?.data).toMatchObject({
			mimeType: 'video/mp4',
			fileName: expect.stringMatching(/\.mp4$/) as string,
		});
		expect(requestCounts(sandbox)).toEqual({ create: 1, get: 1 });
	});

	it('downloads nothing when that is off', async () => {
		const parameters = parametersOf({ downloadVideo: false });
		const run = await runKling(sandboxOf(), { parameters });
		expect(outputOf(run, NODE)[0]?.binary).toBeUndefined();
		expect(sandboxOf().downloads).toEqual([]);
	});

	it('keeps its address, with a hint, when the file cannot be had', async () => {
		sandboxOf().options.media = { kind: 'missing' };
		const [row] = await rowsOf(sandboxOf(), { parameters: parametersOf() });
		sandboxOf().options.media = {};
		expect(row).toMatchObject({
			video_url: expect.stringMatching(/^http/) as string,
			hint: expect.stringContaining('The video was not downloaded: ') as string,
		});
	});

	it('sends what the panel has, and nothing that is not set', async () => {
		await rowsOf(sandboxOf(), { parameters: parametersOf({ waitFor: 'none' }) });
		expect(sandboxOf().requests[0]?.body).toEqual({
			external_task_id: expect.stringMatching(/^n8n-/) as string,
			model_name: 'kling-v2-6',
			image: photoOf(sandboxOf()),
			prompt: 'A host looks up.',
			sound: 'on',
			mode: 'pro',
			duration: '5',
		});
	});

	it('adds the line of a voice to the prompt as Kling wants it', async () => {
		const voice_id = await presetId();
		const row = { voiceId: voice_id, speaker: 'The host', line: 'Good "evening".' };
		const parameters = parametersOf({ waitFor: 'none', ...voices(row) });
		await rowsOf(sandboxOf(), { parameters });
		expect(sandboxOf().requests[0]?.body).toMatchObject({
			prompt: `A host looks up. The host<<<voice_1>>>says: "Good 'evening'."`,
			voice_list: [{ voice_id }],
		});
	});

	it.each<[string, IDataObject, string, string]>([
		[
			'voices without sound',
			{ ...voices({ ...VOICE, line: 'Hi' }), sound: false },
			'needs sound',
			'Turn on Sound',
		],
		[
			'sound without pro',
			{ mode: 'std' },
			'with sound only in the mode Professional',
			'Choose Professional',
		],
		[
			'voices without pro',
			{ mode: 'std', ...voices({ ...VOICE, line: 'Hi' }) },
			'with voices only in the mode Professional',
			'Professional',
		],
		[
			'an end image without pro',
			{ mode: 'std', sound: false, options: { endImageUrl: 'http://127.0.0.1:9/e.png' } },
			'with an end image only in the mode Professional',
			'Professional',
		],
		[
			'an end image with sound',
			{ options: { endImageUrl: 'http://127.0.0.1:9/e.png' } },
			'with an end image only without sound',
			'Turn off Sound',
		],
		[
			'the mode 4K with Kling 2.6',
			{ mode: '4k', sound: false },
			'Kling 2.6 has no mode 4K',
			'Choose one of these in Mode: Standard (std), Professional (pro).',
		],
		['a duration of 7 s', { duration: 7 }, 'makes no video of 7 s', '5 or 10'],
		[
			'a model without voices',
			{ model: 'kling-v3', ...voices({ ...VOICE, line: 'Hi' }) },
			'Kling 3.0 takes no voices',
			'Kling 2.6',
		],
		[
			'a model without sound',
			{ model: '={{ "kling-v1-6" }}' },
			'Kling 1.6 makes silent videos only',
			'Turn off Sound',
		],
		[
			'three voices',
			voices({ ...VOICE, line: 'a' }, { ...VOICE, line: 'b' }, { ...VOICE, line: 'c' }),
			'has 3 voices',
			'Remove some',
		],
		[
			'a voice with nothing to say',
			voices(VOICE),
			'Voice 1 has nothing to say',
			'for example: A host looks up. The speaker<<<voice_1>>>says:',
		],
		[
			'a mark without a voice',
			{ prompt: 'She<<<voice_1>>>says: "Hi"' },
			'names <<<voice_1>>>'.replaceAll('<', '‹'),
			'Add the voice',
		],
		['no image', { imageUrl: '={{ "" }}' }, 'The image URL is empty', 'public address'],
		[
			'a prompt that is too long',
			{ prompt: 'x'.repeat(2501) },
			'has 2501 characters; Kling allows 2500',
			'Shorten Prompt',
		],
	])('refuses %s before anything is sent', async (_name, others, what, advice) => {
		const run = await runKling(sandboxOf(), { parameters: parametersOf(others) });
		expect(errorOf(run)).toContain(what);
		expect(errorOf(run)).toContain(advice.replaceAll('<', '‹'));
		expect(errorOf(run)).toContain('Nothing was sent to Kling');
		expect(sandboxOf().requests).toEqual([]);
	});

	it('passes a model on that is not known here', async () => {
		const model = { __rl: true, mode: 'id', value: 'kling-v9' };
		const parameters = parametersOf({ model, mode: 'std', duration: 12, waitFor: 'none' });
		await runKling(sandboxOf(), { parameters });
		expect(sandboxOf().requests[0]?.body).toMatchObject({ model_name: 'kling-v9', duration: '12' });
	});
});

describe('Video: Get and Get Many', () => {
	it('find a video by its task ID and by its own ID, and list it', async () => {
		const sandbox = sandboxOf();
		const [made] = await rowsOf(sandbox, { parameters: parametersOf() });
		const get = { resource: 'video', operation: 'get' };
		for (const [mode, value] of [
			['taskId', made?.task_id],
			['videoId', made?.video_id],
		]) {
			const video = { __rl: true, mode, value } as IDataObject;
			expect(await rowsOf(sandbox, { parameters: { ...get, video } })).toMatchObject([
				{ video_id: made?.video_id },
			]);
		}
		const parameters = { resource: 'video', operation: 'getAll', filters: { status: ['succeed'] } };
		expect(await rowsOf(sandbox, { parameters })).toMatchObject([{ video_id: made?.video_id }]);
	});
});
