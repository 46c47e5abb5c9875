import { NODE, outputOf, requestCounts } from '../support/engine/kling.cjs';
import {
	CALLING_BACK,
	items,
	rowsOfRun,
	usePausing,
	voice,
	voiceNames,
} from '../support/engine/pausing.cjs';

const { sandboxOf, start, startAndFinish, callBack } = usePausing(CALLING_BACK);

/** One create after the other. */
const oneByOne = (name?: string) =>
	voice({ ...(name === undefined ? {} : { voiceName: name }), options: { maxConcurrency: 1 } });

describe('An execution that waits for the callback', () => {
	it('makes two requests: the create, and a look at the task after the final callback', async () => {
		// A create that takes long costs one more.
		const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now());
		const run = start({ parameters: voice({ voiceName: 'Narrator A' }) });
		expect((await run.paused).status).toBe('waiting');
		clock.mockRestore();
		expect(requestCounts(sandboxOf())).toEqual({ create: 1 });
		sandboxOf().hurry();
		const result = await run.finished;
		expect(result.status).toBe('success');
		expect(rowsOfRun(result)).toEqual([
			expect.objectContaining({ task_status: 'succeed', voice_name: 'Narrator A' }),
		]);
		expect(requestCounts(sandboxOf())).toEqual({ create: 1, get: 1 });
		expect(sandboxOf().callbacks.map(({ task_status, status }) => [task_status, status])).toEqual([
			['submitted', expect.any(Number)],
			['processing', 200],
			['succeed', 200],
		]);
	});

	it('resumes once for many voices, in order and paired, with at most one look at Kling per final callback', async () => {
		const run = startAndFinish({ parameters: voice(), items: items(20) });
		const result = await run.finished;
		expect(voiceNames(result)).toEqual(items(20).map(({ n }) => `Voice ${n}`));
		expect(outputOf(result, NODE).map(({ pairedItem }) => pairedItem)).toEqual(
			items(20).map(({ n }) => ({ item: n })),
		);
		const counts = requestCounts(sandboxOf());
		expect(counts.create).toBe(20);
		expect(counts.get ?? 0).toBe(0);
		expect(counts.list).toBeLessThanOrEqual(1 + 20);
	});

	it('loses no voice whose callback came while the other voices were being created', async () => {
		// The first voices are called for while the others are created; the last lives on for twice as long as a create.
		Object.assign(sandboxOf().options, { createMs: 700, submittedMs: 0, processingMs: 1_400 });
		const result = await start({ parameters: oneByOne(), items: items(4) }).finished;
		expect(rowsOfRun(result).map((row) => row.task_status)).toEqual(Array(4).fill('succeed'));
		const early = sandboxOf().callbacks.filter(({ status }) => status === 409);
		expect(early.length).toBeGreaterThan(0);
	});

	it('does not pause when every voice is ready after the last create', async () => {
		Object.assign(sandboxOf().options, { createMs: 300, submittedMs: 0, processingMs: 0 });
		const run = startAndFinish({ parameters: oneByOne('Narrator A'), items: items(2) });
		expect((await run.paused).status).toBe('success');
		expect(rowsOfRun(await run.finished)).toHaveLength(2);
	});

	it('survives a restart of n8n', async () => {
		const run = start({ parameters: voice(), items: items(3) });
		await run.paused;
		run.restart();
		sandboxOf().hurry();
		expect(voiceNames(await run.finished)).toEqual(['Voice 0', 'Voice 1', 'Voice 2']);
	});

	it('works with a gateway that has no list of tasks', async () => {
		sandboxOf().options.routes = { list: false };
		const run = startAndFinish({ parameters: voice(), items: items(4) });
		expect(rowsOfRun(await run.finished).map((row) => row.task_status)).toEqual(
			Array(4).fill('succeed'),
		);
	});

	it('resumes although Kling answers the first looks with HTTP 500', async () => {
		const run = start({ parameters: voice({ voiceName: 'Narrator A' }) });
		await run.paused;
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', status: 500, times: 2 });
		sandboxOf().hurry();
		expect((await run.finished).status).toBe('success');
	});

	it('gives tasks as Kling sent them with Simplify off', async () => {
		const run = startAndFinish({ parameters: voice({ simplify: false }), items: items(1) });
		const [row] = rowsOfRun(await run.finished);
		expect(row).toMatchObject({ task_result: { voices: [{ voice_name: 'Voice 0' }] } });
	});

	it('ignores the callback of a task that belongs to another execution', async () => {
		await startAndFinish({ parameters: voice({ voiceName: 'First' }) }).finished;
		const other = start({ parameters: voice({ voiceName: 'Second' }) });
		await other.paused;
		const [first] = sandboxOf().tasks;
		await callBack(1, { task_id: first?.task_id, task_status: 'succeed' });
		sandboxOf().hurry();
		expect(voiceNames(await other.finished)).toEqual(['Second']);
	});
});
