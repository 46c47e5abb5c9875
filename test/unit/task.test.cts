import fc from 'fast-check';
import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import { idText, isFinal, isoTime, readStatus, readTask } from '../../nodes/Kling/tasks/task';
import type { Task, TaskStatus } from '../../nodes/Kling/tasks/task';
import { OFFICIAL, taskOf } from '../support/answers.cjs';

/** A gateway's own ends: Kling may still finish the task. */
const GIVEN_UP = [
	...['timeout', 'timed_out', 'expired', 'aborted', 'canceled', 'cancelled', 'timed-out'],
	...['超时', '已取消', '已过期'],
];

/** Kling's spellings first, then those of gateways. */
const SPELLINGS: Record<Exclude<TaskStatus, 'unknown'>, string[]> = {
	submitted: ['submitted', 'queued', 'pending', 'not_start', 'dispatched', '排队中'],
	processing: ['processing', 'in_progress', 'running', 'in progress', '处理中'],
	succeed: ['succeed', 'succeeded', 'success', 'completed', 'done', '成功'],
	failed: ['failed', 'failure', 'fail', 'error', 'rejected', '失败', ...GIVEN_UP],
};
const TABLE = Object.entries(SPELLINGS).flatMap(([status, spellings]) =>
	spellings.map((spelling) => [spelling, status as TaskStatus] as const),
);
const VOICES = { task_result: OFFICIAL.task_result };

describe('The status of a task', () => {
	test.each(TABLE)('is read from %s, in any case, as %s', (spelling, status) => {
		fc.assert(
			fc.property(fc.mixedCase(fc.constant(spelling)), (mixed) => {
				expect(readStatus(mixed)).toBe(status);
				expect(taskOf({ code: 0, data: { task_id: '1', task_status: mixed } }).status).toBe(status);
				expect(taskOf({ id: '1', status: mixed }).status).toBe(status);
			}),
			{ numRuns: 20 },
		);
	});

	test.each(['', 'reviewing', 'deleted', 'constructor', '__proto__', 1, true, null, undefined, {}])(
		'is unknown for %p',
		(spelling) => {
			expect(readStatus(spelling)).toBe('unknown');
		},
	);

	test('is final only for succeed and failed', () => {
		const final = TABLE.filter(([status]) => isFinal(taskOf({ id: '1', status }))).map(
			([, to]) => to,
		);
		expect(new Set(final)).toEqual(new Set(['succeed', 'failed']));
		expect(isFinal(taskOf({ id: '1', status: 'reviewing' }))).toBe(false);
	});

	test.each([{}, { task_status: '' }, { task_status: 'reviewing' }])(
		'is succeed for %j beside a voice',
		(status) => {
			expect(taskOf({ task_id: '1', ...status, ...VOICES }).status).toBe('succeed');
		},
	);

	test.each([
		['an empty list', { voices: [] }],
		['a voice without an id yet', { voices: [{ voice_id: '', voice_name: 'Narrator A' }] }],
	])('stays unknown beside %s', (_name, task_result) => {
		expect(taskOf({ task_id: '1', task_status: 'reviewing', task_result }).status).toBe('unknown');
	});

	test('counts more than a voice when it is known', () => {
		expect(taskOf({ task_id: '1', task_status: 'processing', ...VOICES }).status).toBe(
			'processing',
		);
		expect(taskOf({ task_id: '1', task_status: 'failed', ...VOICES }).status).toBe('failed');
	});

	test('is that of the first layer that has a known one', () => {
		const data = { task_id: '1', status: 'strange', data: { task_status: 'processing' } };
		expect(taskOf({ code: 'success', data }).status).toBe('processing');
	});

	test.each(GIVEN_UP)('tells by %s that the gateway ended it, with its reason', (spelling) => {
		const task = taskOf({ task_id: '1', status: spelling, message: 'gave up' });
		expect(task).toMatchObject({ status: 'failed', endedBy: 'gateway', statusMessage: 'gave up' });
	});

	test.each(['failed', 'FAILURE', 'error', 'rejected', '失败'])(
		'tells by %s that Kling ended it',
		(spelling) => {
			expect(taskOf({ task_id: '1', status: spelling })).not.toHaveProperty('endedBy');
		},
	);

	const INNER = { task_status: 'submitted' };
	test.each<[string, object, Partial<Task>]>([
		['of a call around it', { status: 'success', data: INNER }, { status: 'submitted' }],
		[
			'of a task around it without a result',
			{ task_id: '1', status: 'SUCCESS', data: { code: 0, data: INNER } },
			{ status: 'submitted' },
		],
		[
			'of a task around it that a gateway gave up',
			{ task_id: '1', status: 'FAILURE', fail_reason: 'too slow', data: INNER },
			{ status: 'failed', endedBy: 'gateway', statusMessage: 'too slow' },
		],
		[
			'of a task around it with a result',
			{ task_id: '1', status: 'SUCCESS', data: { ...INNER, ...VOICES } },
			{ status: 'succeed' },
		],
	])('that is submitted is weighed against the status %s', (_name, body, expected) => {
		expect(taskOf(body)).toMatchObject(expected);
	});
});

describe('The times of a task', () => {
	test.each<[unknown, string | undefined]>([
		[1781080778802, '2026-06-10T08:39:38.802Z'],
		['1781080778802', '2026-06-10T08:39:38.802Z'],
		[1781080778, '2026-06-10T08:39:38.000Z'],
		['1781080778', '2026-06-10T08:39:38.000Z'],
		['2026-06-10T08:39:38.802Z', '2026-06-10T08:39:38.802Z'],
		['2026-06-10T16:39:38+08:00', '2026-06-10T08:39:38.000Z'],
		['soon', undefined],
		['', undefined],
		[null, undefined],
		[undefined, undefined],
		[{}, undefined],
		[Number.NaN, undefined],
		[Infinity, undefined],
		[1e300, undefined],
		['9'.repeat(40), undefined],
		['9'.repeat(1_000_000), undefined],
		[99_999_999_999, undefined],
		// What gateways say for a time that they do not know.
		[0, undefined],
		['0', undefined],
		['0001-01-01T00:00:00Z', undefined],
		[100_000_000_000, undefined],
		// Microseconds.
		[1781080778802000, undefined],
		[Date.now() + 25 * 3_600_000, undefined],
		['2999-01-01T00:00:00Z', undefined],
	])('are read from %p', (value, expected) => {
		expect(isoTime(value)).toBe(expected);
	});

	test('are ISO 8601 or missing, and never throw', () => {
		const value = fc.oneof(
			fc.jsonValue(),
			fc.double(),
			fc.bigInt(),
			fc.date().map(String),
			fc.anything(),
			fc.constant({ toString: 1 }),
		);
		fc.assert(
			fc.property(value, (given) => {
				const time = isoTime(given);
				if (time !== undefined) expect(new Date(time).toISOString()).toBe(time);
			}),
			{ numRuns: 2000 },
		);
	});

	test('are the same from seconds and from milliseconds', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1_000_000_000, max: 1_790_000_000 }), (seconds) => {
				expect(isoTime(seconds)).toBe(isoTime(seconds * 1000));
			}),
		);
	});

	test.each(['create_time', 'submit_time', 'created_at'])(
		'are read from %s as the creation',
		(key) => {
			expect(taskOf({ task_id: '1', [key]: 1781080778 }).createdAt).toBe(
				'2026-06-10T08:39:38.000Z',
			);
		},
	);

	test.each(['update_time', 'finish_time', 'updated_at'])(
		'are read from %s as the change',
		(key) => {
			expect(taskOf({ task_id: '1', [key]: 1781080778 }).updatedAt).toBe(
				'2026-06-10T08:39:38.000Z',
			);
		},
	);
});

describe('The IDs of a task', () => {
	test.each<[unknown, string | undefined]>([
		['850087542757535834', '850087542757535834'],
		['abc-1', 'abc-1'],
		[42, '42'],
		[0, '0'],
		['', undefined],
		[1.5, undefined],
		[2 ** 60, undefined],
		[Number.NaN, undefined],
		[null, undefined],
		[undefined, undefined],
		[true, undefined],
		[['1'], undefined],
		[{}, undefined],
	])('are read from %p', (value, expected) => {
		expect(idText(value)).toBe(expected);
	});

	test.each<[string, object]>([
		['task_info', { task_info: { external_task_id: 'mine' } }],
		['the task', { external_task_id: 'mine' }],
		['external_id', { external_id: 'mine' }],
	])('include the external ID in %s', (_name, fields) => {
		expect(taskOf({ code: 0, data: { task_id: '1', ...fields } }).externalTaskId).toBe('mine');
	});
});

describe('The voices of a task', () => {
	const voice = { voice_id: '9', voice_name: 'A' };
	test.each<[string, object]>([
		['task_result.voices', { task_id: '1', task_result: { voices: [voice] } }],
		['voices', { task_id: '1', voices: [voice] }],
		['data.data', { task_id: '1', data: { task_result: { voices: [voice] } } }],
		['a list with other things', { task_id: '1', task_result: { voices: [null, 'x', voice] } }],
	])('are found in %s', (_name, data) => {
		expect(taskOf({ code: 0, data }).results).toEqual([voice]);
	});

	test('include a flat voice_id', () => {
		const task = taskOf({ code: 0, data: { task_id: '1', ...voice } });
		expect(task).toMatchObject({ taskId: '1', status: 'succeed', results: [voice] });
		expect(taskOf({ code: 0, data: voice })).toMatchObject({ status: 'succeed', results: [voice] });
	});

	test('are none when the answer is empty', () => {
		for (const payload of [undefined, [], {}]) {
			expect(readTask(payload, CUSTOM_VOICE)).toMatchObject({
				status: 'unknown',
				results: [],
				raw: {},
			});
		}
	});
});
