import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { IDataObject } from 'n8n-workflow';

import { errorOf, requestCounts, rowsOf, runKling, useSandbox } from '../support/engine/kling.cjs';
import { useFastClock } from '../support/engine/fastClock.cjs';
import { png } from '../support/pictures.cjs';

useFastClock();
const sandboxOf = useSandbox();

let pictures: Server;
let image = '';
beforeAll(async () => {
	pictures = createServer((_request, response) => {
		response.setHeader('content-type', 'image/png').end(png(640, 640));
	});
	await new Promise<void>((resolve) => pictures.listen(0, '127.0.0.1', resolve));
	image = `http://127.0.0.1:${String((pictures.address() as AddressInfo).port)}/host.png`;
});
afterAll(() => pictures.close());

const parametersOf = (others: IDataObject = {}): IDataObject => ({
	resource: 'video',
	operation: 'imageToVideo',
	imageUrl: image,
	prompt: 'A host looks up.',
	...others,
});

const VOICE = { voiceId: { __rl: true, mode: 'id', value: '850087542757535834' } };
const voices = (...rows: IDataObject[]) => ({ voices: { voice: rows } });

describe('Image to Video', () => {
	it('gives the finished video with its address', async () => {
		const sandbox = sandboxOf();
		const [row] = await rowsOf(sandbox, { parameters: parametersOf() });
		expect(Object.keys(row ?? {}).slice(0, 3)).toEqual(['video_id', 'video_url', 'duration']);
		expect(row).toMatchObject({
			video_id: sandbox.tasks[0]?.videos[0]?.id,
			video_url: expect.stringMatching(/^http/) as string,
			task_id: sandbox.tasks[0]?.task_id,
			task_status: 'succeed',
		});
		expect(requestCounts(sandbox)).toEqual({ create: 1, get: 1 });
	});

	it('sends what the panel has, and nothing that is not set', async () => {
		await rowsOf(sandboxOf(), { parameters: parametersOf({ waitFor: 'none' }) });
		expect(sandboxOf().requests[0]?.body).toEqual({
			external_task_id: expect.stringMatching(/^n8n-/) as string,
			model_name: 'kling-v2-6',
			image,
			prompt: 'A host looks up.',
			sound: 'on',
			mode: 'pro',
			duration: '5',
		});
	});

	it('adds the line of a voice to the prompt as Kling wants it', async () => {
		const row = { ...VOICE, speaker: 'The host', line: 'Good "evening".' };
		const parameters = parametersOf({ waitFor: 'none', ...voices(row) });
		await rowsOf(sandboxOf(), { parameters });
		expect(sandboxOf().requests[0]?.body).toMatchObject({
			prompt: `A host looks up. The host<<<voice_1>>>says: "Good 'evening'."`,
			voice_list: [{ voice_id: '850087542757535834' }],
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
		await rowsOf(sandboxOf(), { parameters });
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
