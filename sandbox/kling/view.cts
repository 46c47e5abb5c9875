import { LosslessNumber, stringify } from 'lossless-json';
import { kinds } from './kinds/index.cjs';
import { mediaUrl } from './media/files.cjs';
import type { ResolvedOptions } from './options.cjs';
import { spellSeconds } from './products.cjs';
import { outputsOf, resultOf, voiceRows } from './results.cjs';
import type { SandboxTask, TaskStatus } from './task.cjs';

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

const idKeys = new Set(['id', 'task_id', 'voice_id', 'element_id', 'session_id']);

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

/** A task as query, list and callbacks show it. */
export function taskJson(task: SandboxTask, viewer: Viewer) {
	const { options, origin } = viewer;
	const { makes } = kinds[task.kind];
	const finished = task.task_status === 'succeed';
	const result = finished ? resultOf(task, makes, origin) : {};
	const [voice] = finished ? voiceRows(task, origin) : [];
	return {
		task_id: task.task_id,
		task_info: { ...parentJson(task, origin), ...externalIdJson(task) },
		task_status: spellStatus(task.task_status, options),
		task_status_msg: task.task_status_msg ?? '',
		created_at: spellTime(task.created_at, options),
		updated_at: spellTime(task.updated_at, options),
		// While it is at work, recorded videos have an empty one.
		...(finished || makes !== 'voice' ? { task_result: result } : {}),
		...(options.flatVoiceId && voice ? { voice_id: voice.voice_id } : {}),
		final_unit_deduction: spellUnits(task.units),
		final_balance_deduction: { quota: '0', list_price: '0' },
	};
}

/** What `identify-face` answers. */
export function facesJson({ task_id, session, units }: SandboxTask) {
	const { session_id = '', faces = [] } = session ?? {};
	return { task_id, session_id, face_data: faces, final_unit_deduction: spellUnits(units) };
}

/**
 * What Kling posts. Of a voice it is the task, with its voices or, as on Kling's page, without. Of a file it is the
 * recorded form: every list is there, empty or not, and nothing is said of the charge.
 */
export function callbackJson(task: SandboxTask, viewer: Viewer) {
	const { final_unit_deduction, final_balance_deduction, ...shown } = taskJson(task, viewer);
	const { task_result, ...rest } = shown;
	if (kinds[task.kind].makes === 'voice') {
		const voices = task_result && { task_result: viewer.options.callbackVoices ? task_result : {} };
		return { ...rest, ...voices, final_unit_deduction, final_balance_deduction };
	}
	return { ...rest, task_result: { images: [], videos: [], audios: [], ...task_result } };
}

/** A task as Kling's new standard shows it: in `/tasks` and in callbacks. */
export function newStandardJson(task: SandboxTask, viewer: Viewer, withVoices = true) {
	const { options, origin } = viewer;
	const { makes } = kinds[task.kind];
	const hasOutputs = task.task_status === 'succeed' && (withVoices || makes !== 'voice');
	return {
		...newCreatedJson(task, viewer),
		status: spellings.newStandard[task.task_status],
		message: task.task_status_msg ?? '',
		update_time: spellTime(task.updated_at, options),
		outputs: hasOutputs ? outputsOf(task, makes, origin) : [],
		billing: billingOf(task),
	};
}

/** A task as the new standard's `create` answers it. */
export function newCreatedJson(task: SandboxTask, { options }: Viewer) {
	const time = spellTime(task.created_at, options);
	return {
		id: task.task_id,
		status: spellings.newStandard.submitted,
		message: '',
		create_time: time,
		update_time: time,
		...(task.external_task_id === undefined ? {} : { external_id: task.external_task_id }),
	};
}

function billingOf({ task_status, kind, units }: SandboxTask) {
	if (task_status === 'failed') return [{ amount: '0' }];
	if (task_status !== 'succeed') return [];
	const package_type = kinds[kind].pack ?? 'video';
	return [{ charge_type: 'unit', amount: spellUnits(units), package_type }];
}

const spellUnits = (units: number) => String(Math.round(units * 100) / 100);

function externalIdJson(task: SandboxTask): { external_task_id?: string } {
	return task.external_task_id === undefined ? {} : { external_task_id: task.external_task_id };
}

/** Of a lip-sync: the video that it speaks in. */
function parentJson({ kind, session }: SandboxTask, origin: string) {
	const video = kind === 'lipSync' ? session?.video : undefined;
	if (!video) return {};
	const { id, seconds } = video;
	return { parent_video: { id, url: mediaUrl(origin, video), duration: spellSeconds(seconds) } };
}
