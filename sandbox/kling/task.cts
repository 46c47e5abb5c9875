export type TaskStatus = 'submitted' | 'processing' | 'succeed' | 'failed';

export const taskKinds = [
	'customVoice',
	'imageToVideo',
	'textToVideo',
	'avatar',
	'lipSync',
] as const;
export type TaskKind = (typeof taskKinds)[number];

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

/** A task as the sandbox remembers it: times in Unix milliseconds, statuses in Kling's legacy words. */
export interface SandboxTask {
	task_id: string;
	kind: TaskKind;
	external_task_id?: string;
	/** Empty when a video is made. */
	voice_name: string;
	voice_url?: string;
	video_id?: string;
	callback_url?: string;
	task_status: TaskStatus;
	task_status_msg?: string;
	created_at: number;
	updated_at: number;
	voices: SandboxVoice[];
	videos: SandboxVideo[];
}

export type NewTask = Pick<
	SandboxTask,
	'voice_name' | 'voice_url' | 'video_id' | 'callback_url' | 'external_task_id'
> &
	Partial<Pick<SandboxTask, 'kind' | 'created_at'>>;
