import { LosslessNumber, stringify } from 'lossless-json';
import type { ResolvedOptions } from './options.cjs';
import type { SandboxTask, TaskStatus } from './task.cjs';

/** The account all keys of a sandbox belong to. */
export const ACCOUNT_ID = '100200300';

const spellings: Record<ResolvedOptions['statusSpelling'], Record<TaskStatus, string>> = {
	legacy: {
		submitted: 'submitted',
		processing: 'processing',
		succeed: 'succeed',
		failed: 'failed',
	},
	newStandard: {
		submitted: 'submitted',
		processing: 'processing',
		succeed: 'succeeded',
		failed: 'failed',
	},
	newApi: {
		submitted: 'SUBMITTED',
		processing: 'IN_PROGRESS',
		succeed: 'SUCCESS',
		failed: 'FAILURE',
	},
};

const idKeys = new Set(['id', 'task_id', 'voice_id']);

/**
 * The text that goes over the wire. With `idsAsNumbers` an 18-digit id is written digit by digit,
 * never through a JavaScript number, as a Go or Java gateway would.
 */
export function encode(body: unknown, options: Pick<ResolvedOptions, 'idsAsNumbers'>): string {
	if (!options.idsAsNumbers) return JSON.stringify(body);
	const text = stringify(body, (key, value) =>
		idKeys.has(key) && typeof value === 'string' && /^\d{15,}$/.test(value)
			? new LosslessNumber(value)
			: value,
	);
	return text ?? '';
}

export interface Viewer {
	options: ResolvedOptions;
	origin: string;
}

export function spellStatus(status: TaskStatus, options: ResolvedOptions): string {
	return spellings[options.statusSpelling][status];
}

export function spellTime(milliseconds: number, options: ResolvedOptions): number {
	return options.secondsTimestamps ? Math.floor(milliseconds / 1000) : milliseconds;
}

/** Served by `samples.cts`; the voice in the query tells it from the clip that makes voices. */
export function trialUrl(origin: string, voiceId: string): string {
	return `${origin}/_sandbox/clips/narrator.mp3?voice=${voiceId}`;
}

/** A task as `create` answers it: no result yet, no reason. */
export function createdTaskJson(task: SandboxTask, { options }: Viewer) {
	return {
		task_id: task.task_id,
		task_info: externalIdJson(task),
		task_status: spellStatus('submitted', options),
		created_at: spellTime(task.created_at, options),
		updated_at: spellTime(task.created_at, options),
	};
}

function voicesOf({ voices }: SandboxTask, { origin }: Viewer) {
	return voices
		.filter((voice) => !voice.deleted)
		.map(({ voice_id, voice_name }) => ({
			voice_id,
			voice_name,
			trial_url: trialUrl(origin, voice_id),
			owned_by: ACCOUNT_ID,
		}));
}

/** Nothing is served there: the sandbox has no film. */
function videosOf({ videos }: SandboxTask, { origin }: Viewer) {
	return videos.map(({ id, duration }) => {
		return { id, url: `${origin}/_sandbox/videos/${id}.mp4`, duration };
	});
}

/** A task as query, list and callbacks show it. Deleted voices are left out. */
export function taskJson(task: SandboxTask, viewer: Viewer, withVoices = true) {
	const { options } = viewer;
	const voices = voicesOf(task, viewer);
	const isVoice = task.kind === 'customVoice';
	const result = isVoice ? { voices } : { videos: videosOf(task, viewer) };
	const finished = task.task_status === 'succeed';
	return {
		task_id: task.task_id,
		task_info: externalIdJson(task),
		task_status: spellStatus(task.task_status, options),
		task_status_msg: task.task_status_msg ?? '',
		created_at: spellTime(task.created_at, options),
		updated_at: spellTime(task.updated_at, options),
		...(finished ? { task_result: withVoices || !isVoice ? result : {} } : {}),
		...(finished && options.flatVoiceId && voices[0] ? { voice_id: voices[0].voice_id } : {}),
		final_unit_deduction: finished ? '0.05' : '0',
		final_balance_deduction: { quota: '0', list_price: '0' },
	};
}

/** A callback in Kling's new standard. */
export function newStandardJson(task: SandboxTask, viewer: Viewer, withVoices = true) {
	const { options } = viewer;
	const voices = voicesOf(task, viewer).map(({ voice_id, voice_name, trial_url, owned_by }) => ({
		type: 'voice',
		id: voice_id,
		name: voice_name,
		url: trial_url,
		owned_by,
		status: 'succeeded',
	}));
	const videos = videosOf(task, viewer).map((video) => ({ type: 'video', ...video }));
	return {
		id: task.task_id,
		status: spellings.newStandard[task.task_status],
		message: task.task_status_msg ?? '',
		create_time: spellTime(task.created_at, options),
		update_time: spellTime(task.updated_at, options),
		...(task.external_task_id === undefined ? {} : { external_id: task.external_task_id }),
		outputs: [...(withVoices ? voices : []), ...videos],
		billing: [],
	};
}

function externalIdJson(task: SandboxTask): { external_task_id?: string } {
	return task.external_task_id === undefined ? {} : { external_task_id: task.external_task_id };
}
