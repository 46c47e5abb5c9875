import type { IDataObject } from 'n8n-workflow';
import { unwrap, type Payload } from '../../nodes/Kling/api/envelope';
import type { Problem, Reply } from '../../nodes/Kling/api/reply';
import { adviceOf } from '../../nodes/Kling/operation/advice';
import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import { readTask, type Task } from '../../nodes/Kling/tasks/task';

/** The value of a good reply; a bad one fails the test with what it says. */
export function valueOf<T>(reply: Reply<T>): T {
	if (!reply.ok) throw new Error(`Refused: ${JSON.stringify(reply.problem)}`);
	return reply.value;
}

/** The problem of a bad reply, with the advice that its user reads; a good one fails the test. */
export function problemOf(reply: Reply<unknown>): Problem & { advice: string } {
	if (reply.ok) throw new Error(`Not refused: ${JSON.stringify(reply.value)}`);
	return { ...reply.problem, advice: adviceOf(reply.problem) };
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** @param body text as it is, anything else as JSON */
export function payloadOf(body: unknown, httpStatus = 200): Payload {
	return valueOf(unwrap({ httpStatus, text: textOf(body) }));
}

export function taskOf(body: unknown): Task {
	return readTask(payloadOf(body), CUSTOM_VOICE);
}

/** @param body text as it is, anything else as JSON */
export function refusalOf(httpStatus: number, body: unknown): Problem & { advice: string } {
	return problemOf(unwrap({ httpStatus, text: textOf(body) }));
}

/** One finished voice task as Kling itself sends it. */
export const OFFICIAL = {
	task_id: '850087542757535834',
	task_info: { external_task_id: 'order-1042' },
	task_status: 'succeed',
	created_at: 1781080778802,
	updated_at: 1781080794151,
	task_result: {
		voices: [
			{
				voice_id: '850087542757539999',
				voice_name: 'Narrator A',
				trial_url: 'https://files.example.com/trial.mp3',
				owned_by: '777',
			},
		],
	},
	final_unit_deduction: '0.05',
} satisfies IDataObject;
