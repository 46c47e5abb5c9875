import { errorOf, NODE, requestCounts, workflowOf } from '../support/engine/kling.cjs';
import { endOf, items, usePausing, voice, voiceNames } from '../support/engine/pausing.cjs';

const { sandboxOf, start, startWorkflow, finishAll, callBack } = usePausing();

describe('A node that pauses', () => {
	it('adds no item with Always Output Data', async () => {
		const run = start({
			parameters: voice(),
			items: items(2),
			settings: { alwaysOutputData: true },
		});
		await run.paused;
		finishAll();
		await callBack();
		expect(voiceNames(await endOf(run))).toEqual(['Voice 0', 'Voice 1']);
	});

	it('creates nothing twice with Retry On Fail when a voice has failed before the pause', async () => {
		Object.assign(sandboxOf().options, { createMs: 300, submittedMs: 0, processingMs: 0 });
		sandboxOf().addFault({
			on: 'create',
			kind: 'taskFails',
			message: 'noise',
			match: { voice_name: 'Voice 1' },
		});
		const run = start({
			parameters: voice({ options: { maxConcurrency: 1 } }),
			items: items(2),
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 },
		});
		const end = await endOf(run, 60_000);
		expect(errorOf(end)).toContain('noise');
		expect(sandboxOf().tasks).toHaveLength(2);
	});

	it('makes only the first voice with Execute Once', async () => {
		const run = start({
			parameters: voice(),
			items: items(3),
			settings: { executeOnce: true },
		});
		await run.paused;
		finishAll();
		await callBack();
		expect(voiceNames(await run.finished)).toEqual(['Voice 0']);
		expect(requestCounts(sandboxOf()).create).toBe(1);
	});

	it('may have a name full of quotes, braces and signs', async () => {
		const name = 'Kling {{ $json.n }} "§$%&/()=?`';
		const file = workflowOf(voice());
		for (const each of file.nodes) if (each.name === NODE) each.name = name;
		file.connections = { Items: { main: [[{ node: name, type: 'main', index: 0 }]] } };
		const run = startWorkflow(file);
		await run.paused;
		finishAll();
		await callBack();
		expect(voiceNames(await endOf(run), name)).toEqual(['Voice 0']);
	});
});
