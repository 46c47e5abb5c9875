import type { IDataObject } from 'n8n-workflow';

import type { Task } from './task';

/** What differs between Kling's asynchronous tasks; everything else about them is shared. */
export interface TaskKind {
	/** In the user's words, for messages. */
	name: string;
	path: string;
	/** Where `task_result` keeps the outcome. */
	resultKey: string;
	/** Most rows that one page of the list may have. Others than voices are capped at 500. */
	pageLimit: number;
	/** What the simplified output calls the fields of the outcome, and what Kling calls them. */
	fields: Record<string, string>;
}

/** A kind that the node creates. */
export interface CreatedKind extends TaskKind {
	/** Body parameter and result field that hold the same name, to recognise a task without an id. */
	nameKeys: { body: string; result: string };
}

const VIDEO = {
	resultKey: 'videos',
	pageLimit: 500,
	fields: { video_id: 'id', video_url: 'url', duration: 'duration' },
};

/** Sources: kling-api.md §2 for voices, §5 and §7 for the others. */
export const TASK_KINDS = {
	customVoice: {
		name: 'custom voice',
		path: '/v1/general/custom-voices',
		resultKey: 'voices',
		pageLimit: 1000,
		fields: {
			voice_id: 'voice_id',
			voice_name: 'voice_name',
			trial_url: 'trial_url',
			owned_by: 'owned_by',
		},
		nameKeys: { body: 'voice_name', result: 'voice_name' },
	},
	avatar: { ...VIDEO, name: 'avatar video', path: '/v1/videos/avatar/image2video' },
	imageToVideo: { ...VIDEO, name: 'video from an image', path: '/v1/videos/image2video' },
	lipSync: { ...VIDEO, name: 'lip-sync video', path: '/v1/videos/advanced-lip-sync' },
	textToVideo: { ...VIDEO, name: 'video from text', path: '/v1/videos/text2video' },
} satisfies Record<string, TaskKind | CreatedKind>;

export type TaskType = keyof typeof TASK_KINDS;

/** Whether a finished task can be the answer to this request. An unfinished one does not say its name yet. */
export function mayAnswer(kind: CreatedKind, task: Task, body: IDataObject): boolean {
	const made = task.results[0]?.[kind.nameKeys.result];
	return made === undefined || plain(made) === plain(body[kind.nameKeys.body]);
}

/** A gateway may trim a name, send digits as a number, or write é in its other way. */
const plain = (name: unknown) => String(name).trim().normalize('NFC');
