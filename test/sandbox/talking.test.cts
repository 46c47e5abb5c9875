import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clipOf, photoOf, videoOf } from '../../sandbox/kling/connection.cjs';
import { makeVideo, openSession, orders, speak } from '../support/orders.cjs';
import { bytesOf } from '../support/clips/clips.cjs';
import { type Client, type SandboxReply, closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

type Body = Record<string, unknown>;

const NARRATOR = join(__dirname, '../../sandbox/kling/clips/narrator.mp3');
const AVATAR = '/v1/videos/avatar/image2video';
const FACES = '/v1/videos/identify-face';
const LIP_SYNC = '/v1/videos/advanced-lip-sync';
const TTS = '/v1/audio/tts';
const DAY_MS = 86_400_000;

async function ended(client: Client, path: string, { json }: SandboxReply) {
	for (;;) {
		const { data } = (await client.send('GET', `${path}/${json.data.task_id}`)).json;
		if (['succeed', 'failed'].includes(data.task_status)) return data;
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

const refused = ({ status, json }: SandboxReply, message: string) => {
	expect([status, json.code]).toEqual([400, 1201]);
	expect(json.message).toContain(message);
};

describe('A speech at the sandbox', () => {
	it('is answered with its sound, once', async () => {
		const client = await open();
		const body = { text: 'x'.repeat(28), voice_id: 'genshin_vindi2', voice_language: 'zh' };
		const { data } = (await client.send('POST', TTS, body)).json;
		expect(data).toMatchObject({ task_status: 'succeed', final_unit_deduction: '0.05' });
		expect(data.task_result).toEqual({
			audios: [
				{
					id: expect.stringMatching(/^8\d{17}$/) as string,
					url: expect.stringContaining('.mp3?Expires=') as string,
					duration: '2',
				},
			],
		});
		const fast = (await client.send('POST', TTS, { ...body, voice_speed: 9 })).json.data;
		expect(fast.task_result).toMatchObject({ audios: [{ duration: '1' }] });
		expect((await client.send('GET', `${TTS}/${data.task_id}`)).status).toBe(404);
		expect((await client.send('GET', TTS)).status).toBe(404);
		expect(client.sandbox.tasks.map(({ kind }) => kind)).toEqual(['speech', 'speech']);
	});

	it.each<[string, Body, string]>([
		['without a text', { text: '' }, 'text is required'],
		['of 1001 characters', { text: 'x'.repeat(1001) }, 'at most 1000'],
		['with a custom voice', { voice_id: '850087542757535834' }, 'Voice id not found'],
		['in another language', { voice_language: 'fr' }, "voice_language value 'fr'"],
		['in a language that the voice does not speak', { voice_id: 'AOT' }, 'does not speak zh'],
	])('%s is refused', async (_what, body, message) => {
		const client = await open();
		refused(
			await client.send('POST', TTS, { text: 'Hi', voice_id: 'genshin_vindi2', ...body }),
			message,
		);
		expect(client.sandbox.tasks).toEqual([]);
	});

	it('fails, is lost and is refused by faults like any create', async () => {
		const client = await open();
		const match = { kind: 'speech' } as const;
		client.sandbox.addFault({ on: 'create', kind: 'taskFails', message: 'no', match, times: 1 });
		const body = await orders.speech(client);
		expect((await client.create()).json.code).toBe(0);
		expect((await client.send('POST', TTS, body)).json.data).toMatchObject({
			task_status: 'failed',
			task_status_msg: 'no',
		});
		client.sandbox.addFault({ on: 'create', kind: 'answerLost', match, times: 1 });
		await expect(client.send('POST', TTS, body)).rejects.toThrow();
		expect(client.sandbox.tasks).toHaveLength(3);
		client.sandbox.options.maxInFlight = 0;
		expect((await client.send('POST', TTS, body)).json.code).toBe(1303);
	});
});

describe('An avatar at the sandbox', () => {
	it('is as long as its speech, which may be raw Base64', async () => {
		const client = await open({ fetchClips: true });
		const image = photoOf(client.sandbox);
		const sounds: [Body, string, string][] = [
			[{ audio_id: await speak(client, 12) }, '12', '4.8'],
			[{ sound_file: clipOf(client.sandbox) }, '8.172', '3.27'],
			[{ sound_file: bytesOf('mp3-5.0.mp3').toString('base64'), mode: 'pro' }, '5.076', '4.06'],
		];
		for (const [sound, duration, units] of sounds) {
			const reply = await client.send('POST', AVATAR, { image, ...sound });
			expect(await ended(client, AVATAR, reply)).toMatchObject({
				task_status: 'succeed',
				task_result: { videos: [{ duration }] },
				final_unit_deduction: units,
			});
		}
		expect(JSON.stringify(client.sandbox.tasks).length).toBeLessThan(20_000);
	});

	it.each<[string, Body, string]>([
		['no image', { image: '' }, 'image is required'],
		['no sound', {}, 'exactly one of audio_id and sound_file'],
		['two sounds', { audio_id: '1', sound_file: 'https://a.test/a.mp3' }, 'exactly one'],
		['an unknown audio', { audio_id: '1' }, 'Not found by audio_id'],
		['a sound as a data address', { sound_file: 'data:audio/mpeg;base64,AAAA' }, 'base64'],
		['another mode', { audio_id: '1', mode: '4k' }, 'Not found by audio_id'],
	])('is refused with %s', async (_what, body, message) => {
		const client = await open();
		refused(await client.send('POST', AVATAR, { image: 'https://a.test/a.png', ...body }), message);
	});

	it.each([
		['too short', 1, 'too short: 1.'],
		['of a type that Kling does not take', 'other.ogg', 'must be mp3, wav, m4a or aac'],
	] as const)('fails with a sound that is %s', async (_what, sound, message) => {
		const client = await open({ fetchClips: true });
		// Frames of 36 ms without a header that would tell another length.
		const short = readFileSync(NARRATOR).subarray(0, 30 * 144);
		const bytes = typeof sound === 'number' ? short : bytesOf(sound);
		const body = { image: photoOf(client.sandbox), sound_file: bytes.toString('base64') };
		const task = await ended(client, AVATAR, await client.send('POST', AVATAR, body));
		expect(task).toMatchObject({ task_status: 'failed' });
		expect(task.task_status_msg).toContain(message);
	});

	it('takes AAC and M4A', async () => {
		const client = await open({ fetchClips: true });
		for (const name of ['other.aac', 'other.m4a'] as const) {
			const body = { image: photoOf(client.sandbox), sound_file: bytesOf(name).toString('base64') };
			const task = await ended(client, AVATAR, await client.send('POST', AVATAR, body));
			expect([name, task.task_status_msg]).toEqual([name, '']);
		}
	});
});

describe('Faces at the sandbox', () => {
	it('are found in a video of Kling or behind an address, and charged', async () => {
		const client = await open({ fetchClips: true, faces: 2 });
		const video_id = makeVideo(client, 'textToVideo', { duration: '10' });
		for (const [body, end_time] of [
			[{ video_id }, 10_100],
			[{ video_url: videoOf(client.sandbox) }, 5_100],
		] as const) {
			const { data } = (await client.send('POST', FACES, body)).json;
			expect(data).toMatchObject({ final_unit_deduction: '0.05' });
			expect(data).toHaveProperty('session_id');
			expect(data).toHaveProperty('face_data.length', 2);
			expect(data).toHaveProperty('face_data.1', {
				face_id: '1',
				face_image: expect.stringContaining('.png?Expires') as string,
				start_time: 0,
				end_time,
			});
		}
	});

	it.each<[string, (client: Client) => Body, string]>([
		['no video', () => ({}), 'exactly one of'],
		['an unknown video', () => ({ video_id: '1' }), 'Not found by video_id'],
		[
			'an old video',
			(client) => ({ video_id: makeVideo(client, 'avatar', {}, 31 * DAY_MS) }),
			'Not found by video_id',
		],
		['a sound', ({ sandbox }) => ({ video_url: clipOf(sandbox) }), 'video_url must be mp4 or mov'],
		[
			'a tiny video',
			({ sandbox }) => ({ video_url: `${sandbox.origin}/_sandbox/clips/short.mp3` }),
			'video_url must',
		],
		['nothing there', () => ({ video_url: 'http://127.0.0.1:1/a.mp4' }), 'cannot be reached'],
	])('are refused for %s', async (_what, bodyOf, message) => {
		const client = await open({ fetchClips: true });
		refused(await client.send('POST', FACES, bodyOf(client)), message);
	});
});

describe('A lip-sync at the sandbox', () => {
	const orderOf = async (client: Client, face: Body = {}) => {
		const body = await orders.lipSync(client);
		const [first] = body.face_choose as Body[];
		return { ...body, face_choose: [{ ...first, ...face }] };
	};

	it('is as long as its video, and names it', async () => {
		const client = await open();
		const id = makeVideo(client, 'imageToVideo', { duration: '10' });
		const session_id = await openSession(client, { video_id: id });
		const reply = await client.send('POST', LIP_SYNC, { ...(await orderOf(client)), session_id });
		expect(await ended(client, LIP_SYNC, reply)).toMatchObject({
			task_info: { parent_video: { id, duration: '10.1' } },
			task_result: { videos: [{ duration: '10.1' }] },
			final_unit_deduction: '1.5',
		});
	});

	it.each<[string, Body, string]>([
		['two sounds', { sound_file: 'https://a.test/a.mp3' }, 'exactly one of'],
		['another face', { face_id: '7' }, 'Face not found: 7'],
		['no end', { sound_end_time: undefined }, 'sound_end_time is required'],
		['a second of sound', { sound_end_time: 1000 }, 'under 2 s'],
		['sound after the face', { sound_insert_time: 4000 }, 'overlap by less than 2 s'],
		['a loud sound', { sound_volume: 3 }, "sound_volume value '3'"],
	])('is refused with %s', async (_what, face, message) => {
		const client = await open();
		refused(await client.send('POST', LIP_SYNC, await orderOf(client, face)), message);
	});

	it('is refused without a session, with two faces, and a day after the faces were found', async () => {
		const client = await open();
		const body = await orderOf(client);
		refused(await client.send('POST', LIP_SYNC, { ...body, session_id: '1' }), 'Session not found');
		const face_choose = [...body.face_choose, ...body.face_choose];
		refused(await client.send('POST', LIP_SYNC, { ...body, face_choose }), '1 to 1 items');
		const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + DAY_MS);
		refused(await client.send('POST', LIP_SYNC, body), 'Session not found');
		clock.mockRestore();
	});
});
