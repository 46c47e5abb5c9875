import { photoOf } from '../../sandbox/kling/connection.cjs';
import { makeVideo, makeVoice } from '../support/orders.cjs';
import { type Client, closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

type Body = Record<string, unknown>;

const IMAGE = 'https://clips.test/a.png';
const V26 = { model_name: 'kling-v2-6', image: IMAGE, mode: 'pro' };
const PATHS = { image: '/v1/videos/image2video', text: '/v1/videos/text2video' };

const order = async (from: keyof typeof PATHS, body: Body, client?: Client) =>
	await (client ?? (await open())).send('POST', PATHS[from], body);

/** What the finished task of an order has cost, and how long its video is. */
async function made(from: keyof typeof PATHS, body: Body, client: Client) {
	const { json } = await order(from, body, client);
	client.sandbox.finish(json.data.task_id);
	const task = client.sandbox.tasks.at(-1);
	return [task?.units, task?.videos[0]?.duration, task?.files[0]?.hasSound];
}

const preset = async (client: Client) =>
	(await client.send('GET', '/v1/general/presets-voices')).rows[0]?.task_result.voices[0]?.voice_id;

it('the sandbox makes a V2.6 video that speaks with a custom and a preset voice', async () => {
	const client = await open({ submittedMs: 60_000 });
	const voice_list = [{ voice_id: makeVoice(client) }, { voice_id: await preset(client) }];
	const body = {
		...V26,
		sound: 'on',
		duration: '10',
		voice_list,
		prompt: 'The host<<<voice_1>>>says: "Hello."',
	};
	expect(await made('image', body, client)).toEqual([12, '10.1', true]);
	const silent = { ...body, prompt: 'The host waves', voice_list: voice_list.slice(0, 1) };
	expect(await made('image', silent, client)).toEqual([10, '10.1', true]);
});

it.each<[string, 'image' | 'text', Body, unknown[]]>([
	['a silent V2.6 video', 'image', { ...V26, mode: 'std' }, [1.5, '5.1', false]],
	['a V2.6 video between two images', 'image', { ...V26, image_tail: IMAGE }, [2.5, '5.1', false]],
	[
		'a V3 video of 7 seconds',
		'image',
		{ ...V26, model_name: 'kling-v3', duration: '7' },
		[3.5, '7.1', false],
	],
	[
		'a V1 video with a camera',
		'image',
		{ image: IMAGE, camera_control: { type: 'down_back' } },
		[1.5, '5.1', false],
	],
	['a V1 video from its end', 'image', { image_tail: IMAGE, cfg_scale: 0.4 }, [1.5, '5.1', false]],
	[
		'a V2.6 video from text',
		'text',
		{ model_name: 'kling-v2-6', prompt: 'A lamp', mode: 'pro', sound: 'on', aspect_ratio: '1:1' },
		[5, '5.1', true],
	],
	[
		'a V3 video of two shots',
		'text',
		{
			model_name: 'kling-v3',
			multi_shot: true,
			shot_type: 'customize',
			multi_prompt: [
				{ index: 1, prompt: 'A', duration: '2' },
				{ index: 2, prompt: 'B', duration: '3' },
			],
		},
		[1.5, '5.1', false],
	],
])('the sandbox makes %s', async (_what, from, body, expected) => {
	expect(await made(from, body, await open({ submittedMs: 60_000 }))).toEqual(expected);
});

const voices = (...ids: string[]) => ({ voice_list: ids.map((voice_id) => ({ voice_id })) });

describe('An image to video order at the sandbox', () => {
	it.each<[string, Body, string]>([
		['no image', { model_name: 'kling-v2-6' }, 'image or image_tail is required'],
		['a data address', { image: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==' }, 'base64'],
		['sound but no mode', { ...V26, mode: undefined, sound: 'on' }, "mode value 'std' is invalid"],
		['sound in std', { ...V26, mode: 'std', sound: 'on' }, "mode value 'std' is invalid"],
		[
			'two images in std',
			{ ...V26, mode: 'std', image_tail: IMAGE },
			"mode value 'std' is invalid",
		],
		[
			'two images and sound',
			{ ...V26, image_tail: IMAGE, sound: 'on' },
			'image_tail is not supported',
		],
		['a voice without sound', { ...V26, ...voices('1') }, 'requires sound'],
		['an unknown voice', { ...V26, sound: 'on', ...voices('1') }, 'Voice id not found: 1'],
		[
			'three voices',
			{ ...V26, sound: 'on', ...voices('1', '2', '3') },
			'voice_list must be a list',
		],
		[
			'a voice under another key',
			{ ...V26, sound: 'on', voice_list: [{ voiceId: '1' }] },
			'voice_id is required',
		],
		[
			'a voice for V3',
			{ ...V26, model_name: 'kling-v3', sound: 'on', ...voices('1') },
			'voice_list is not supported by kling-v3',
		],
		[
			'a voice that is only in the prompt',
			{ ...V26, sound: 'on', prompt: '<<<voice_1>>>' },
			'no such voice',
		],
		[
			'sound for V2.5',
			{ ...V26, model_name: 'kling-v2-5-turbo', sound: 'on' },
			'sound is not supported by kling-v2-5-turbo',
		],
		['an unknown sound', { ...V26, sound: true }, "sound value 'true' is invalid"],
		['7 seconds of V2.6', { ...V26, duration: '7' }, "duration value '7' is invalid"],
		[
			'16 seconds of V3',
			{ ...V26, model_name: 'kling-v3', duration: '16' },
			"duration value '16' is invalid",
		],
		['4k of V2.6', { ...V26, mode: '4k' }, "mode value '4k' is invalid"],
		['a cfg scale of V2.6', { ...V26, cfg_scale: 0.5 }, 'cfg_scale is not supported'],
		['a cfg scale over 1', { image: IMAGE, cfg_scale: 1.5 }, "cfg_scale value '1.5' is invalid"],
		[
			'a camera of V2.6',
			{ ...V26, camera_control: { type: 'down_back' } },
			'camera_control is not supported',
		],
		[
			'an unknown camera',
			{ image: IMAGE, camera_control: { type: 'up' } },
			"camera_control.type value 'up'",
		],
		[
			'a camera on two axes',
			{ image: IMAGE, camera_control: { type: 'simple', config: { zoom: 1, pan: 2 } } },
			'camera_control.config',
		],
		['a prompt of 2501 characters', { ...V26, prompt: 'x'.repeat(2501) }, 'at most 2500'],
		['a watermark that is no object', { ...V26, watermark_info: true }, 'watermark_info'],
		['shots of V2.6', { ...V26, multi_shot: true }, 'multi_shot is not supported'],
	])('is refused with %s', async (_what, body, message) => {
		const client = await open();
		const { status, json } = await order('image', body, client);
		expect([status, json.code]).toEqual([400, 1201]);
		expect(json.message).toContain(message);
		expect(client.sandbox.tasks).toEqual([]);
	});

	it('is refused with an unknown model as a missing resource', async () => {
		const { status, json } = await order('image', { ...V26, model_name: 'kling-v9' });
		expect([status, json.code]).toEqual([404, 1203]);
	});
});

it.each<[string, Body, string]>([
	['no prompt', {}, 'prompt is required'],
	['another aspect ratio', { prompt: 'A', aspect_ratio: '4:3' }, "aspect_ratio value '4:3'"],
	[
		'shots that do not add up',
		{
			model_name: 'kling-v3',
			multi_shot: true,
			shot_type: 'customize',
			multi_prompt: [{ prompt: 'A', duration: 3 }],
		},
		'add up',
	],
])('the sandbox refuses a text to video order with %s', async (_what, body, message) => {
	expect((await order('text', body)).json.message).toContain(message);
});

describe('A voice from a video at the sandbox', () => {
	const speaking = { model_name: 'kling-v2-6', sound: 'on' };
	const DAY_MS = 86_400_000;

	it.each<[string, Parameters<typeof makeVideo>[1], Body, number, string]>([
		['V2.6 with sound', 'imageToVideo', speaking, 0, ''],
		['V2.6 with sound from text', 'textToVideo', speaking, 29 * DAY_MS, ''],
		['an avatar', 'avatar', {}, 0, ''],
		['a lip-sync', 'lipSync', {}, 0, ''],
		['V2.6 without sound', 'imageToVideo', { model_name: 'kling-v2-6' }, 0, 'with sound'],
		['V3 with sound', 'imageToVideo', { ...speaking, model_name: 'kling-v3' }, 0, 'with sound'],
		['Omni', 'omniVideo', { sound: 'on' }, 0, 'with sound'],
		['31 days ago', 'avatar', {}, 31 * DAY_MS, 'Not found by video_id'],
		['three seconds', 'textToVideo', { ...speaking, duration: '3' }, 0, '3.1 s long'],
	])('of %s is taken or refused by its rules', async (_what, kind, body, age, refusal) => {
		const client = await open({ fetchClips: true, submittedMs: 60_000 });
		const video_id = makeVideo(client, kind, body, age);
		const { json } = await client.create({ voice_url: '', video_id });
		if (refusal === '') expect(json.code).toBe(0);
		else
			expect(json).toMatchObject({
				code: 1201,
				message: expect.stringContaining(refusal) as string,
			});
	});

	it('is refused for the ID of a task, and for an unfinished one', async () => {
		const client = await open({ fetchClips: true, submittedMs: 60_000 });
		const { task_id } = client.sandbox.createTask({ kind: 'avatar' });
		expect((await client.create({ voice_url: '', video_id: task_id })).json.code).toBe(1201);
	});
});

describe('The picture of an order at the sandbox', () => {
	const outcome = async (image: string, client: Client) => {
		const { json } = await order('image', { image }, client);
		for (;;) {
			const { data } = (await client.send('GET', `${PATHS.image}/${json.data.task_id}`)).json;
			if (['succeed', 'failed'].includes(data.task_status)) return data.task_status_msg;
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	};

	/** The header of a PNG is all that tells its size. */
	const png = (width: number, height: number) => {
		const bytes = Buffer.alloc(48);
		bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
		bytes.writeUInt32BE(width, 16);
		bytes.writeUInt32BE(height, 20);
		return bytes.toString('base64');
	};

	it.each<[string, string | number[], string]>([
		['300 × 750', [300, 750], ''],
		['299 × 300', [299, 300], 'Image pixel is invalid'],
		['300 × 751', [300, 751], 'Image aspect ratio is invalid'],
		['a sound', 'narrator', 'Image format is invalid'],
		['no address that answers', 'http://127.0.0.1:1/a.png', 'Failed to download image'],
	])('is judged by its content: %s', async (_what, picture, words) => {
		const client = await open({ fetchClips: true });
		const clip = `${client.sandbox.origin}/_sandbox/clips/narrator.mp3`;
		const [width = 0, height = 0] = typeof picture === 'string' ? [] : picture;
		const image =
			typeof picture === 'string' ? picture.replace(/^narrator$/, clip) : png(width, height);
		expect(await outcome(image, client)).toContain(words);
	});

	it('may have 10 MB, and no more', async () => {
		const client = await open({ fetchClips: true });
		const large = (bytes: number) =>
			Buffer.concat([Buffer.from(png(400, 400), 'base64'), Buffer.alloc(bytes)]);
		expect(await outcome(large(10 * 1024 * 1024).toString('base64'), client)).toContain(
			'larger than 10 MB',
		);
	});

	it('is taken from the sandbox’s own address', async () => {
		const client = await open({ fetchClips: true });
		expect(await outcome(photoOf(client.sandbox), client)).toBe('');
		expect(client.sandbox.tasks[0]?.body).toEqual({ image: photoOf(client.sandbox) });
	});
});
