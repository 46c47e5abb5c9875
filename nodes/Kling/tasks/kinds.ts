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
	/** Body parameter and result field that hold the same name, to recognise a task without an id. */
	nameKeys: { body: string; result: string };
}

export const TASK_KINDS = {
	customVoice: {
		name: 'custom voice',
		path: '/v1/general/custom-voices',
		resultKey: 'voices',
		pageLimit: 1000,
		nameKeys: { body: 'voice_name', result: 'voice_name' },
	},
} satisfies Record<string, TaskKind>;

/** Whether a finished task can be the answer to this request. An unfinished one does not say its name yet. */
export function mayAnswer(kind: TaskKind, task: Task, body: IDataObject): boolean {
	const made = task.results[0]?.[kind.nameKeys.result];
	return made === undefined || plain(made) === plain(body[kind.nameKeys.body]);
}

/** A gateway may trim a name, send digits as a number, or write é in its other way. */
const plain = (name: unknown) => String(name).trim().normalize('NFC');
