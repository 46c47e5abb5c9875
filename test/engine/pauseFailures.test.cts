import type { IRun } from 'n8n-workflow';

import { errorItems, errorOf, requestCounts } from '../support/engine/kling.cjs';
import {
	CALLING_BACK,
	items,
	rowsOfRun,
	usePausing,
	voice,
	voiceNames,
} from '../support/engine/pausing.cjs';

const { sandboxOf, start, startAndFinish } = usePausing(CALLING_BACK);

const names = '={{ $json.n % 2 ? "Bad" : "Good" }}';
beforeEach(() => {
	sandboxOf().addFault({
		on: 'create',
		kind: 'taskFails',
		message: 'There is music behind the voice',
		match: { voice_name: 'Bad' },
	});
});

describe('A paused execution with voices that fail', () => {
	it('sends them to the error output with their IDs, as polling does', async () => {
		const settings = { onError: 'continueErrorOutput' as const };
		const parameters = voice({ voiceName: names });
		const paused = await startAndFinish({ parameters, items: items(4), settings }).finished;
		expect(voiceNames(paused)).toEqual(['Good', 'Good']);
		Object.assign(sandboxOf().options, { submittedMs: 100, processingMs: 200 });
		const polled = await start({
			parameters: { ...parameters, waitFor: 'poll' },
			items: items(4),
			settings,
		}).finished;
		const texts = (run: IRun) =>
			errorItems(run).map(({ message, description }) => [
				String(message).replace(/task \d+/, 'task …'),
				description,
			]);
		expect(texts(paused)).toEqual(texts(polled));
		expect(errorItems(paused)[0]).toMatchObject({
			message: expect.stringContaining('music behind the voice [item 1, task ') as string,
			task_id: expect.stringMatching(/^\d+$/) as string,
			task_status: 'failed',
		});
	});

	it('keeps them at their place in the output with On Error: Continue', async () => {
		const settings = { onError: 'continueRegularOutput' as const };
		const parameters = voice({ voiceName: names });
		const run = startAndFinish({ parameters, items: items(4), settings });
		expect(rowsOfRun(await run.finished).map((row) => Boolean(row.error))).toEqual([
			false,
			true,
			false,
			true,
		]);
	});

	it('gives them as items with "error" with On Error: Stop, as a resumed node cannot fail', async () => {
		const run = startAndFinish({ parameters: voice({ voiceName: names }), items: items(2) });
		expect(rowsOfRun(await run.finished)[1]?.error).toMatchObject({ task_status: 'failed' });
	});

	it('stops instead of pausing when one has failed by then, and names the other tasks', async () => {
		Object.assign(sandboxOf().options, { createMs: 300, submittedMs: 0, processingMs: 0 });
		const parameters = voice({ voiceName: names, options: { maxConcurrency: 1 } });
		const run = await startAndFinish({ parameters, items: items(2) }).finished;
		expect(errorOf(run)).toContain('music behind the voice [item 1');
		expect(errorOf(run)).toContain(sandboxOf().tasks[0]?.task_id);
	});

	it('pauses for the good items when another item was refused', async () => {
		const run = startAndFinish({
			parameters: voice({ voiceName: '={{ $json.n ? "Good" : "" }}' }),
			items: items(2),
			settings: { onError: 'continueErrorOutput', retryOnFail: true, waitBetweenTries: 1 },
		});
		const result = await run.finished;
		expect(rowsOfRun(result)).toHaveLength(1);
		expect(errorItems(result)[0]?.message).toContain('no name');
		expect(requestCounts(sandboxOf()).create).toBe(1);
	});

	it('refuses an external ID that belongs to a task of another voice', async () => {
		const options = { externalTaskId: 'order-1' };
		const mine = voice({ voiceName: 'Mine', waitFor: 'none', options });
		await startAndFinish({ parameters: mine }).finished;
		const second = startAndFinish({
			parameters: voice({ voiceName: 'Yours', options }),
			settings: { onError: 'continueErrorOutput' },
		});
		const [failure] = errorItems(await second.finished);
		expect(failure?.message).toContain('belongs to another task');
	});
});
