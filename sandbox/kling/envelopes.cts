import type { EnvelopeName, ResolvedOptions } from './options.cjs';
import type { SandboxTask, TaskStatus } from './task.cjs';
import { spellTime } from './view.cjs';

/** What a route has to say, before a gateway wraps it. */
export interface ApiResult {
	data: unknown;
	/** Set when `data` is one task. */
	task?: SandboxTask;
	/** The body of the request, for gateways that merely repeat it. */
	request: unknown;
	requestId: string;
}

const official = ({ data, requestId }: ApiResult) => ({
	code: 0,
	message: 'SUCCEED',
	request_id: requestId,
	data,
});

const newApiWords: Record<TaskStatus, { word: string; openAi: string; progress: number }> = {
	submitted: { word: 'SUBMITTED', openAi: 'queued', progress: 0 },
	processing: { word: 'IN_PROGRESS', openAi: 'in_progress', progress: 50 },
	succeed: { word: 'SUCCESS', openAi: 'completed', progress: 100 },
	failed: { word: 'FAILURE', openAi: 'failed', progress: 100 },
};

function openAiVideo(answer: ApiResult, seconds: (ms: number) => number): unknown {
	const { data, task } = answer;
	if (!task) return { object: 'list', data };
	const { openAi, progress } = newApiWords[task.task_status];
	const result = taskResult(data);
	return {
		id: task.task_id,
		task_id: task.task_id,
		object: 'video',
		model: task.body.model_name ?? 'kling-custom-voices',
		status: openAi,
		progress,
		created_at: seconds(task.created_at),
		...(result ? { completed_at: seconds(task.updated_at), task_result: result } : {}),
		...(task.task_status_msg === undefined
			? {}
			: { error: null, fail_reason: task.task_status_msg }),
	};
}

function newApiFetch(answer: ApiResult, seconds: (ms: number) => number): unknown {
	const { data, task } = answer;
	if (!task) return { code: 'success', message: '', data };
	const { word, progress } = newApiWords[task.task_status];
	return {
		code: 'success',
		message: '',
		data: {
			task_id: task.task_id,
			status: word,
			progress: `${progress}%`,
			fail_reason: task.task_status_msg ?? '',
			submit_time: seconds(task.created_at),
			data: official(answer),
		},
	};
}

function taskResult(data: unknown): unknown {
	return typeof data === 'object' && data !== null && 'task_result' in data
		? data.task_result
		: undefined;
}

/** `undefined` = an empty body. */
const envelopes: Record<
	EnvelopeName,
	(answer: ApiResult, seconds: (ms: number) => number) => unknown
> = {
	official,
	codeWord: ({ data }) => ({ code: 'success', message: '', data }),
	code200: ({ data }) => ({ code: 200, message: 'success', data }),
	codeTrue: ({ data }) => ({ code: true, message: 'ok', data }),
	bare: ({ data }) => data,
	openAiVideo,
	newApiFetch,
	noData: ({ requestId }) => ({ code: 0, message: 'SUCCEED', request_id: requestId }),
	echo: ({ request }) => request,
	empty: () => undefined,
	emptyObject: () => ({}),
};

/** These say nothing; set for the whole sandbox they would make every read useless. */
const writesOnly: ReadonlySet<EnvelopeName> = new Set(['noData', 'echo', 'empty', 'emptyObject']);

export function wrap(
	answer: ApiResult,
	options: ResolvedOptions,
	isWrite: boolean,
	forced?: EnvelopeName,
): unknown {
	const general = writesOnly.has(options.envelope) && !isWrite ? 'official' : options.envelope;
	// New-API's own envelopes count in seconds whatever the upstream does.
	const seconds = (ms: number) => spellTime(ms, { ...options, secondsTimestamps: true });
	return envelopes[forced ?? general](answer, seconds);
}
