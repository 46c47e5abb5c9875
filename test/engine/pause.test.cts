import { setTimeout as sleep } from 'node:timers/promises';

import axios from 'axios';
import type { IDataObject, IRun } from 'n8n-workflow';

import { startWorkflow } from '../../sandbox/engine/index.cjs';
import { nodeTypes } from '../../sandbox/engine/nodeTypes.cjs';
import {
	CLIP,
	credentialsFor,
	errorItems,
	errorOf,
	NODE,
	outputOf,
	requestCounts,
	startOn,
	useInstance,
	useSandbox,
	workflowOf,
	type InstanceNodeRun,
	type InstanceRun,
} from '../support/engine/kling.cjs';

/** Nothing becomes of a task before a test says so, or has times of its own. */
const sandboxOf = useSandbox({ submittedMs: 600_000, processingMs: 600_000 });
const instanceOf = useInstance();

const voice = { voiceUrl: CLIP, waitFor: 'callback' };
const named = (name: unknown) => ({ ...voice, voiceName: name, options: {} }) as IDataObject;
const items = (count: number) => Array.from({ length: count }, (_, index) => ({ n: index }));
/** With this the first voice is finished when the last has been created. */
const SLOWLY = { createMs: 300, submittedMs: 0, processingMs: 0 };
const oneByOne = (name: unknown) => ({ ...named(name), options: { maxConcurrency: 1 } });

const held = (run: InstanceNodeRun): InstanceRun => startOn(instanceOf(), sandboxOf(), run);

/** Its voices are finished once n8n has stored the pause: a call before that is refused, which has tests of its own. */
function pausing(run: InstanceNodeRun): InstanceRun {
	const started = held(run);
	void started.paused.then(() => sandboxOf().hurry());
	return started;
}

const rows = (run: IRun, output = 0) => outputOf(run, NODE, output).map(({ json }) => json);

/** The address that the sandbox was given, as somebody would have it who saw one request. */
function resumeUrl(): string {
	const [task] = sandboxOf().tasks;
	return task?.callback_url ?? '';
}

async function call(body: unknown, url = resumeUrl(), headers: Record<string, string> = {}) {
	const { status } = await axios.post(url, body, { headers, validateStatus: () => true });
	return status;
}

describe('A run that pauses until Kling calls back', () => {
	it('makes two requests: the create, and a look after the final callback', async () => {
		// A create that takes long costs one more.
		const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now());
		const run = held({ parameters: named('Narrator A') });
		expect((await run.paused).status).toBe('waiting');
		clock.mockRestore();
		expect(requestCounts(sandboxOf())).toEqual({ create: 1 });
		sandboxOf().hurry();
		const result = await run.finished;
		expect(result.status).toBe('success');
		expect(rows(result)).toEqual([
			expect.objectContaining({ task_status: 'succeed', voice_name: 'Narrator A' }),
		]);
		expect(requestCounts(sandboxOf())).toEqual({ create: 1, get: 1 });
		expect(sandboxOf().callbacks.map(({ task_status, status }) => [task_status, status])).toEqual([
			['submitted', expect.any(Number)],
			['processing', 200],
			['succeed', 200],
		]);
	});

	it('resumes once for many voices, in order and paired, with at most one look per final callback', async () => {
		const run = pausing({ parameters: named('={{ "Voice " + $json.n }}'), items: items(20) });
		const result = await run.finished;
		expect(rows(result).map(({ voice_name: name }) => name)).toEqual(
			items(20).map(({ n }) => `Voice ${n}`),
		);
		expect(outputOf(result, NODE).map(({ pairedItem }) => pairedItem)).toEqual(
			items(20).map(({ n }) => ({ item: n })),
		);
		const counts = requestCounts(sandboxOf());
		expect(counts.create).toBe(20);
		expect(counts.get ?? 0).toBe(0);
		expect(counts.list).toBeLessThanOrEqual(1 + 20);
	});

	it('does not look again for submitted and processing', async () => {
		const run = held({ parameters: named('Narrator A'), items: items(2) });
		await run.paused;
		const before = sandboxOf().requests.length;
		for (const task_status of ['submitted', 'processing', 'something new']) {
			const task_id = sandboxOf().tasks[0]?.task_id;
			expect(await call({ task_id, task_status })).toBe(200);
		}
		expect(sandboxOf().requests).toHaveLength(before);
		sandboxOf().hurry();
		expect((await run.finished).status).toBe('success');
	});

	it.each([
		['an empty body', ''],
		['a list', []],
		['a text', '"succeed"'],
		['null', 'null'],
		['half of a JSON', '{"task_id":'],
		['deep nonsense', { data: { data: { data: { data: [[]] } } } }],
		['a task of somebody else', { task_id: '1', task_status: 'succeed' }],
		[
			'a forged result',
			{ task_id: '1', task_status: 'succeed', task_result: { voices: [{ voice_id: 'evil' }] } },
		],
	])('is not resumed or harmed by %s', async (_, body) => {
		sandboxOf().options.callbacks = false;
		const run = held({ parameters: named('Narrator A'), items: items(2) });
		await run.paused;
		await call(body, resumeUrl(), { 'content-type': 'application/json' });
		await sleep(1_000);
		sandboxOf().hurry();
		// The next call that says that a task is final resumes: nothing of the forged one stays.
		await call({ task_id: sandboxOf().tasks[0]?.task_id, task_status: 'succeed' });
		const result = await run.finished;
		expect(rows(result)).toHaveLength(2);
		expect(JSON.stringify(rows(result))).not.toContain('evil');
		sandboxOf().options.callbacks = true;
	});

	it('does not believe a callback that comes too early', async () => {
		const run = held({ parameters: named('Narrator A') });
		await run.paused;
		const forged = { task_id: sandboxOf().tasks[0]?.task_id, task_status: 'succeed' };
		expect(await call(forged)).toBe(200);
		sandboxOf().hurry();
		const [row] = rows(await run.finished);
		expect(row?.voice_id).toBe(sandboxOf().tasks[0]?.voices[0]?.voice_id);
	});

	it('is resumed once by doubled callbacks, and not again by late ones', async () => {
		sandboxOf().options.callbackFaults = { doubled: 1 };
		const run = pausing({ parameters: named('={{ "Voice " + $json.n }}'), items: items(5) });
		const result = await run.finished;
		expect(rows(result)).toHaveLength(5);
		expect(await call({ task_id: '1', task_status: 'succeed' })).toBe(409);
	});

	it('misses nothing when voices are ready before the last is created', async () => {
		// The first voices are called for while the others are created; the last lives on for twice as long as a create.
		Object.assign(sandboxOf().options, { createMs: 700, submittedMs: 0, processingMs: 1_400 });
		const run = held({ parameters: oneByOne('={{ "Voice " + $json.n }}'), items: items(4) });
		const result = await run.finished;
		expect(rows(result).map((row) => row.task_status)).toEqual(Array(4).fill('succeed'));
		const early = sandboxOf().callbacks.filter(({ status }) => status === 409);
		expect(early.length).toBeGreaterThan(0);
	});

	it('does not pause at all when everything is ready by then', async () => {
		Object.assign(sandboxOf().options, SLOWLY);
		const run = pausing({ parameters: oneByOne('Narrator A'), items: items(2) });
		expect((await run.paused).status).toBe('success');
		expect(rows(await run.finished)).toHaveLength(2);
	});

	it('survives a restart of n8n', async () => {
		const run = held({ parameters: named('={{ "Voice " + $json.n }}'), items: items(3) });
		await run.paused;
		run.restart();
		sandboxOf().hurry();
		expect(rows(await run.finished).map((row) => row.voice_name)).toEqual([
			'Voice 0',
			'Voice 1',
			'Voice 2',
		]);
	});

	it('pauses again further on, and is not resumed there by the first node’s callbacks', async () => {
		const run = pausing({ parameters: named('First') });
		await run.finished;
		const [first] = sandboxOf().tasks;
		const other = held({ parameters: named('Second') });
		await other.paused;
		const [, second] = sandboxOf().tasks;
		await call({ task_id: first?.task_id, task_status: 'succeed' }, second?.callback_url);
		sandboxOf().hurry();
		expect(rows(await other.finished)[0]?.voice_name).toBe('Second');
	});

	it('works where the gateway has no list', async () => {
		sandboxOf().options.routes = { list: false };
		const run = pausing({ parameters: named('={{ "Voice " + $json.n }}'), items: items(4) });
		expect(rows(await run.finished).map((row) => row.task_status)).toEqual(
			Array(4).fill('succeed'),
		);
	});

	it('outlives faults of the looks', async () => {
		const run = held({ parameters: named('Narrator A') });
		await run.paused;
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', status: 500, times: 2 });
		sandboxOf().hurry();
		expect((await run.finished).status).toBe('success');
	});

	it('gives raw tasks with Simplify off', async () => {
		const run = pausing({ parameters: { ...named('Narrator A'), simplify: false } });
		const [row] = rows(await run.finished);
		expect(row).toMatchObject({ task_result: { voices: [{ voice_name: 'Narrator A' }] } });
	});

	it('knows the sample it was asked for after the pause, whatever the expression says then', async () => {
		const options = { downloadSample: '={{ $json.n === 0 }}', outputPropertyName: 'voice' };
		const run = pausing({ parameters: { ...named('Narrator A'), options }, items: items(1) });
		const [item] = outputOf(await run.finished, NODE);
		expect(item?.binary?.voice).toMatchObject({ mimeType: 'audio/mpeg' });
	});

	it('runs once for all items with Execute Once', async () => {
		const run = pausing({
			parameters: named('={{ "Voice " + $json.n }}'),
			items: items(3),
			settings: { executeOnce: true },
		});
		expect(rows(await run.finished).map((row) => row.voice_name)).toEqual(['Voice 0']);
		expect(requestCounts(sandboxOf()).create).toBe(1);
	});
});

describe('A paused run with voices that fail', () => {
	const names = '={{ $json.n % 2 ? "Bad" : "Good" }}';
	beforeEach(() => {
		sandboxOf().addFault({
			on: 'create',
			kind: 'taskFails',
			message: 'There is music behind the voice',
			match: { voice_name: 'Bad' },
		});
	});

	it('sends them to the error output with their ids, as polling does', async () => {
		const settings = { onError: 'continueErrorOutput' as const };
		const paused = await pausing({ parameters: named(names), items: items(4), settings }).finished;
		expect(rows(paused).map((row) => row.voice_name)).toEqual(['Good', 'Good']);
		Object.assign(sandboxOf().options, { submittedMs: 100, processingMs: 200 });
		const polled = await held({
			parameters: { ...named(names), waitFor: 'poll' },
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

	it('keeps them in place with Continue', async () => {
		const settings = { onError: 'continueRegularOutput' as const };
		const run = pausing({ parameters: named(names), items: items(4), settings });
		expect(rows(await run.finished).map((row) => Boolean(row.error))).toEqual([
			false,
			true,
			false,
			true,
		]);
	});

	it('hands them on as items with "error" where the run should stop, as n8n cannot fail any more', async () => {
		const run = pausing({ parameters: named(names), items: items(2) });
		const result = await run.finished;
		expect(rows(result)[1]?.error).toMatchObject({ task_status: 'failed' });
	});

	it('stops before the pause when one has failed by then, and names the others', async () => {
		Object.assign(sandboxOf().options, SLOWLY);
		const run = await pausing({ parameters: oneByOne(names), items: items(2) }).finished;
		expect(errorOf(run)).toContain('music behind the voice [item 1');
		expect(errorOf(run)).toContain(sandboxOf().tasks[0]?.task_id);
	});

	it('pauses for the good ones when another item was refused', async () => {
		const run = pausing({
			parameters: named('={{ $json.n ? "Good" : "" }}'),
			items: items(2),
			settings: { onError: 'continueErrorOutput', retryOnFail: true, waitBetweenTries: 1 },
		});
		const result = await run.finished;
		expect(rows(result)).toHaveLength(1);
		expect(errorItems(result)[0]?.message).toContain('no name');
		expect(requestCounts(sandboxOf()).create).toBe(1);
	});

	it('does not take the task of another under a given external id', async () => {
		const first = pausing({
			parameters: { ...named('Mine'), waitFor: 'none', options: { externalTaskId: 'order-1' } },
		});
		await first.finished;
		const second = pausing({
			parameters: { ...named('Yours'), options: { externalTaskId: 'order-1' } },
			settings: { onError: 'continueErrorOutput' },
		});
		const [failure] = errorItems(await second.finished);
		expect(failure?.message).toContain('belongs to another task');
	});
});

describe('A pause whose time is up', () => {
	it('hands on task ids, last status and timed_out, and Get picks the voice up', async () => {
		sandboxOf().options.callbackFaults = { dropped: 1 };
		const run = held({ parameters: named('={{ "Voice " + $json.n }}'), items: items(2) });
		await run.paused;
		await run.timeLimitPasses();
		const late = rows(await run.finished);
		expect(late).toEqual([
			expect.objectContaining({
				task_id: sandboxOf().tasks[0]?.task_id,
				task_status: 'submitted',
				voice_name: 'Voice 0',
				timed_out: true,
			}),
			expect.objectContaining({ task_id: sandboxOf().tasks[1]?.task_id, timed_out: true }),
		]);
		sandboxOf().hurry();
		const picked = await held({
			parameters: {
				operation: 'get',
				taskId: late[0]?.task_id,
				options: { waitUntilFinished: true },
			},
		}).finished;
		expect(rows(picked)[0]?.voice_name).toBe('Voice 0');
	});

	it('tells n8n when that is', async () => {
		const before = Date.now();
		const run = pausing({ parameters: { ...named('Narrator A'), options: { timeout: 120 } } });
		const { waitTill } = await run.paused;
		expect((waitTill?.getTime() ?? 0) - before).toBeGreaterThanOrEqual(120_000);
		expect((waitTill?.getTime() ?? 0) - before).toBeLessThan(130_000);
		await run.finished;
	});
});

describe('A pause that cannot be', () => {
	it.each([
		['a time limit below a minute', { timeout: 59 }, 'Enter 60 or more'],
		[
			'a callback URL of one’s own',
			{ additionalFields: '{"callback_url":"https://example.com/"}' },
			'two callback URLs',
		],
	])('is refused for %s, before anything is created', async (_, options, words) => {
		const run = await pausing({ parameters: { ...named('Narrator A'), options } }).finished;
		expect(errorOf(run)).toContain(words);
		expect(sandboxOf().requests).toEqual([]);
	});

	it.each([
		['as a tool of an agent', { type: 'n8n-nodes-kling-voice.klingTool' }, {}, 'AI agent'],
		['where n8n stores no execution', {}, { executionId: '' }, 'does not store this execution'],
	])('%s becomes polling, and the output pane says so', async (_, settings, given, words) => {
		Object.assign(sandboxOf().options, { submittedMs: 100, processingMs: 200 });
		const tool = nodeTypes.getByNameAndVersion('n8n-nodes-kling-voice.kling');
		const run = startWorkflow(workflowOf(named('Narrator A'), settings), {
			credentials: credentialsFor(sandboxOf()),
			pinData: { Items: [{}] },
			nodeTypes: { 'n8n-nodes-kling-voice.klingTool': tool },
			...given,
		});
		const result = await run.finished;
		expect(rows(result)[0]).toMatchObject({ task_status: 'succeed' });
		expect(sandboxOf().tasks[0]?.callback_url).toBeUndefined();
		const [task] = result.data.resultData.runData[NODE] ?? [];
		expect(task?.hints?.map(({ message }) => message).join()).toContain(words);
	});

	it('is refused when Kling cannot reach this n8n, with what to set', async () => {
		const run = await pausing({
			parameters: { ...named('Narrator A'), voiceUrl: 'https://example.com/a.mp3' },
			credentials: { provider: 'kkiai', authentication: 'apiKey', apiKey: 'sk-not-a-key' },
		}).finished;
		expect(errorOf(run)).toContain('Kling cannot reach 127.0.0.1');
		expect(errorOf(run)).toContain('WEBHOOK_URL');
	});
});
