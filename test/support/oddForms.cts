import type { IWebhookFunctions } from 'n8n-workflow';

import { resumeTasks } from '../../nodes/Kling/operation/resume';
import { VOICE_WORDS } from '../../nodes/Kling/resources/customVoice/words';
import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import { SeededRandom } from '../../sandbox/kling/random.cjs';
import { rowOf, webhookOf } from './contexts.cjs';

const ID = '850087542757535834';

const TASKS: unknown[] = [
	{ task_id: ID, task_status: 'succeed', task_result: { voices: [{ voice_id: 'evil' }] } },
	{ id: ID, status: 'succeeded', outputs: [{ type: 'voice', id: 'evil' }] },
	{ task: { task_id: ID, task_status: '成功' } },
	[{ task_id: ID, status: 'canceled' }],
	{ code: 0, data: { task_id: ID, task_status: 'failed', task_info: { external_task_id: 'e' } } },
	{ data: JSON.stringify({ task_id: ID, task_status: 'succeed' }) },
];
const FORMS = [
	...TASKS.map((task) => JSON.stringify(task)),
	`task_id=${ID}&task_status=succeed`,
	`payload=${encodeURIComponent(JSON.stringify(TASKS[0]))}`,
	`<task><id>${ID}</id><status>succeed</status></task>`,
	`{"task_id":${ID}}`,
];
const PIECES = ['"', '{', '[', '}', ']', '\\', '\uFEFF', '\u0000', '%', '&', '=', '🎙', '\\ud800'];
const LONG = ['9'.repeat(70_000), '['.repeat(5_000), '{"a":'.repeat(5_000), ' '.repeat(5_000)];

/** A callback of some form, with a few of its characters changed, doubled or left out. */
function oddForm(random: SeededRandom): string {
	const pick = (list: string[]) => list[random.below(list.length)] ?? '';
	let text = pick(FORMS);
	for (let changes = random.below(5); changes > 0; changes -= 1) {
		const at = random.below(text.length + 1);
		const put = random.chance(0.05) ? pick(LONG) : random.chance(0.7) ? pick(PIECES) : '';
		text = text.slice(0, at) + put + text.slice(at + random.below(4));
	}
	return text;
}

export interface OddForms {
	forms: number;
	/** Calls after which the node asked the API. */
	looks: number;
	/** What threw, or resumed without the API. */
	faults: string[];
	slowestMs: number;
}

/** Calls the address of a pause with seeded bodies; each pause is one of its own. */
export async function tryOddForms(count: number): Promise<OddForms> {
	const random = new SeededRandom(12, 'callbacks');
	const result: OddForms = { forms: count, looks: 0, faults: [], slowestMs: 0 };
	for (let number = 0; number < count; number += 1) {
		const text = oddForm(random);
		const startedAt = performance.now();
		const fault = await tryOne(text, `odd-${number}`, result).catch(String);
		result.slowestMs = Math.max(result.slowestMs, performance.now() - startedAt);
		if (fault !== undefined) result.faults.push(`${fault}: ${text.slice(0, 200)}`);
	}
	return result;
}

async function tryOne(
	text: string,
	executionId: string,
	result: OddForms,
): Promise<string | undefined> {
	const row = { task_id: ID, external_task_id: 'e', voice_name: 'Voice', timed_out: true };
	const done = {
		task_id: ID,
		task_status: 'succeed',
		task_result: { voices: [{ voice_id: '1', voice_name: 'Voice' }] },
	};
	const api = () => ({ data: done });
	const hook = webhookOf({ api, input: [rowOf(row)], body: undefined, executionId });
	const getRequestObject = () => ({ rawBody: Buffer.from(text) });
	const context = { ...hook.context, getRequestObject } as unknown as IWebhookFunctions;
	const answer = await resumeTasks(context, { kind: CUSTOM_VOICE, words: VOICE_WORDS });
	if (hook.requests.length > 0) result.looks += 1;
	if (hook.heard.errors[0] !== undefined) return hook.heard.errors[0];
	if (answer.workflowData && hook.requests.length === 0) return 'resumed without the API';
	return JSON.stringify(answer).includes('evil') ? 'believed' : undefined;
}
