import { NODE, requestCounts, workflowOf } from '../support/engine/kling.cjs';
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

	it('makes only the voice that Kling failed again with Retry On Fail', async () => {
		Object.assign(sandboxOf().options, { createMs: 300, submittedMs: 0, processingMs: 0 });
		sandboxOf().addFault({
			on: 'create',
			kind: 'taskFails',
			message: 'noise',
			times: 1,
			match: { voice_name: 'Voice 1' },
		});
		const run = start({
			parameters: voice({ options: { maxConcurrency: 1 } }),
			items: items(2),
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 },
		});
		// The second try is quick enough to pause for it.
		await run.paused;
		await callBack();
		expect(voiceNames(await endOf(run))).toEqual(['Voice 0', 'Voice 1']);
		const names = sandboxOf().tasks.map((task) => task.voice_name);
		expect(names).toEqual(['Voice 0', 'Voice 1', 'Voice 1']);
	});

	it('pauses and continues in a workflow that was made with its first version', async () => {
		const run = start({ parameters: voice(), items: items(2), settings: { typeVersion: 1 } });
		await run.paused;
		finishAll();
		await callBack();
		expect(voiceNames(await endOf(run))).toEqual(['Voice 0', 'Voice 1']);
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
