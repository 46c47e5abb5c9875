import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject, INodeExecutionData, IRun } from 'n8n-workflow';

import { startInstance } from '../../sandbox/engine/instance/index.cjs';
import { nextExecutionId } from '../../sandbox/engine/workflow.cjs';
import { clipOf, photoOf, videoOf } from '../../sandbox/kling/connection.cjs';
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
import { useFastClock } from '../support/engine/fastClock.cjs';
import { jpg } from '../support/pictures.cjs';

useFastClock();
const sandboxOf = useSandbox({ fetchClips: true });
const instanceOf = useInstance();

const CLIPS = join(__dirname, '../support/clips');
const clip = (name: string) => readFileSync(join(CLIPS, name));

const avatar = (others: IDataObject = {}): IDataObject => ({
	resource: 'video',
	operation: 'avatar',
	imageUrl: photoOf(sandboxOf()),
	audioSource: 'url',
	audioUrl: clipOf(sandboxOf()),
	downloadVideo: false,
	...others,
});

const lipSync = (others: IDataObject = {}): IDataObject => ({
	resource: 'video',
	operation: 'lipSync',
	videoSource: 'url',
	videoUrl: videoOf(sandboxOf()),
	audioSource: 'url',
	audioUrl: clipOf(sandboxOf()),
	downloadVideo: false,
	...others,
});

interface Given {
	name: string;
	mimeType: string;
	content: Buffer;
}

/** Runs with files in the fields of the item, stored as n8n would have done. */
async function runWith(files: Record<string, Given>, parameters: IDataObject): Promise<IRun> {
	const executionId = nextExecutionId();
	const binary: INodeExecutionData['binary'] = {};
	for (const [field, file] of Object.entries(files)) {
		binary[field] = await instanceOf().storeFile(executionId, file);
	}
	const rows = [{ json: {}, binary }];
	return await startOn(instanceOf(), sandboxOf(), { executionId, rows, parameters }).finished;
}

const VOICE_MESSAGE = { name: 'a.ogg', mimeType: 'audio/ogg', content: clip('opus-voice.ogg') };

const bodyOf = (path: string): IDataObject =>
	sandboxOf().requests.find((request) => request.method === 'POST' && request.path.endsWith(path))
		?.body as IDataObject;

describe('Avatar', () => {
	it('makes a video from an image and a recording', async () => {
		const [row] = await rowsOf(sandboxOf(), { parameters: avatar() });
		expect(row).toMatchObject({ task_status: 'succeed', video_id: expect.any(String) as string });
		expect(bodyOf('image2video')).toMatchObject({
			image: photoOf(sandboxOf()),
			sound_file: clipOf(sandboxOf()),
			mode: 'std',
		});
	});

	it('converts a voice message, and says so', async () => {
		const run = await runWith({ audio: VOICE_MESSAGE }, avatar({ audioSource: 'binary' }));
		expect(errorOf(run)).toBeUndefined();
		expect(outputOf(run, NODE)[0]?.json).toMatchObject({
			task_status: 'succeed',
			hint: 'The recording was converted from Ogg to wav.',
		});
	});

	it.each([
		['m4a', 'other.m4a'],
		['aac', 'other.aac'],
	])('takes a recording of type %s as it is', async (ending, name) => {
		const file = { name, mimeType: 'application/octet-stream', content: clip(name) };
		const run = await runWith({ audio: file }, avatar({ audioSource: 'binary' }));
		expect(errorOf(run)).toBeUndefined();
		expect(outputOf(run, NODE)[0]?.json).toMatchObject({ task_status: 'succeed' });
		expect(ending).toBeDefined();
	});

	it.each<[string, Given, string]>([
		[
			'a video',
			{ name: 'v.mp4', mimeType: 'video/mp4', content: clip('mp4-5.0.mp4') },
			'is a video; Kling takes mp3',
		],
		[
			'a text',
			{ name: 'a.mp3', mimeType: 'audio/mpeg', content: Buffer.from('hello hello') },
			'is a text file',
		],
	])('refuses %s as sound before anything is sent', async (_name, audio, what) => {
		const run = await runWith({ audio }, avatar({ audioSource: 'binary' }));
		expect(errorOf(run)).toContain(what);
		expect(sandboxOf().requests).toEqual([]);
	});

	it('refuses an image that is too small before anything is sent', async () => {
		const data = { name: 'a.jpg', mimeType: 'image/jpeg', content: jpg(200, 400) };
		const run = await runWith({ data }, avatar({ imageSource: 'binary' }));
		expect(errorOf(run)).toContain('The image "a.jpg" is 200 × 400 pixels');
		expect(sandboxOf().requests).toEqual([]);
	});

	it('sends the files in the request where n8n keeps them in memory', async () => {
		const instance = await startInstance({ binaryMode: 'default' });
		const photo = readFileSync(join(__dirname, '../../sandbox/kling/media/files/photo.jpg'));
		try {
			const binary = {
				data: { data: photo.toString('base64'), mimeType: 'image/jpeg' },
				audio: { data: clip('opus-voice.ogg').toString('base64'), mimeType: 'audio/ogg' },
			};
			const parameters = avatar({ imageSource: 'binary', audioSource: 'binary' });
			const rows = [{ json: {}, binary }];
			const run = await startOn(instance, sandboxOf(), { rows, parameters }).finished;
			expect(errorOf(run)).toBeUndefined();
			expect(outputOf(run, NODE)[0]?.json).toMatchObject({ task_status: 'succeed' });
		} finally {
			await instance.close();
		}
	});
});

describe('Lip Sync', () => {
	it('looks for the face and makes the video, with all times and volumes set', async () => {
		const [row] = await rowsOf(sandboxOf(), { parameters: lipSync() });
		expect(row).toMatchObject({ task_status: 'succeed', video_id: expect.any(String) as string });
		expect(bodyOf('identify-face')).toEqual({ video_url: videoOf(sandboxOf()) });
		const { face_choose: faces } = bodyOf('advanced-lip-sync');
		expect(faces).toEqual([
			{
				face_id: '0',
				sound_file: clipOf(sandboxOf()),
				sound_start_time: 0,
				sound_end_time: expect.any(Number) as number,
				sound_insert_time: 0,
				sound_volume: 1,
				original_audio_volume: 1,
			},
		]);
	});

	it('takes a video of Kling and a speech of Kling', async () => {
		const sandbox = sandboxOf();
		const speech = {
			resource: 'speech',
			operation: 'create',
			text: 'Good evening to all of you, and welcome.',
		};
		const [spoken] = await rowsOf(sandbox, { parameters: { ...speech, downloadAudio: false } });
		const made = sandbox.createTask({ kind: 'textToVideo', body: { duration: '5' } });
		sandbox.finish(made.task_id);
		const video_id = sandbox.tasks.find((task) => task.task_id === made.task_id)?.videos[0]?.id;
		const parameters = lipSync({
			videoSource: 'kling',
			videoId: video_id,
			audioSource: 'speech',
		});
		const [row] = await rowsOf(sandbox, { parameters, items: [spoken ?? {}] });
		expect(row).toMatchObject({ task_status: 'succeed' });
		expect(bodyOf('identify-face')).toEqual({ video_id });
	});

	it('says which video to choose when Kling finds no face', async () => {
		const { options } = sandboxOf();
		const usual = options.faces;
		options.faces = 0;
		const run = await runKling(sandboxOf(), { parameters: lipSync() });
		options.faces = usual;
		expect(errorOf(run)).toContain('Kling found no face in the video');
		expect(errorOf(run)).toContain('Choose a video in which a face is clearly visible');
		expect(bodyOf('advanced-lip-sync')).toBeUndefined();
	});

	it('refuses an unknown face, and names those that were found', async () => {
		const face = { __rl: true, mode: 'id', value: '7' };
		const run = await runKling(sandboxOf(), { parameters: lipSync({ face }) });
		expect(errorOf(run)).toContain('The video has no face with this ID');
		expect(errorOf(run)).toContain('with these IDs: 0');
		expect(bodyOf('advanced-lip-sync')).toBeUndefined();
	});

	it('refuses a speech of unknown length before anything is sent', async () => {
		const parameters = lipSync({ audioSource: 'speech', audioId: '1', audioDuration: '' });
		const run = await runKling(sandboxOf(), { parameters });
		expect(errorOf(run)).toContain('The length of the speech is not known');
		expect(sandboxOf().requests).toEqual([]);
	});

	it('never looks for faces again when an answer was lost, not even in a retry', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'answerLost', match: { kind: 'identifyFace' } });
		const run = await runKling(sandbox, {
			parameters: lipSync(),
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		});
		expect(errorOf(run)).toContain('An earlier attempt for this item was sent');
		expect(errorOf(run)).toContain('run the workflow again');
		expect(sandbox.requests.filter(({ kind }) => kind === 'identifyFace')).toHaveLength(1);
	});

	it('pays for the faces once when the second step is tried again', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({
			on: 'create',
			kind: 'errorBefore',
			error: 'contentPolicy',
			times: 1,
			match: { kind: 'lipSync' },
		});
		const run = await runKling(sandbox, {
			parameters: lipSync(),
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		});
		expect(errorOf(run)).toBeUndefined();
		expect(sandbox.requests.filter(({ kind }) => kind === 'identifyFace')).toHaveLength(1);
	});
});

describe('Text to Video', () => {
	const textToVideo = (others: IDataObject = {}): IDataObject => ({
		resource: 'video',
		operation: 'textToVideo',
		prompt: 'A lamp',
		downloadVideo: false,
		...others,
	});

	it('makes a video from a prompt', async () => {
		const [row] = await rowsOf(sandboxOf(), { parameters: textToVideo() });
		expect(row).toMatchObject({ task_status: 'succeed', video_id: expect.any(String) as string });
		expect(bodyOf('text2video')).toEqual({
			external_task_id: expect.any(String) as string,
			model_name: 'kling-v3',
			prompt: 'A lamp',
			sound: 'on',
			mode: 'pro',
			duration: '5',
			aspect_ratio: '16:9',
			multi_shot: false,
		});
	});

	it('refuses an empty prompt before anything is sent', async () => {
		const run = await runKling(sandboxOf(), { parameters: textToVideo({ prompt: ' ' }) });
		expect(errorOf(run)).toContain('There is no prompt');
		expect(sandboxOf().requests).toEqual([]);
	});

	it('sends the camera along one axis', async () => {
		const camera = { movement: { type: 'simple', axis: 'pan', amount: -3 } };
		const parameters = textToVideo({ model: 'kling-v1', waitFor: 'none', options: { camera } });
		await rowsOf(sandboxOf(), { parameters });
		expect(bodyOf('text2video')).toMatchObject({
			camera_control: { type: 'simple', config: { pan: -3 } },
		});
		expect(bodyOf('text2video')).not.toHaveProperty('sound');
	});
});
