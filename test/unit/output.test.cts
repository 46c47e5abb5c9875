import type { IDataObject } from 'n8n-workflow';
import { jsonObject } from '../../nodes/Kling/operation/json';
import {
	resultFields,
	simplified as simplifiedAs,
	withoutUndefined,
} from '../../nodes/Kling/operation/output';
import { CUSTOM_VOICE, PRESET_VOICE } from '../../nodes/Kling/tasks/kinds';
import type { Task } from '../../nodes/Kling/tasks/task';
import { OFFICIAL, problemOf, taskOf, valueOf } from '../support/answers.cjs';

const simplified = (task: Task) => simplifiedAs(task, CUSTOM_VOICE);
const simplifiedVoice = (voice: IDataObject) => resultFields(voice, PRESET_VOICE);

describe('The simplified output', () => {
	test('of a finished voice has its fields in order', () => {
		const json = simplified(taskOf({ code: 0, data: { ...OFFICIAL, task_status_msg: '' } }));
		expect(Object.entries(json)).toEqual([
			['voice_id', '850087542757539999'],
			['voice_name', 'Narrator A'],
			['trial_url', 'https://files.example.com/trial.mp3'],
			['owned_by', '777'],
			['task_id', '850087542757535834'],
			['external_task_id', 'order-1042'],
			['task_status', 'succeed'],
			['units', 0.05],
			['created_at', '2026-06-10T08:39:38.802Z'],
			['updated_at', '2026-06-10T08:39:54.151Z'],
		]);
	});

	test('of a new task has no voice', () => {
		const data = {
			task_id: '1',
			task_info: { external_task_id: 'e' },
			task_status: 'SUBMITTED',
			created_at: 1781080778,
			updated_at: 1781080778,
		};
		expect(Object.entries(simplified(taskOf({ code: 0, data })))).toEqual([
			['task_id', '1'],
			['external_task_id', 'e'],
			['task_status', 'submitted'],
			['created_at', '2026-06-10T08:39:38.000Z'],
			['updated_at', '2026-06-10T08:39:38.000Z'],
		]);
	});

	test('of a failed task has the reason and no voice', () => {
		const data = { task_id: '1', task_status: 'failed', task_status_msg: 'two voices' };
		expect(simplified(taskOf({ code: 0, data }))).toEqual({
			task_id: '1',
			task_status: 'failed',
			task_status_msg: 'two voices',
		});
	});

	test('has IDs as text even if they were numbers', () => {
		const text =
			'{"code":0,"data":{"task_id":850087542757535834,"task_info":{"external_task_id":7},' +
			'"task_result":{"voices":[{"voice_id":850087542757539999,"owned_by":42}]}}}';
		expect(simplified(taskOf(text))).toEqual({
			task_id: '850087542757535834',
			external_task_id: '7',
			task_status: 'succeed',
			voice_id: '850087542757539999',
			owned_by: '42',
		});
	});

	test.each<[string, unknown]>([
		['nothing', ''],
		['{}', {}],
		['an echo', { voice_name: 'A', external_task_id: 'e' }],
		['a voice without anything', { task_id: '1', task_result: { voices: [{}] } }],
	])('of %s has no undefined field', (_name, body) => {
		expect(Object.values(simplified(taskOf(body)))).not.toContain(undefined);
	});
});

test('the output of a preset voice has its four fields only', () => {
	const voice = {
		voice_id: '1',
		voice_name: 'A',
		trial_url: 'https://x',
		owned_by: 'kling',
		extra: 1,
	};
	expect(simplifiedVoice(voice)).toEqual({
		voice_id: '1',
		voice_name: 'A',
		trial_url: 'https://x',
		owned_by: 'kling',
	});
	expect(Object.keys(simplifiedVoice({ voice_id: '1' }))).toEqual(['voice_id']);
});

test('the output leaves out only undefined fields', () => {
	const kept = { a: null, b: '', c: 0, d: false };
	expect(Object.keys(withoutUndefined({ ...kept, e: undefined }))).toEqual(['a', 'b', 'c', 'd']);
});

describe('A parameter with JSON', () => {
	test.each<[unknown, object]>([
		[undefined, {}],
		[null, {}],
		['', {}],
		['{}', {}],
		['{"a":1}', { a: 1 }],
		[' {"model_name": "kling-custom-voices"}\n', { model_name: 'kling-custom-voices' }],
		['{"id":850087542757535834}', { id: '850087542757535834' }],
		[{ a: { b: [1] } }, { a: { b: [1] } }],
	])('is read from %j', (given, expected) => {
		expect(valueOf(jsonObject(given, 'Additional Fields'))).toEqual(expected);
	});

	test.each(['[]', 'null', '1', '"a"', '{a:1}', '{"a":1', 'a=1', [], [1], 1, true])(
		'is refused in words when it is %j',
		(given) => {
			expect(problemOf(jsonObject(given, 'Additional Fields'))).toMatchObject({
				cause: 'refused',
				retry: 'never',
				what: 'Additional Fields is not a JSON object',
				advice: expect.stringContaining('Nothing was sent') as string,
			});
		},
	);
});
