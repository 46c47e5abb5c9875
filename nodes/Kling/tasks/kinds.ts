import { plainText } from '../api/foreign';
import type { Task } from './task';

/** What differs between Kling's asynchronous tasks; everything else about them is shared. */
export interface TaskKind {
	/** What a task makes, as it reads in a message. */
	name: string;
	path: string;
	/** Where `task_result` keeps the outcome, or `ANY_RESULT`; and which field of it is the id, or none. */
	resultKey: string;
	idKey: string;
	/** Where a body has the external id and the callback address. Default: in the body itself. */
	idsIn?: 'body' | 'options' | 'none';
	/** Whether `/tasks` is asked for such a task, as in Kling's new standard, not its own path. */
	isInTasks?: boolean;
	/** Most rows that one page of the list may have. */
	pageLimit: number;
	/** What the simplified output calls the fields of the outcome, and what Kling calls them. */
	fields: Record<string, string>;
}

/** A kind that the node creates. */
export interface CreatedKind extends TaskKind {
	/** Field that both the body and the result have, to tell whose task was found under an id. */
	nameKey?: string;
	/** Milliseconds before each look at a task under way; the last one is repeated. */
	pausesMs: readonly number[];
	/** How long to wait for one by default, in seconds. */
	timeoutS: number;
	file?: ResultFile;
}

/** The file of a finished task. */
export interface ResultFile {
	/** Fields of the result that may have its address. */
	keys: readonly string[];
	/** Whether all results of a task are files, and none of them has to be. */
	isEach?: boolean;
	/** What it is, as it reads in a message. */
	name: string;
	/** Which content types it may have, and what they are called. */
	mime: RegExp;
	content: string;
	mostBytes: number;
	/** For a server that names neither. */
	fallback: { fileName: string; mimeType: string };
}

/** Source: Kling's page on voice customization, also for the two kinds. */
const VOICE = {
	resultKey: 'voices',
	idKey: 'voice_id',
	pageLimit: 1000,
	fields: {
		voice_id: 'voice_id',
		voice_name: 'voice_name',
		trial_url: 'trial_url',
		owned_by: 'owned_by',
	},
};

export const CUSTOM_VOICE: CreatedKind = {
	...VOICE,
	name: 'custom voice',
	path: '/v1/general/custom-voices',
	nameKey: 'voice_name',
	// It takes about 9 s.
	pausesMs: [3_000, 3_000, 3_300, 4_200, 5_000],
	timeoutS: 300,
	file: {
		keys: ['trial_url'],
		name: 'sample',
		mime: /^(audio|video)\//,
		content: 'sound',
		// A few seconds of speech; what is larger is something else.
		mostBytes: 50 * 1024 * 1024,
		fallback: { fileName: 'sample.mp3', mimeType: 'audio/mpeg' },
	},
};

/** Kling's own voices: only a list. */
export const PRESET_VOICE: TaskKind = {
	...VOICE,
	name: 'preset voice',
	path: '/v1/general/presets-voices',
};

/** Source: Kling's pages on videos, avatars and lip-sync. */
const VIDEO = {
	resultKey: 'videos',
	idKey: 'id',
	pageLimit: 500,
	fields: { video_id: 'id', video_url: 'url', duration: 'duration' },
	// It takes two to five minutes; a wait of six is 23 looks.
	pausesMs: [30_000, 10_000, 12_000, 15_000],
	timeoutS: 1800,
	file: {
		keys: ['url'],
		name: 'video',
		mime: /^video\//,
		content: 'a video',
		mostBytes: 2 * 1024 * 1024 * 1024,
		fallback: { fileName: 'video.mp4', mimeType: 'video/mp4' },
	},
};

export const IMAGE_TO_VIDEO: CreatedKind = {
	...VIDEO,
	name: 'video from an image',
	path: '/v1/videos/image2video',
};

export const TEXT_TO_VIDEO: CreatedKind = {
	...VIDEO,
	name: 'video from text',
	path: '/v1/videos/text2video',
};

export const AVATAR: CreatedKind = {
	...VIDEO,
	name: 'avatar video',
	path: '/v1/videos/avatar/image2video',
};

export const LIP_SYNC: CreatedKind = {
	...VIDEO,
	name: 'lip-sync video',
	path: '/v1/videos/advanced-lip-sync',
};

/** Text to speech: answered at once, without an external id, a list or a look. Source: Kling's page on it. */
export const SPEECH: CreatedKind = {
	name: 'speech',
	path: '/v1/audio/tts',
	resultKey: 'audios',
	idKey: 'id',
	pageLimit: 1,
	fields: { audio_id: 'id', audio_url: 'url', duration: 'duration' },
	pausesMs: [],
	timeoutS: 120,
	file: {
		keys: ['url'],
		name: 'audio',
		mime: /^audio\//,
		content: 'sound',
		mostBytes: 100 * 1024 * 1024,
		fallback: { fileName: 'speech.mp3', mimeType: 'audio/mpeg' },
	},
};

/** The kinds that have a list and callbacks, by the name that workflows store. */
export const TASK_KINDS = {
	customVoice: CUSTOM_VOICE,
	avatar: AVATAR,
	imageToVideo: IMAGE_TO_VIDEO,
	lipSync: LIP_SYNC,
	textToVideo: TEXT_TO_VIDEO,
} satisfies Record<string, CreatedKind>;

export const isVideo = ({ resultKey }: TaskKind): boolean => resultKey === VIDEO.resultKey;

/** Whether a finished task can be the answer to this request. An unfinished one does not say its name yet. */
export function mayAnswer({ nameKey }: CreatedKind, task: Task, name: unknown): boolean {
	const made = plain(nameKey && task.results[0]?.[nameKey]);
	return made === '' || made === plain(name);
}

/** A gateway may trim a name, change its case, send digits as a number, or write é in its other way. */
const plain = (name: unknown) =>
	plainText(name).normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase();
