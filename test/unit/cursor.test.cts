import { taskOf } from '../support/answers.cjs';
import { advance, readCursor } from '../../nodes/Kling/trigger/cursor';

const NOW = Date.parse('2026-06-10T08:00:00Z');
const HOUR = 3_600_000;

const finished = (id: string, createdAtMs: number) => ({
	...taskOf({ task_id: id, task_status: 'succeed', created_at: createdAtMs }),
	taskId: id,
	results: [{ voice_id: '7' }],
});

test('a success without a result is held back for ten minutes, and then given all the same', () => {
	const start = readCursor({ lookBackTo: NOW - HOUR }, NOW);
	const bare = { ...finished('1', NOW), results: [] };
	const soon = advance(start, [bare], NOW + 60_000, () => true);
	expect(soon.fresh).toEqual([]);
	const made = advance(soon.next, [finished('1', NOW)], NOW + 120_000, () => true);
	expect(made.fresh.map(({ results }) => results.length)).toEqual([1]);
	const late = advance(soon.next, [bare], NOW + 11 * 60_000, () => true);
	expect(late.fresh.map(({ taskId }) => taskId)).toEqual(['1']);
});

describe('A stored poll position', () => {
	test.each([
		['microseconds', NOW * 1000],
		['a minute ahead', NOW + 60_000],
		['the end of time', Number.MAX_VALUE],
	])('that lies ahead is set back by an hour: %s', (_name, lookBackTo) => {
		expect(readCursor({ lookBackTo }, NOW)?.lookBackTo).toBe(NOW - HOUR);
	});

	test('that lies in the past stays as it is', () => {
		const stored = { lookBackTo: NOW - 5, given: ['1:succeed'], unsure: [] };
		expect(readCursor(stored, NOW)).toEqual(stored);
	});

	test.each([undefined, null, {}, { lookBackTo: '1' }, { lookBackTo: { toString: 1 } }])(
		'is none when it is %j',
		(stored) => {
			expect(readCursor(stored, NOW)).toBeUndefined();
		},
	);

	test('lets the next task pass after a row that is dated hours ahead', () => {
		const start = readCursor({ lookBackTo: NOW - HOUR }, NOW);
		const { next } = advance(start, [finished('1', NOW + 20 * HOUR)], NOW, () => true);
		expect(next.lookBackTo).toBeLessThan(NOW);
		const { fresh } = advance(next, [finished('2', NOW + 1_000)], NOW + 2_000, () => true);
		expect(fresh.map(({ taskId }) => taskId)).toEqual(['2']);
	});
});
