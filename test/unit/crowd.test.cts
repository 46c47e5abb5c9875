import type { IHttpRequestOptions } from 'n8n-workflow';

import { lookWhenRefused } from '../../nodes/Kling/tasks/pause/crowd';
import { contextOf } from '../support/contexts.cjs';

beforeAll(() => {
	jest.useFakeTimers();
});
afterAll(() => {
	jest.useRealTimers();
});

/** @param refusals how many calls n8n refuses at first, as it has not stored the pause */
function pausedRun(refusals = 0, isFinal = async () => true, isOver = false) {
	const calls: IHttpRequestOptions[] = [];
	const context = contextOf({
		helpers: {
			httpRequest: async (options: IHttpRequestOptions) => {
				calls.push(options);
				if (calls.length <= refusals) throw new Error('409');
			},
		},
	});
	const run = { address: 'http://n8n/webhook-waiting/1/kling', isOver: () => isOver, isFinal };
	return { calls, over: lookWhenRefused(context, run) };
}

test.each([
	[1, 0],
	[4, 0],
	[5, 1],
	[20, 1],
])('of %i pauses that begin at the same moment each is called %i times', async (count, times) => {
	// Those of the test before are no neighbours.
	await jest.advanceTimersByTimeAsync(60_000);
	const runs = Array.from({ length: count }, () => pausedRun());
	await jest.advanceTimersByTimeAsync(4_900);
	expect(runs.flatMap(({ calls }) => calls)).toEqual([]);
	await jest.advanceTimersByTimeAsync(60_000);
	await Promise.all(runs.map(async ({ over }) => over));
	for (const { calls } of runs) expect(calls).toHaveLength(times);
});

test('pauses that begin one after the other are not looked at again', async () => {
	await jest.advanceTimersByTimeAsync(60_000);
	const runs = [];
	for (let index = 0; index < 8; index += 1) {
		runs.push(pausedRun());
		await jest.advanceTimersByTimeAsync(1_100);
	}
	await jest.advanceTimersByTimeAsync(60_000);
	expect(runs.flatMap(({ calls }) => calls)).toEqual([]);
});

test('a pause that n8n has still not stored is looked at again, a limited number of times', async () => {
	await jest.advanceTimersByTimeAsync(60_000);
	const runs = [pausedRun(1), pausedRun(9), pausedRun(), pausedRun(), pausedRun()];
	await jest.advanceTimersByTimeAsync(120_000);
	expect(runs.map(({ calls }) => calls.length)).toEqual([2, 3, 1, 1, 1]);
	expect(runs[0]?.calls[0]).toMatchObject({
		method: 'POST',
		url: 'http://n8n/webhook-waiting/1/kling',
		body: { task_status: 'succeed' },
	});
});

test('of a crowd only the pauses whose tasks are final are called', async () => {
	await jest.advanceTimersByTimeAsync(60_000);
	let looks = 0;
	const later = async () => (looks += 1) > 1;
	const never = async () => false;
	const runs = [pausedRun(0, later), ...Array.from({ length: 4 }, () => pausedRun(0, never))];
	await jest.advanceTimersByTimeAsync(120_000);
	await Promise.all(runs.map(async ({ over }) => over));
	expect(runs.map(({ calls }) => calls.length)).toEqual([1, 0, 0, 0, 0]);
	expect(looks).toBe(2);
});

test('of a crowd the pauses that have ended meanwhile cost nothing', async () => {
	await jest.advanceTimersByTimeAsync(60_000);
	let looks = 0;
	const look = async () => (looks += 1) > 0;
	const runs = Array.from({ length: 5 }, () => pausedRun(0, look, true));
	await jest.advanceTimersByTimeAsync(120_000);
	await Promise.all(runs.map(async ({ over }) => over));
	expect(runs.flatMap(({ calls }) => calls)).toEqual([]);
	expect(looks).toBe(0);
});
