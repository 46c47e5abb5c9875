import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { resumeTasks } from '../../nodes/Kling/operation/resume';
import { VOICE_WORDS } from '../../nodes/Kling/resources/customVoice/words';
import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import { rowOf, webhookOf, type Api, type GivenWebhook } from './contexts.cjs';

export const resume = async (context: IWebhookFunctions) =>
	await resumeTasks(context, { kind: CUSTOM_VOICE, words: VOICE_WORDS });

export const PATH = '/v1/general/custom-voices';

let executions = 0;
export const newExecution = () => String(5000 + (executions += 1));

export const done = (id: string, more: IDataObject = {}) => ({
	task_id: id,
	task_status: 'succeed',
	task_result: { voices: [{ voice_id: `voice-${id}`, voice_name: `Voice ${id}` }] },
	...more,
});
export const busy = (id: string) => ({ task_id: id, task_status: 'processing' });
export const failing = (id: string) => ({
	task_id: id,
	task_status: 'failed',
	task_status_msg: 'music',
});

/** What stands in a paused execution for the task `id`. */
export const waiting = (id: string, executionId: string, more: IDataObject = {}) =>
	rowOf({
		task_id: id,
		external_task_id: `n8n-${executionId}-${id}-abc`,
		task_status: 'submitted',
		voice_name: `Voice ${id}`,
		timed_out: true,
		...more,
	});

export const gateway =
	(tasks: Record<string, IDataObject>): Api =>
	({ path }) => {
		if (path === PATH) return { data: Object.values(tasks) };
		const task = tasks[path.slice(PATH.length + 1)];
		return task
			? { data: task }
			: { status: 404, body: { code: 1203, message: 'Task not found', request_id: 'r' } };
	};

export const FINAL = { task_id: '1', task_status: 'succeed' };

export async function call(given: Partial<GivenWebhook> & Pick<GivenWebhook, 'api' | 'input'>) {
	const hook = webhookOf({ body: FINAL, executionId: newExecution(), ...given });
	// Looks that are repeated for a minute shall not take one here.
	jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
	const answered = resume(hook.context);
	await jest.advanceTimersByTimeAsync(120_000);
	jest.useRealTimers();
	const answer = await answered;
	return { answer, items: answer.workflowData?.[0], ...hook };
}

/** One call on a pause for these tasks. */
export async function callFor(
	tasks: IDataObject[],
	known: Record<string, IDataObject>,
	more: Partial<GivenWebhook> = {},
) {
	const executionId = newExecution();
	const input = tasks.map(({ task_id: id, ...rest }) => waiting(String(id), executionId, rest));
	return await call({ api: gateway(known), input, executionId, ...more });
}
