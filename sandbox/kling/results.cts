import type { Product } from './kinds/kind.cjs';
import { mediaUrl } from './media/files.cjs';
import type { Media } from './media/shelf.cjs';
import { spellSeconds } from './products.cjs';
import type { SandboxTask } from './task.cjs';

/** The account all keys of a sandbox belong to. */
const ACCOUNT_ID = '100200300';

/** Served by `samples.cts`; the voice in the query tells it from the clip that makes voices. */
export function trialUrl(origin: string, voiceId: string): string {
	return `${origin}/_sandbox/clips/narrator.mp3?voice=${voiceId}`;
}

type Row = Record<string, unknown>;

const filesOf = ({ files }: SandboxTask, what: Media['what']) =>
	files.filter((file) => file.what === what);

/** Deleted ones are left out. */
export function voiceRows({ voices }: SandboxTask, origin: string) {
	return voices
		.filter((voice) => !voice.deleted)
		.map(({ voice_id, voice_name }) => ({
			voice_id,
			voice_name,
			trial_url: trialUrl(origin, voice_id),
			owned_by: ACCOUNT_ID,
		}));
}

/** A watermarked copy only for who asked for one. */
function videoRows(task: SandboxTask, origin: string) {
	const { watermark_info } = task.body;
	const isMarked = (watermark_info as { enabled?: unknown } | undefined)?.enabled === true;
	return filesOf(task, 'video').map((file) => {
		const url = mediaUrl(origin, file);
		return {
			id: file.id,
			url,
			...(isMarked ? { watermark_url: `${url}&watermark=1` } : {}),
			duration: spellSeconds(file.seconds),
		};
	});
}

const imageRows = (task: SandboxTask, origin: string) =>
	filesOf(task, 'image').map((file, index) => ({ index, url: mediaUrl(origin, file) }));

const audioRows = (task: SandboxTask, origin: string) =>
	filesOf(task, 'audio').map((file) => ({
		id: file.id,
		url: mediaUrl(origin, file),
		duration: spellSeconds(file.seconds),
	}));

const soundRows = (task: SandboxTask, origin: string) =>
	filesOf(task, 'sound').map((file) => ({
		id: file.id,
		url_mp3: mediaUrl(origin, file, 'mp3'),
		url_wav: mediaUrl(origin, file, 'wav'),
		duration_mp3: spellSeconds(file.seconds),
		duration_wav: spellSeconds(file.seconds),
	}));

const elementRows = ({ elements }: SandboxTask, origin: string) =>
	elements.map(({ element_voice_id: voice_id, ...element }) => ({
		...element,
		...(voice_id === undefined
			? {}
			: { element_voice_info: { voice_id, trial_url: trialUrl(origin, voice_id) } }),
		owned_by: ACCOUNT_ID,
	}));

type Rows = (task: SandboxTask, origin: string) => Row[];

/** Which lists `task_result` has. */
const lists: Record<Product, Record<string, Rows>> = {
	voice: { voices: voiceRows },
	video: { videos: videoRows },
	image: { images: imageRows },
	audio: { audios: audioRows },
	sound: { audios: soundRows },
	scoredVideo: { videos: videoRows, audios: soundRows },
	element: { elements: elementRows },
	faces: {},
};

export const resultOf = (task: SandboxTask, makes: Product, origin: string) =>
	Object.fromEntries(Object.entries(lists[makes]).map(([key, rows]) => [key, rows(task, origin)]));

const outputTypes: Record<string, (row: Row, taskId: string) => Row> = {
	voices: ({ voice_id: id, voice_name: name, trial_url: url, owned_by }) => ({
		type: 'voice',
		id,
		name,
		url,
		owned_by,
		status: 'succeeded',
	}),
	videos: (row) => ({ type: 'video', ...row }),
	images: ({ url }, group_id) => ({ type: 'image', group_id, url }),
	audios: ({
		id,
		url,
		url_mp3 = url,
		url_wav,
		duration,
		duration_mp3 = duration,
		duration_wav,
	}) => ({
		type: 'audio',
		id,
		mp3_url: url_mp3,
		wav_url: url_wav,
		mp3_duration: duration_mp3,
		wav_duration: duration_wav,
	}),
	elements: ({ element_id: id, element_name: name }) => ({ type: 'element', id, name }),
};

/** The same in the flat list of the new standard. */
export const outputsOf = (task: SandboxTask, makes: Product, origin: string): Row[] =>
	Object.entries(resultOf(task, makes, origin)).flatMap(([key, rows]) =>
		rows.map((row) => outputTypes[key]?.(row, task.task_id) ?? row),
	);
