import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject, INodeExecutionData, IRun } from 'n8n-workflow';

import { nextExecutionId } from '../../sandbox/engine/workflow.cjs';
import { photoOf, videoOf } from '../../sandbox/kling/connection.cjs';
import { outputOf } from '../support/engine/kling.cjs';
import { useFastClock } from '../support/engine/fastClock.cjs';
import {
	clip,
	enter,
	errorText,
	given,
	MANUAL,
	one,
	reached,
	template,
	useTemplates,
} from '../support/engine/templates.cjs';
import { jpg } from '../support/pictures.cjs';

useFastClock();
const { instance, sandbox, start, created, voiceId, clipUrl } = useTemplates();

const photo = readFileSync(join(__dirname, '../../sandbox/kling/media/files/photo.jpg'));
const ogg = readFileSync(join(__dirname, '../support/clips/opus-voice.ogg'));

const videosMade = () => sandbox().tasks.flatMap(({ videos }) => videos);

const bodyOf = (path: string): IDataObject | undefined =>
	sandbox().requests.find((request) => request.method === 'POST' && request.path.endsWith(path))
		?.body as IDataObject | undefined;

interface Upload {
	name: string;
	mimeType: string;
	content: Buffer;
}

/** What a form gives when it is submitted: its texts, and each file as n8n stores an upload. */
async function submitted(form: string, texts: IDataObject, files: Record<string, Upload>) {
	const executionId = nextExecutionId();
	const binary: INodeExecutionData['binary'] = {};
	for (const [field, file] of Object.entries(files)) {
		binary[field] = await instance().storeFile(executionId, { ...file, temp: true });
	}
	const json = { ...texts, submittedAt: '2026-11-27T17:08:31.194Z', formMode: 'production' };
	return { executionId, items: { [form]: [{ json, binary }] } };
}

const PHOTO: Upload = { name: 'host.jpg', mimeType: 'image/jpeg', content: photo };
const RECORDING: Upload = {
	name: 'narrator.mp3',
	mimeType: 'audio/mpeg',
	content: clip('narrator.mp3'),
};
const LINE = 'Good evening, and welcome.';

/** The page of a finished video plays it and links to it. */
function expectVideoPage(run: IRun): void {
	expect(errorText(run)).toBeUndefined();
	const [page] = given(run, 'Show Video');
	expect(page).toMatchObject({ operation: 'completion', respondWith: 'showText' });
	const address = `http[^"]*/${videosMade().at(-1)?.id}\\.mp4[^"]*`;
	expect(page?.responseText).toMatch(new RegExp(`<source src="${address}">`));
	expect(page?.responseText).toMatch(new RegExp(`<a href="${address}"`));
	expect(reached(run, 'Show What Went Wrong')).toEqual([]);
}

function expectProblemPage(run: IRun, words: string): void {
	const [page] = given(run, 'Show What Went Wrong');
	expect(page?.completionMessage).toContain(words);
	expect(page?.completionMessage).not.toMatch(/undefined|null|\[item/);
	expect(reached(run, 'Show Video')).toEqual([]);
}

describe('create-talking-video.json', () => {
	it('makes a voice of a clip, and a video of an image that speaks with it', async () => {
		const file = template('create-talking-video.json', (node) => {
			enter(node('Host'), { voice_url: clipUrl('narrator.mp3'), image_url: photoOf(sandbox()) });
		});
		const run = await start(file, { items: { [MANUAL]: one() } }).finished;
		expect(errorText(run)).toBeUndefined();
		expect(bodyOf('custom-voices')).toMatchObject({ voice_name: 'Narrator A' });
		expect(bodyOf('image2video')).toMatchObject({
			voice_list: [{ voice_id: voiceId() }],
			prompt: `The host faces the camera and speaks. The host<<<voice_1>>>says: "${LINE}"`,
		});
		const [row] = outputOf(run, 'Image to Video');
		expect(row?.json).toMatchObject({ video_id: videosMade()[0]?.id, task_status: 'succeed' });
		expect(row?.binary?.data).toMatchObject({ mimeType: 'video/mp4' });
	});
});

describe('form-to-talking-video.json', () => {
	const submit = async (line = LINE, recording = RECORDING, picture = PHOTO): Promise<IRun> => {
		const files = { Photo: picture, Recording: recording };
		const entered = await submitted('Talking Video Form', { 'What to say': line }, files);
		return await start(template('form-to-talking-video.json'), entered).finished;
	};

	it('makes a voice, and a video in which the photo speaks the line with it', async () => {
		const run = await submit();
		expectVideoPage(run);
		expect(bodyOf('custom-voices')).toMatchObject({
			voice_name: expect.stringMatching(/^Form \d+$/) as string,
		});
		expect(bodyOf('image2video')).toMatchObject({
			image: expect.stringContaining(`${instance().url}rest/binary-data/signed?token=`) as string,
			voice_list: [{ voice_id: voiceId() }],
			prompt: `The person faces the camera and speaks. The person<<<voice_1>>>says: "${LINE}"`,
			sound: 'on',
			mode: 'pro',
			duration: '5',
		});
	});

	it('gives a long line ten seconds', async () => {
		await submit(`${LINE} ${LINE} ${LINE}`);
		expect(bodyOf('image2video')).toMatchObject({ duration: '10' });
	});

	it('says what is wrong with a recording, and makes nothing', async () => {
		expectProblemPage(
			await submit(LINE, { ...RECORDING, name: 'short.mp3', content: clip('short.mp3') }),
			'2.1 s long; Kling needs 5 to 30 s',
		);
		expect(created()).toEqual([]);
	});

	it('says what is wrong with a photo, and makes no video', async () => {
		const small = { ...PHOTO, name: 'small.jpg', content: jpg(200, 400) };
		expectProblemPage(await submit(LINE, RECORDING, small), 'is 200 × 400 pixels');
		expect(bodyOf('image2video')).toBeUndefined();
	});

	it('says why Kling could not make the video', async () => {
		const message = 'The content does not meet the rules';
		sandbox().addFault({
			on: 'create',
			kind: 'taskFails',
			message,
			match: { kind: 'imageToVideo' },
		});
		expectProblemPage(await submit(), message);
	});
});

describe('video-to-voice-to-video.json', () => {
	const run = async (body: IDataObject): Promise<IRun> => {
		const first = sandbox().createTask({ kind: 'imageToVideo', body });
		sandbox().finish(first.task_id);
		const [video] = videosMade();
		const file = template('video-to-voice-to-video.json', (node) => {
			enter(node('Next Video'), { video_id: video?.id, image_url: photoOf(sandbox()) });
		});
		return await start(file, { items: { [MANUAL]: one() } }).finished;
	};

	it('makes a voice of the video, and the next video with it', async () => {
		const result = await run({ model_name: 'kling-v2-6', sound: 'on', duration: '5' });
		expect(errorText(result)).toBeUndefined();
		const [first, next] = videosMade();
		expect(bodyOf('custom-voices')).toMatchObject({ video_id: first?.id });
		expect(bodyOf('image2video')).toMatchObject({ voice_list: [{ voice_id: voiceId() }] });
		const [row] = outputOf(result, 'Image to Video');
		expect(row?.json).toMatchObject({ video_id: next?.id, task_status: 'succeed' });
		expect(row?.binary?.data).toMatchObject({ mimeType: 'video/mp4' });
	});

	it('ends with Kling’s words when the video is silent', async () => {
		const result = await run({ model_name: 'kling-v2-6', sound: 'off', duration: '5' });
		expect(errorText(result)).toMatch(/sound|audio|voice/i);
		expect(bodyOf('image2video')).toBeUndefined();
	});
});

describe('script-to-lip-sync.json', () => {
	const run = async (text?: string): Promise<IRun> => {
		const file = template('script-to-lip-sync.json', (node) => {
			enter(node('Script'), { text, video_url: videoOf(sandbox()) });
		});
		return await start(file, { items: { [MANUAL]: one() } }).finished;
	};

	it('has the face of the video speak the text', async () => {
		const result = await run();
		expect(errorText(result)).toBeUndefined();
		const [speech] = outputOf(result, 'Create Speech');
		expect(bodyOf('audio/tts')).toMatchObject({ text: 'Good evening, and welcome to the show.' });
		expect(bodyOf('identify-face')).toEqual({ video_url: videoOf(sandbox()) });
		expect(bodyOf('advanced-lip-sync')).toMatchObject({
			face_choose: [{ audio_id: speech?.json.audio_id }],
		});
		const [row] = outputOf(result, 'Lip Sync');
		expect(row?.json).toMatchObject({ task_status: 'succeed' });
		expect(row?.binary?.data).toMatchObject({ mimeType: 'video/mp4' });
	});

	it('ends in words when the text is too short to be spoken', async () => {
		const result = await run('Hello.');
		expect(errorText(result)).toContain('Kling needs 2 s');
		expect(bodyOf('advanced-lip-sync')).toBeUndefined();
	});
});

describe('avatar-from-voice-message.json', () => {
	const submit = async (name: string, content: Buffer): Promise<IRun> => {
		const recording = { name, mimeType: 'application/octet-stream', content };
		const entered = await submitted('Avatar Form', {}, { Photo: PHOTO, Recording: recording });
		return await start(template('avatar-from-voice-message.json'), entered).finished;
	};

	it('has the photo speak a voice message', async () => {
		const run = await submit('message.ogg', ogg);
		expectVideoPage(run);
		const signed = expect.stringContaining('rest/binary-data/signed?token=') as string;
		expect(bodyOf('avatar/image2video')).toMatchObject({ image: signed, sound_file: signed });
	});

	it('says what is wrong with a file that is no sound, and makes nothing', async () => {
		expectProblemPage(await submit('a.mp3', Buffer.from('hello hello')), 'is a text file');
		expect(created()).toEqual([]);
	});
});

describe('videos-from-a-table.json', () => {
	const row = (id: number, others: IDataObject = {}) => ({
		json: {
			id,
			image_url: photoOf(sandbox()),
			line: LINE,
			voice_id: '',
			video_id: null,
			video_url: null,
			task_id: null,
			problem: null,
			...others,
		},
	});
	const written = (run: IRun, node: string) =>
		given(run, node).map(({ filters, columns }) => ({
			where: (filters as { conditions: IDataObject[] }).conditions.map(({ keyValue }) => keyValue),
			values: (columns as { value: IDataObject }).value,
		}));
	const readyVoice = (): string => {
		const task = sandbox().createTask({ voice_name: 'Host' });
		sandbox().finish(task.task_id);
		return voiceId();
	};
	const fill = async (...rows: INodeExecutionData[]): Promise<IRun> =>
		await start(template('videos-from-a-table.json'), {
			items: { [MANUAL]: one(), 'Rows to Do': rows },
		}).finished;

	it('writes each video, or its problem, into the row that asked for it', async () => {
		const voice_id = readyVoice();
		const run = await fill(
			row(11, { voice_id }),
			row(12, { voice_id, line: '' }),
			row(13, { voice_id, image_url: 'host.png' }),
			row(14, { voice_id: '111111111111111111' }),
			row(15, { voice_id, line: 'Goodbye.' }),
		);
		expect(errorText(run)).toBeUndefined();
		const videoOfLine = (line: string) => {
			const task = sandbox().tasks.find(({ body }) => String(body.prompt).includes(line));
			const [video] = task?.videos ?? [];
			const video_url = expect.stringContaining(`/${video?.id}.mp4`) as string;
			return { video_id: video?.id, video_url, task_id: task?.task_id };
		};
		expect(written(run, 'Write Video')).toEqual([
			{ where: [11], values: videoOfLine(LINE) },
			{ where: [15], values: videoOfLine('Goodbye.') },
		]);
		const problems = written(run, 'Write Problem');
		expect(problems.map(({ where }) => where)).toEqual([[12], [13], [14]]);
		const [noLine, noImage, noVoice] = problems.map(({ values }) => String(values.problem));
		expect(noLine).toContain('Voice 1 has nothing to say. Enter a Line');
		expect(noImage).toContain('The image URL');
		expect(noVoice).toMatch(/voice/i);
		expect(JSON.stringify(problems)).not.toMatch(/undefined|null|\[item/);
	});

	it('pays once for a row that is tried again, and again for one that was changed', async () => {
		const voice_id = readyVoice();
		const videos = () => sandbox().tasks.filter(({ kind }) => kind === 'imageToVideo').length;
		await fill(row(11, { voice_id }));
		await fill(row(11, { voice_id }));
		expect(videos()).toBe(1);
		await fill(row(11, { voice_id, line: 'Goodbye.' }));
		expect(videos()).toBe(2);
	});

	it('reads only rows that have neither a video nor a problem', () => {
		const { nodes } = template('videos-from-a-table.json');
		const read = nodes.find(({ name }) => name === 'Rows to Do');
		expect(read?.parameters).toMatchObject({
			matchType: 'allConditions',
			filters: {
				conditions: [
					{ keyName: 'video_id', condition: 'isEmpty' },
					{ keyName: 'problem', condition: 'isEmpty' },
				],
			},
		});
	});
});
