import type { TaskKind } from './kinds/index.cjs';
import type { Body } from './kinds/kind.cjs';
import type { Media, Session } from './media/shelf.cjs';

export type TaskStatus = 'submitted' | 'processing' | 'succeed' | 'failed';

export interface SandboxVoice {
	voice_id: string;
	voice_name: string;
	deleted: boolean;
}

export interface SandboxVideo {
	id: string;
	/** In seconds, as Kling writes it: a text. */
	duration: string;
}

export interface SandboxElement {
	element_id: string;
	element_name: string;
	element_voice_id?: string;
}

/** A task as the sandbox remembers it: times in Unix milliseconds, statuses in Kling's legacy words. */
export interface SandboxTask {
	task_id: string;
	kind: TaskKind;
	external_task_id?: string;
	/** Empty when no voice is made. */
	voice_name: string;
	voice_url?: string;
	video_id?: string;
	callback_url?: string;
	task_status: TaskStatus;
	task_status_msg?: string;
	created_at: number;
	updated_at: number;
	/** What was asked for, without the bytes of files. */
	body: Body;
	voices: SandboxVoice[];
	videos: SandboxVideo[];
	elements: SandboxElement[];
	/** All files that it made, videos included. */
	files: Media[];
	/** Of the faces that it found, or that it used. */
	session?: Session;
	/** Charged so far. */
	units: number;
}

export type NewTask = Pick<
	SandboxTask,
	'voice_name' | 'voice_url' | 'video_id' | 'callback_url' | 'external_task_id'
> &
	Partial<Pick<SandboxTask, 'kind' | 'created_at' | 'body'>>;
