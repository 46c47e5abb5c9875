import type { IDataObject } from 'n8n-workflow';

import { requestCounts } from '../support/engine/kling.cjs';
import {
	endOf,
	endWithin,
	items,
	rowsOfRun,
	usePausing,
	voice,
} from '../support/engine/pausing.cjs';

const { sandboxOf, start, finishAll, callBack } = usePausing();

describe('A pause with a gateway that leaves the task ID out of its answers', () => {
	const answer = (data: IDataObject, times?: number) => {
		const body = { code: 0, message: 'ok', data };
		const rule = { on: 'get', kind: 'errorBefore', status: 200, body } as const;
		sandboxOf().addFault(times === undefined ? rule : { ...rule, times });
	};

	it.each([
		// Created one after the other, two are looked at before the pause.
		[1, 0],
		[2, 2],
	])('ends with the voices of %i items, with Simplify off', async (count, before) => {
		Object.assign(sandboxOf().options, { routes: { list: false }, createMs: 300 });
		answer({ task_status: 'processing' }, before);
		answer({
			task_status: 'succeed',
			task_result: { voices: [{ voice_id: '7', voice_name: 'Voice 0' }] },
		});
		const parameters = voice({ simplify: false, options: { maxConcurrency: 1 } });
		const run = start({ parameters, items: items(count) });
		await run.paused;
		await callBack();
		for (const row of rowsOfRun(await endOf(run))) {
			expect(row).toMatchObject({ task_result: { voices: [{ voice_id: '7' }] } });
		}
	});

	it('lasts while the task is unfinished', async () => {
		const run = start({ parameters: voice(), items: items(1) });
		await run.paused;
		answer({ task_status: 'processing' }, 1);
		await callBack();
		expect(await endWithin(run, 1_000)).toBeUndefined();
		// It looks again, and must not do so in the next test.
		finishAll();
		expect((await run.finished).status).toBe('success');
	});
});

describe('A pause with a gateway that cannot find a single task', () => {
	it('reads the list instead', async () => {
		sandboxOf().options.routes = { get: false };
		const run = start({ parameters: voice(), items: items(1) });
		await run.paused;
		finishAll();
		await callBack();
		expect((await run.finished).status).toBe('success');
	});

	it('gives a hint for a task whose create named no ID, beside the voice of another item', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { findByExternalId: false };
		sandbox.addFault({
			on: 'create',
			kind: 'envelope',
			envelope: 'emptyObject',
			match: { voice_name: 'Voice 0' },
		});
		// A gateway that also forgets the external ID can only be searched by name, and only once the voice is made.
		sandbox.onRequest = () => {
			for (const task of sandbox.tasks)
				if (task.voice_name === 'Voice 0') delete task.external_task_id;
		};
		const run = start({ parameters: voice(), items: items(2) });
		// The looks for an unnamed one take 14 s.
		expect((await run.paused).status).toBe('waiting');
		finishAll();
		await callBack(1);
		const [unnamed, named] = rowsOfRun(await endOf(run));
		expect(unnamed).toMatchObject({
			hint: expect.stringContaining('returned no task ID') as string,
		});
		expect(unnamed?.external_task_id).toMatch(/^n8n-/);
		expect(named?.voice_name).toBe('Voice 1');
		expect(requestCounts(sandbox).create).toBe(2);
		delete sandbox.onRequest;
	});
});
