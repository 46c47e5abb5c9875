import { setTimeout as sleep } from 'node:timers/promises';

import {
	endOf,
	endWithin,
	items,
	rowsOfRun,
	usePausing,
	voice,
} from '../support/engine/pausing.cjs';

const { sandboxOf, start, finishAll, callBack } = usePausing();

const NARRATOR = voice({ voiceName: 'Narrator A' });
const JSON_TYPE = 'application/json';
const looks = () => sandboxOf().requests.filter(({ route }) => route !== 'create').length;

describe('A callback on the address of a pause in an odd form', () => {
	it.each<[string, string, (id: string) => string]>([
		['a form', 'application/x-www-form-urlencoded', (id) => `task_id=${id}&task_status=succeed`],
		[
			'a form with the task as JSON',
			'application/x-www-form-urlencoded',
			(id) => `payload=${encodeURIComponent(JSON.stringify({ task_id: id, status: 'succeed' }))}`,
		],
		['a list of one', JSON_TYPE, (id) => JSON.stringify([{ task_id: id, task_status: 'succeed' }])],
		[
			'JSON behind a byte order mark',
			JSON_TYPE,
			(id) => `\uFEFF${JSON.stringify({ task_id: id, task_status: 'succeed' })}`,
		],
		[
			'a wrapped task',
			JSON_TYPE,
			(id) => JSON.stringify({ task: { task_id: id, task_status: 'succeed' } }),
		],
		['an ID alone', JSON_TYPE, (id) => JSON.stringify({ task_id: id })],
		['the status 成功', JSON_TYPE, (id) => JSON.stringify({ task_id: id, task_status: '成功' })],
		['the status canceled', JSON_TYPE, (id) => JSON.stringify({ task_id: id, status: 'canceled' })],
		['XML', 'application/xml', (id) => `<task><id>${id}</id><status>succeed</status></task>`],
		['plain text', 'text/plain', (id) => `task ${id} is done`],
	])('makes the node look at Kling when it is %s', async (_, type, bodyOf) => {
		const run = start({ parameters: NARRATOR });
		await run.paused;
		finishAll();
		const id = sandboxOf().tasks[0]?.task_id ?? '';
		expect(await callBack(0, Buffer.from(bodyOf(id)), { 'content-type': type })).toBe(200);
		expect(rowsOfRun(await endOf(run))).toEqual([expect.objectContaining({ task_id: id })]);
	});

	it('ends nothing when it is larger than 64 KB, and the next one resumes', async () => {
		const run = start({ parameters: NARRATOR });
		await run.paused;
		finishAll();
		const task_id = sandboxOf().tasks[0]?.task_id;
		const body = { task_id, task_status: 'succeed', more: 'x'.repeat(65_536) };
		expect(await callBack(0, body)).toBe(200);
		expect(await endWithin(run, 500)).toBeUndefined();
		await callBack();
		expect(rowsOfRun(await endOf(run))).toHaveLength(1);
	});
});

describe('Calls of strangers on the address of a pause', () => {
	it('cause no more than a look in three seconds, and the genuine one resumes at once', async () => {
		const run = start({ parameters: NARRATOR, items: items(1) });
		await run.paused;
		const before = looks();
		const startedAt = performance.now();
		for (let round = 0; round < 40; round += 1) {
			await callBack(0, { task_id: `9${round}`, task_status: 'succeed' });
			await sleep(50);
		}
		const seconds = (performance.now() - startedAt) / 1000;
		expect(looks() - before).toBeLessThanOrEqual(1 + Math.ceil(seconds / 3));
		finishAll();
		const calledAt = performance.now();
		await callBack();
		await endOf(run);
		expect(performance.now() - calledAt).toBeLessThan(1_500);
	});
});
