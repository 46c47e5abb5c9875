import { setTimeout as sleep } from 'node:timers/promises';

import { endOf, items, rowsOfRun, usePausing, voice } from '../support/engine/pausing.cjs';

const { sandboxOf, start, startAndFinish, finishAll, callBack } = usePausing();

const NARRATOR = voice({ voiceName: 'Narrator A' });

describe('A callback that says nothing new', () => {
	it.each(['submitted', 'processing'])(
		'with the status "%s" is answered without a look at Kling',
		async (task_status) => {
			const run = start({ parameters: NARRATOR, items: items(2) });
			await run.paused;
			const before = sandboxOf().requests.length;
			const task_id = sandboxOf().tasks[0]?.task_id;
			expect(await callBack(0, { task_id, task_status })).toBe(200);
			expect(sandboxOf().requests).toHaveLength(before);
			finishAll();
			await callBack();
			expect((await run.finished).status).toBe('success');
		},
	);

	it.each([
		['an empty body', ''],
		['a list', []],
		['a text', '"succeed"'],
		['null', 'null'],
		['half of a JSON', '{"task_id":'],
		['deep nonsense', { data: { data: { data: { data: [[]] } } } }],
		['a task of another account', { task_id: '1', task_status: 'succeed' }],
		[
			'a forged result',
			{ task_id: '1', task_status: 'succeed', task_result: { voices: [{ voice_id: 'evil' }] } },
		],
	])('neither resumes nor harms the execution when it is %s', async (_, body) => {
		const run = start({ parameters: NARRATOR, items: items(2) });
		await run.paused;
		await callBack(0, body);
		await sleep(1_000);
		finishAll();
		// The next call that says that a task is final resumes: nothing of the forged one stays.
		await callBack();
		const result = await run.finished;
		expect(rowsOfRun(result)).toHaveLength(2);
		expect(JSON.stringify(rowsOfRun(result))).not.toContain('evil');
	});

	it('does not resume the execution when it comes before the voice is ready', async () => {
		const run = start({ parameters: NARRATOR });
		await run.paused;
		expect(await callBack()).toBe(200);
		finishAll();
		await callBack();
		const [row] = rowsOfRun(await run.finished);
		expect(row?.voice_id).toBe(sandboxOf().tasks[0]?.voices[0]?.voice_id);
	});
});

describe('Many callbacks of one execution', () => {
	it('resume it once when each comes twice, and not again when one comes late', async () => {
		Object.assign(sandboxOf().options, {
			submittedMs: 600_000,
			callbacks: true,
			callbackFaults: { doubled: 1 },
		});
		const run = startAndFinish({ parameters: voice(), items: items(5) });
		const result = await run.finished;
		expect(rowsOfRun(result)).toHaveLength(5);
		expect(await callBack(0, { task_id: '1', task_status: 'succeed' })).toBe(409);
	});

	it('resume it once after at most three looks at Kling when a hundred come at once', async () => {
		const run = start({ parameters: voice(), items: items(30) });
		await run.paused;
		finishAll();
		const before = sandboxOf().requests.length;
		sandboxOf().addFault({ on: 'list', kind: 'slow', delayMs: 300 });
		const answers = await Promise.all(items(100).map(async ({ n }) => await callBack(n % 30)));
		const end = await endOf(run);
		expect(rowsOfRun(end)).toHaveLength(30);
		expect(new Set(answers).size).toBeLessThanOrEqual(2);
		expect(sandboxOf().requests.length - before).toBeLessThanOrEqual(3);
	});

	it('lose none that comes while the node still works on another', async () => {
		const run = start({ parameters: voice(), items: items(2) });
		await run.paused;
		const [first, second] = sandboxOf().tasks;
		sandboxOf().finish(first?.task_id ?? '');
		sandboxOf().addFault({ on: 'list', kind: 'slow', delayMs: 700, times: 1 });
		await callBack(0);
		await sleep(900);
		// The first look has read the tasks; the second ends while n8n still works on its answer.
		sandboxOf().finish(second?.task_id ?? '');
		await callBack(1);
		expect((await endOf(run)).status).toBe('success');
	});
});

describe('A final callback', () => {
	it.each<[string, unknown]>([
		['the new standard', { id: '1', status: 'succeeded', outputs: [{ type: 'voice', id: '1' }] }],
		['an envelope', { code: 0, data: { task_id: '1', task_status: 'failed' } }],
		['capital letters', { task_id: '1', status: 'SUCCESS' }],
		['a voice without a status', { task_id: '1', voice_id: '5' }],
	])('resumes the execution in the form of %s', async (_, body) => {
		const run = start({ parameters: voice(), items: items(1) });
		await run.paused;
		finishAll();
		await callBack(0, body);
		expect((await endOf(run)).status).toBe('success');
	});

	// n8n reads bodies by their type alone.
	it('resumes the execution when its content type is text/plain', async () => {
		const run = start({ parameters: voice(), items: items(1) });
		await run.paused;
		finishAll();
		const [task] = sandboxOf().tasks;
		const text = JSON.stringify({ task_id: task?.task_id, task_status: 'succeed' });
		await callBack(0, text, { 'content-type': 'text/plain' });
		expect((await run.finished).status).toBe('success');
	});
});
