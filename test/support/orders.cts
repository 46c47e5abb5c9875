import { photoOf, videoOf } from '../../sandbox/kling/connection.cjs';
import type { TaskKind } from '../../sandbox/kling/server.cjs';
import type { Client } from './sandboxClient.cjs';

type Body = Record<string, unknown>;
/** A body that Kling takes, for the path of one kind. */
type Order = (client: Client) => Body | Promise<Body>;

const PICTURE = 'https://clips.test/a.png';
const VIDEO = 'https://clips.test/a.mp4';

/** Makes a voice of the sandbox, at once. */
export function makeVoice({ sandbox }: Client): string {
	const { task_id } = sandbox.createTask({ voice_name: 'Ada' });
	sandbox.finish(task_id);
	return sandbox.tasks.find((task) => task.task_id === task_id)?.voices[0]?.voice_id ?? '';
}

/** Makes a finished video of a kind, and tells its id. */
export function makeVideo({ sandbox }: Client, kind: TaskKind, body: Body = {}, age = 0): string {
	const created_at = Date.now() - age;
	const { task_id } = sandbox.createTask({ kind, body, created_at });
	sandbox.finish(task_id);
	return sandbox.tasks.find((task) => task.task_id === task_id)?.videos[0]?.id ?? '';
}

/** Finds the faces of a video, and tells the session. */
export async function openSession(client: Client, video: Body): Promise<string> {
	const { json } = await client.send('POST', '/v1/videos/identify-face', video);
	return (json.data as unknown as { session_id: string }).session_id;
}

/** Makes a speech of about so many seconds, and tells its `audio_id`. */
export async function speak(client: Client, seconds = 3): Promise<string> {
	const text = 'x'.repeat(Math.round(seconds * 14));
	const voice = { voice_id: 'oversea_male1', voice_language: 'en' };
	const { json } = await client.send('POST', '/v1/audio/tts', { text, ...voice });
	const { audios } = json.data.task_result as unknown as { audios: { id: string }[] };
	return audios[0]?.id ?? '';
}

const image: Order = () => ({ image: PICTURE });
const prompt: Order = () => ({ prompt: 'A lamp' });
const contents: Order = () => ({ contents: [{ type: 'first_frame', url: PICTURE }] });

export const orders: Record<TaskKind, Order> = {
	customVoice: () => ({ voice_name: 'Ada', voice_url: 'https://clips.test/a.mp3' }),
	imageToVideo: image,
	textToVideo: prompt,
	avatar: () => ({ image: PICTURE, sound_file: 'https://clips.test/a.mp3' }),
	lipSync: async (client) => ({
		session_id: await openSession(client, { video_url: VIDEO }),
		face_choose: [
			{
				face_id: '0',
				audio_id: await speak(client),
				sound_start_time: 0,
				sound_end_time: 3000,
				sound_insert_time: 0,
				sound_volume: 1,
				original_audio_volume: 0,
			},
		],
	}),
	speech: () => ({ text: 'Hello', voice_id: 'genshin_vindi2', voice_language: 'zh' }),
	identifyFace: () => ({ video_url: VIDEO }),
	omniVideo: prompt,
	motionControl: () => ({ image_url: PICTURE, video_url: VIDEO }),
	videoExtend: (client) => ({ video_id: makeVideo(client, 'textToVideo') }),
	effects: () => ({ effect_scene: 'hug', input: { image: PICTURE } }),
	multiImageToVideo: () => ({ prompt: 'A lamp', image_list: [{ image: PICTURE }] }),
	multiElements: () => ({ session_id: '1', edit_mode: 'addition', prompt: 'A lamp' }),
	lipSyncOld: () => ({ input: { video_url: VIDEO, mode: 'text2video', text: 'Hello' } }),
	image: prompt,
	imageExpand: image,
	omniImage: prompt,
	multiImageToImage: () => ({ subject_image_list: [{ subject_image: PICTURE }] }),
	virtualTryOn: () => ({ human_image: PICTURE, cloth_image: PICTURE }),
	imageRecognize: image,
	aiMultiShot: () => ({ element_frontal_image: PICTURE }),
	textToAudio: () => ({ prompt: 'Rain', duration: 5 }),
	videoToAudio: () => ({ video_url: VIDEO }),
	element: () => ({
		element_name: 'Ada',
		element_description: 'A host',
		reference_type: 'image_refer',
		element_image_list: { frontal_image: PICTURE, refer_images: [{ image_url: PICTURE }] },
	}),
	elementOld: () => ({
		element_name: 'Ada',
		element_description: 'A host',
		element_frontal_image: PICTURE,
		element_refer_list: [{ image_url: PICTURE }],
	}),
	newImageToVideo: contents,
	newTextToVideo: prompt,
	newOmniVideo: contents,
	newMotionControl: contents,
};

/** Files that the sandbox serves and takes, for when it looks at them. */
export const served = ({ sandbox }: Client) => ({
	image: photoOf(sandbox),
	video: videoOf(sandbox),
});
