import type { IDataObject } from 'n8n-workflow';

import { NODE, outputOf } from '../support/engine/kling.cjs';
import {
	endOf,
	items,
	rowsOfRun,
	usePausing,
	voice,
	voiceNames,
} from '../support/engine/pausing.cjs';

const { sandboxOf, start, finishAll, callBack } = usePausing();

describe('Each item of a paused execution', () => {
	it('keeps its own Simplify', async () => {
		const run = start({
			parameters: voice({ simplify: '={{ $json.n === 0 }}' }),
			items: items(2),
		});
		await run.paused;
		finishAll();
		await callBack(0);
		const [first, second] = rowsOfRun(await endOf(run));
		expect(first).toHaveProperty('voice_id');
		expect(second).toHaveProperty('task_result');
	});

	it('keeps its own Download Sample, whatever the expression gives after the pause', async () => {
		const options = { downloadSample: '={{ $json.n === 0 }}', outputPropertyName: 'voice' };
		const run = start({ parameters: voice({ options }), items: items(1) });
		await run.paused;
		finishAll();
		await callBack();
		const [item] = outputOf(await run.finished, NODE);
		expect(item?.binary?.voice).toMatchObject({ mimeType: 'audio/mpeg' });
	});

	it('keeps its own field for the sample', async () => {
		const options = { downloadSample: true, outputPropertyName: '={{ "voice" + $json.n }}' };
		const run = start({ parameters: voice({ options }), items: items(2) });
		await run.paused;
		finishAll();
		await callBack(0);
		const fields = outputOf(await endOf(run), NODE).map(({ binary }) => Object.keys(binary ?? {}));
		expect(fields).toEqual([['voice0'], ['voice1']]);
	});

	it('keeps its task ID when Kling no longer knows the task after the pause', async () => {
		const run = start({ parameters: voice(), items: items(1) });
		await run.paused;
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', code: 1203, status: 404 });
		await callBack();
		const [row] = rowsOfRun(await endOf(run));
		expect(JSON.stringify(row)).toContain(sandboxOf().tasks[0]?.task_id);
	});

	it.each(['{{ $json.n }}', '$input.all()', '$& $1 $$', '"\'`</script>', '声🎤 "\\u0000"'])(
		'keeps a voice name that looks like code: %s',
		async (name) => {
			const run = start({
				parameters: voice({ voiceName: '={{ $json.name }}' }),
				items: [{ name }],
			});
			await run.paused;
			finishAll();
			await callBack();
			expect(voiceNames(await endOf(run))).toEqual([name]);
		},
	);

	it('keeps its own data out of the output, even if it looks like a task', async () => {
		const tricky: IDataObject = {
			n: 0,
			error: 'mine',
			json: { json: 1 },
			task_id: 'mine',
			id: 5,
			voice_id: 'mine',
			voice_name: 'mine',
			status: 'succeed',
			data: { task_id: 'x' },
			task_result: { voices: [{ voice_id: 'mine' }] },
		};
		const run = start({ parameters: voice(), items: [tricky] });
		expect((await run.paused).status).toBe('waiting');
		finishAll();
		await callBack();
		const text = JSON.stringify(rowsOfRun(await endOf(run)));
		expect(text).not.toContain('mine');
		expect(text).toContain(sandboxOf().tasks[0]?.task_id);
	});
});

describe('An item of a paused execution whose external ID was used before', () => {
	const options = { externalTaskId: '={{ "order-" + $json.n }}' };

	it('ends without an error with Simplify off', async () => {
		const parameters = voice({ simplify: false, options });
		await start({ parameters: { ...parameters, waitFor: 'none' }, items: items(1) }).finished;
		finishAll();
		const second = start({ parameters, items: items(2) });
		await second.paused;
		finishAll();
		await callBack(1);
		expect(rowsOfRun(await endOf(second)).map(({ error }) => error)).toEqual([
			undefined,
			undefined,
		]);
	});

	it('gives the voice of the earlier task with Simplify on', async () => {
		const parameters = voice({ options });
		await start({ parameters: { ...parameters, waitFor: 'none' }, items: items(1) }).finished;
		finishAll();
		const run = start({ parameters, items: items(2) });
		await run.paused;
		finishAll();
		await callBack(1);
		expect(voiceNames(await endOf(run))).toEqual(['Voice 0', 'Voice 1']);
		expect(sandboxOf().tasks).toHaveLength(2);
	});
});

describe('A paused execution with good, refused and failed items', () => {
	it('gives each item its own outcome, at its own place', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { findByExternalId: false };
		sandbox.addFault({
			on: 'create',
			kind: 'taskFails',
			message: 'noise',
			match: { voice_name: 'Bad' },
		});
		sandbox.addFault({
			on: 'create',
			kind: 'errorBefore',
			code: 1201,
			message: 'bad clip',
			match: { voice_name: 'Refused' },
		});
		const names = ['', 'Good 1', 'Refused', 'Bad', 'Good 2', 'a name that is much too long'];
		const run = start({
			parameters: voice({ voiceName: '={{ $json.name }}' }),
			items: names.map((name) => ({ name })),
			settings: { onError: 'continueRegularOutput' },
		});
		expect((await run.paused).status).toBe('waiting');
		for (const task of sandbox.tasks) {
			sandbox.finish(task.task_id, task.voice_name === 'Bad' ? 'failed' : 'succeed', 'noise');
		}
		await callBack();
		const end = await endOf(run);
		expect(outputOf(end, NODE).map(({ pairedItem }) => pairedItem)).toEqual(
			names.map((_, item) => ({ item })),
		);
		const good = names.map((name) => (name.startsWith('Good') ? name : undefined));
		expect(voiceNames(end)).toEqual(good);
		for (const item of [0, 2, 3, 5]) {
			expect((rowsOfRun(end)[item]?.error as IDataObject).message).toContain(`[item ${item}`);
		}
	});
});
