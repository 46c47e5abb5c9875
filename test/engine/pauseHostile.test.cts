import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import axios from 'axios';
import type { IDataObject, INode, INodeExecutionData, INodeType, IRun } from 'n8n-workflow';

import type { WorkflowFile } from '../../sandbox/engine/index.cjs';
import { is2x } from '../../sandbox/engine/workflow.cjs';
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

/** Tasks end when a test says so, and only a test calls back. */
const sandboxOf = useSandbox({ submittedMs: 10, processingMs: 600_000, callbacks: false });
const instanceOf = useInstance();

const voice = (more: IDataObject = {}): IDataObject => ({
	voiceName: '={{ "Voice " + $json.n }}',
	voiceUrl: CLIP,
	waitFor: 'callback',
	...more,
});
const items = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

const pausing = (run: InstanceNodeRun): InstanceRun => startOn(instanceOf(), sandboxOf(), run);
const rows = (run: IRun, output = 0) => outputOf(run, NODE, output).map(({ json }) => json);

const finishAll = () => {
	for (const { task_id, task_status } of sandboxOf().tasks) {
		if (task_status === 'submitted' || task_status === 'processing') sandboxOf().finish(task_id);
	}
};

/** What Kling does at the end of the task number `index`, whatever is true. */
async function callBack(
	index = 0,
	body: unknown = { task_id: sandboxOf().tasks[index]?.task_id, task_status: 'succeed' },
	headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<number> {
	const url = sandboxOf().tasks[index]?.callback_url ?? '';
	const { status } = await axios.post(url, body, { headers, validateStatus: () => true });
	return status;
}

/** The last state, or none when the execution still waits after this time. */
async function endOf(run: InstanceRun, withinMs = 40_000): Promise<IRun | undefined> {
	return await Promise.race([run.finished, sleep(withinMs, undefined, { ref: false })]);
}

async function endedOf(run: InstanceRun, withinMs?: number): Promise<IRun> {
	const end = await endOf(run, withinMs);
	if (!end) throw new Error('The execution still waits');
	return end;
}

describe('Each item of a paused run', () => {
	it('keeps its own Simplify', async () => {
		const run = pausing({
			parameters: voice({ simplify: '={{ $json.n === 0 }}' }),
			items: items(2),
		});
		await run.paused;
		finishAll();
		await callBack(0);
		const [first, second] = rows(await endedOf(run));
		expect(first).toHaveProperty('voice_id');
		expect(second).toHaveProperty('task_result');
	});

	it('keeps its own field for the sample', async () => {
		const options = { downloadSample: true, outputPropertyName: '={{ "voice" + $json.n }}' };
		const run = pausing({ parameters: voice({ options }), items: items(2) });
		await run.paused;
		finishAll();
		await callBack(0);
		const fields = outputOf(await endedOf(run), NODE).map(({ binary }) =>
			Object.keys(binary ?? {}),
		);
		expect(fields).toEqual([['voice0'], ['voice1']]);
	});

	it('keeps its task ID when Kling does not know the task after the pause', async () => {
		const run = pausing({ parameters: voice(), items: items(1) });
		await run.paused;
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', code: 1203, status: 404 });
		await callBack();
		const [row] = rows(await endedOf(run));
		expect(JSON.stringify(row)).toContain(sandboxOf().tasks[0]?.task_id);
	});

	it.each([
		// Created one after the other, two are looked at before the pause.
		[1, 0],
		[2, 2],
	])(
		'is waited for with Simplify off on a gateway whose answers leave the ID out (%i items)',
		async (count, before) => {
			const said = (data: IDataObject) => ({ code: 0, message: 'ok', data });
			Object.assign(sandboxOf().options, { routes: { list: false }, createMs: 300 });
			sandboxOf().addFault({
				on: 'get',
				kind: 'errorBefore',
				status: 200,
				body: said({ task_status: 'processing' }),
				times: before,
			});
			sandboxOf().addFault({
				on: 'get',
				kind: 'errorBefore',
				status: 200,
				body: said({
					task_status: 'succeed',
					task_result: { voices: [{ voice_id: '7', voice_name: 'Voice 0' }] },
				}),
			});
			const parameters = voice({ simplify: false, options: { maxConcurrency: 1 } });
			const run = pausing({ parameters, items: items(count) });
			await run.paused;
			await callBack();
			for (const row of rows(await endedOf(run))) {
				expect(row).toMatchObject({ task_result: { voices: [{ voice_id: '7' }] } });
			}
		},
	);

	it('hands its task ID on with Simplify off when the time is up there', async () => {
		sandboxOf().addFault({
			on: 'get',
			kind: 'errorBefore',
			status: 200,
			body: { code: 0, data: { task_status: 'processing' } },
		});
		const run = pausing({ parameters: voice({ simplify: false }), items: items(1) });
		await run.paused;
		await run.timeLimitPasses();
		expect(JSON.stringify(rows(await endedOf(run)))).toContain(sandboxOf().tasks[0]?.task_id);
	});

	it('keeps the voice that it found under its own external ID, with Simplify off', async () => {
		const parameters = voice({
			simplify: false,
			options: { externalTaskId: '={{ "order-" + $json.n }}' },
		});
		const first = pausing({ parameters: { ...parameters, waitFor: 'none' }, items: items(1) });
		await first.finished;
		finishAll();
		const second = pausing({ parameters, items: items(2) });
		await second.paused;
		finishAll();
		await callBack(1);
		expect(rows(await endedOf(second)).map(({ error }) => error)).toEqual([undefined, undefined]);
	});

	it('keeps that voice with Simplify on', async () => {
		const parameters = voice({ options: { externalTaskId: '={{ "order-" + $json.n }}' } });
		await pausing({ parameters: { ...parameters, waitFor: 'none' }, items: items(1) }).finished;
		finishAll();
		const run = pausing({ parameters, items: items(2) });
		await run.paused;
		finishAll();
		await callBack(1);
		expect(rows(await endedOf(run)).map((row) => row.voice_name)).toEqual(['Voice 0', 'Voice 1']);
		expect(sandboxOf().tasks).toHaveLength(2);
	});

	it.each(['{{ $json.n }}', '$input.all()', '$& $1 $$', '"\'`</script>', '声🎤 "\\u0000"'])(
		'may be called %s',
		async (name) => {
			const run = pausing({
				parameters: voice({ voiceName: '={{ $json.name }}' }),
				items: [{ name }],
			});
			await run.paused;
			finishAll();
			await callBack();
			expect(rows(await endedOf(run))[0]?.voice_name).toBe(name);
		},
	);

	it('stays itself among refused, failed and unnamed ones', async () => {
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
		const run = pausing({
			parameters: voice({ voiceName: '={{ $json.name }}' }),
			items: names.map((name) => ({ name })),
			settings: { onError: 'continueRegularOutput' },
		});
		expect((await run.paused).status).toBe('waiting');
		for (const task of sandbox.tasks) {
			sandbox.finish(task.task_id, task.voice_name === 'Bad' ? 'failed' : 'succeed', 'noise');
		}
		await callBack();
		const end = await endedOf(run);
		expect(outputOf(end, NODE).map(({ pairedItem }) => pairedItem)).toEqual(
			names.map((_, item) => ({ item })),
		);
		expect(rows(end).map((row) => row.voice_name)).toEqual([
			undefined,
			'Good 1',
			undefined,
			undefined,
			'Good 2',
			undefined,
		]);
		for (const item of [0, 2, 3, 5]) {
			expect((rows(end)[item]?.error as IDataObject).message).toContain(`[item ${item}`);
		}
	});

	it('that a gateway does not name leaves unnamed, beside one that is waited for', async () => {
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
		const run = pausing({ parameters: voice(), items: items(2) });
		// The looks for an unnamed one take 14 s.
		expect((await run.paused).status).toBe('waiting');
		finishAll();
		await callBack(1);
		const [unnamed, named] = rows(await endedOf(run));
		expect(unnamed).toMatchObject({ hint: expect.stringContaining('named no task') as string });
		expect(unnamed?.external_task_id).toMatch(/^n8n-/);
		expect(named?.voice_name).toBe('Voice 1');
		expect(requestCounts(sandbox).create).toBe(2);
		delete sandbox.onRequest;
	});
});

describe('A callback whose read-back', () => {
	// Kling calls once for each task; its own list or a replica may be a moment behind.
	it.each([
		['one item', 1, 'get' as const],
		['several', 2, 'list' as const],
	])('lags a moment behind still ends the pause: %s', async (_, count, on) => {
		const run = pausing({ parameters: voice(), items: items(count) });
		await run.paused;
		const behind = sandboxOf().tasks.map(({ task_id }) => ({ task_id, task_status: 'processing' }));
		sandboxOf().addFault({
			on,
			kind: 'errorBefore',
			status: 200,
			body: { code: 0, data: on === 'get' ? behind[0] : behind },
			times: 1,
		});
		finishAll();
		for (const index of behind.keys()) await callBack(index);
		expect((await run.finished).status).toBe('success');
	});

	it('lags behind two calls that come one after the other still ends the pause', async () => {
		const run = pausing({ parameters: voice(), items: items(2) });
		await run.paused;
		const data = sandboxOf().tasks.map(({ task_id }) => ({ task_id, task_status: 'processing' }));
		const body = { code: 0, data };
		sandboxOf().addFault({ on: 'list', kind: 'errorBefore', status: 200, body, times: 2 });
		finishAll();
		await callBack(0);
		await sleep(300);
		await callBack(1);
		expect((await run.finished).status).toBe('success');
	});

	it('lags behind a call with an ID that only the maker of the task knows still ends the pause', async () => {
		const run = pausing({ parameters: voice(), items: items(1) });
		await run.paused;
		const [{ task_id, external_task_id } = { task_id: '' }] = sandboxOf().tasks;
		const body = { code: 0, data: { task_id, task_status: 'processing' } };
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', status: 200, body, times: 1 });
		finishAll();
		await callBack(0, { task_id: '9', task_status: 'succeed', task_info: { external_task_id } });
		expect((await run.finished).status).toBe('success');
	});

	it('finds no route for one task is answered by the list', async () => {
		sandboxOf().options.routes = { get: false };
		const run = pausing({ parameters: voice(), items: items(1) });
		await run.paused;
		finishAll();
		await callBack();
		expect((await run.finished).status).toBe('success');
	});

	it('leaves the ID out of an unfinished task ends nothing', async () => {
		const run = pausing({ parameters: voice(), items: items(1) });
		await run.paused;
		sandboxOf().addFault({
			on: 'get',
			kind: 'errorBefore',
			status: 200,
			body: { code: 0, data: { task_status: 'processing' } },
			times: 1,
		});
		await callBack();
		expect(await endOf(run, 1_000)).toBeUndefined();
		// It looks again, and must not do so in the next test.
		finishAll();
		expect((await run.finished).status).toBe('success');
	});

	it('fails is no end and no harm: the next callback ends the pause', async () => {
		const run = pausing({ parameters: voice(), items: items(1) });
		await run.paused;
		sandboxOf().addFault({ on: 'get', kind: 'errorBefore', error: 'badKey', times: 1 });
		finishAll();
		expect(await callBack()).toBe(200);
		await sleep(300);
		expect(await callBack()).toBe(200);
		expect((await endedOf(run)).status).toBe('success');
	});
});

describe('A voice that is ready before the answer of its create', () => {
	it('is not waited for, as its callback has been refused', async () => {
		Object.assign(sandboxOf().options, { processingMs: 100 });
		sandboxOf().addFault({ on: 'create', kind: 'slow', delayMs: 700 });
		const run = pausing({ parameters: voice(), items: items(1) });
		await run.paused;
		expect((await run.finished).status).toBe('success');
	});
});

describe('Pauses that n8n stores late, as many come at once', () => {
	const busyOf = useInstance({ storingMs: 1_500 });

	it('go on although their callbacks were refused', async () => {
		Object.assign(sandboxOf().options, { processingMs: 200, callbacks: true });
		const runs = items(6).map((item) =>
			startOn(busyOf(), sandboxOf(), { parameters: voice(), items: [item] }),
		);
		const ends = await Promise.all(runs.map(async (run) => await endedOf(run)));
		expect(ends.map((end) => rows(end)[0]?.voice_name)).toEqual(
			items(6).map(({ n }) => `Voice ${String(n)}`),
		);
		const final = sandboxOf().callbacks.filter((call) => call.task_status === 'succeed');
		expect(final.map(({ status }) => status)).toEqual(Array(6).fill(409));
	});
});

describe('Callbacks in numbers', () => {
	it('a hundred at once resume once, after a few looks', async () => {
		const run = pausing({ parameters: voice(), items: items(30) });
		await run.paused;
		finishAll();
		const before = sandboxOf().requests.length;
		sandboxOf().addFault({ on: 'list', kind: 'slow', delayMs: 300 });
		const answers = await Promise.all(items(100).map(async ({ n }) => await callBack(n % 30)));
		const end = await endedOf(run);
		expect(rows(end)).toHaveLength(30);
		expect(new Set(answers).size).toBeLessThanOrEqual(2);
		expect(sandboxOf().requests.length - before).toBeLessThanOrEqual(3);
	});

	it('one that comes while another is looked at is not lost', async () => {
		const run = pausing({ parameters: voice(), items: items(2) });
		await run.paused;
		const [first, second] = sandboxOf().tasks;
		sandboxOf().finish(first?.task_id ?? '');
		sandboxOf().addFault({ on: 'list', kind: 'slow', delayMs: 700, times: 1 });
		await callBack(0);
		await sleep(900);
		// The first look has read the tasks; the second ends while n8n still works on its answer.
		sandboxOf().finish(second?.task_id ?? '');
		await callBack(1);
		expect((await endedOf(run)).status).toBe('success');
	});

	it('the time limit at the same moment: one of them wins, nothing is doubled', async () => {
		const run = pausing({ parameters: voice(), items: items(2) });
		await run.paused;
		finishAll();
		sandboxOf().addFault({ on: 'list', kind: 'slow', delayMs: 500 });
		const called = callBack(0);
		await sleep(200);
		await run.timeLimitPasses();
		await called;
		const end = await endedOf(run);
		expect(rows(end).map((row) => row.timed_out)).toEqual([true, true]);
		await sleep(800);
		expect(sandboxOf().tasks).toHaveLength(2);
	});

	it.each<[string, unknown]>([
		['the new standard', { id: '1', status: 'succeeded', outputs: [{ type: 'voice', id: '1' }] }],
		['an envelope', { code: 0, data: { task_id: '1', task_status: 'failed' } }],
		['a gateway that shouts', { task_id: '1', status: 'SUCCESS' }],
		['a voice alone', { task_id: '1', voice_id: '5' }],
	])('in the spelling of %s are understood', async (_, body) => {
		const run = pausing({ parameters: voice(), items: items(1) });
		await run.paused;
		finishAll();
		await callBack(0, body);
		expect((await endedOf(run)).status).toBe('success');
	});

	// n8n reads bodies by their type alone.
	it('as text or without a type are a hint to look all the same', async () => {
		const run = pausing({ parameters: voice(), items: items(1) });
		await run.paused;
		finishAll();
		const [task] = sandboxOf().tasks;
		const text = JSON.stringify({ task_id: task?.task_id, task_status: 'succeed' });
		await callBack(0, text, { 'content-type': 'text/plain' });
		expect((await run.finished).status).toBe('success');
	});
});

const node = (name: string, type: string, parameters: IDataObject = {}): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: parameters as INode['parameters'],
	credentials: { klingApi: { id: '1', name: 'Kling API' } },
});

/** Items → Kling → further nodes, in a row. */
function chain(first: IDataObject, ...others: INode[]): WorkflowFile {
	const file = workflowOf(first);
	let last = NODE;
	for (const other of others) {
		file.nodes.push(other);
		file.connections[last] = { main: [[{ node: other.name, type: 'main', index: 0 }]] };
		last = other.name;
	}
	return file;
}

function startChain(
	file: WorkflowFile,
	nodeTypes: Record<string, INodeType> = {},
	given: Record<string, unknown>[] = [{ n: 0 }],
): InstanceRun {
	return instanceOf().startWorkflow(file, {
		credentials: credentialsFor(sandboxOf()),
		items: { Items: given.map((json) => ({ json: json as IDataObject })) },
		nodeTypes,
	});
}

const described = (name: string, more: Partial<INodeType['description']> = {}) => ({
	displayName: name,
	name,
	group: ['transform' as const],
	version: 1,
	description: name,
	defaults: {},
	inputs: ['main' as const],
	outputs: ['main' as const],
	properties: [],
	...more,
});

/** As n8n's own Wait node with Resume: On Webhook Call and HTTP Method: POST. */
const waitNode: INodeType = {
	description: described('wait', {
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				path: '',
				isFullPath: true,
				restartWebhook: true,
				responseMode: 'onReceived',
				responseData: 'noData',
			},
		],
	}),
	async execute() {
		await this.putExecutionToWait(new Date(Date.now() + 3_600_000));
		return [this.getInputData()];
	},
	async webhook() {
		return { workflowData: [[{ json: { approved: this.getBodyData() } }]] };
	},
};

/** A node that hands on what it gets, and counts how often it runs. */
function counted() {
	const type: INodeType = {
		description: described('between'),
		async execute() {
			counter.times += 1;
			return [this.getInputData()];
		},
	};
	const counter = { times: 0, type };
	return counter;
}

/** Until n8n has stored the pause for the task number `count`: a call before that is refused. */
async function waits(run: InstanceRun, count: number): Promise<void> {
	for (let tries = 0; tries < 400; tries += 1) {
		if (sandboxOf().tasks.length >= count && run.status === 'waiting') return;
		await sleep(50);
	}
	throw new Error('The next node does not wait');
}

describe('What waits further on in the same execution', () => {
	// A Wait node listens at the bare resume address.
	it('is not resumed by a late callback: a Wait node for a call', async () => {
		const file = chain(voice(), node('Wait', 'test.wait'));
		const run = startChain(file, { 'test.wait': waitNode });
		await run.paused;
		finishAll();
		await callBack();
		await sleep(500);
		await callBack();
		expect(await endOf(run, 1_000)).toBeUndefined();
	});

	it('is waited for although the callbacks of the first node still come: another Kling node', async () => {
		const file = chain(
			voice(),
			node('Second', 'n8n-nodes-kling-voice.kling', voice({ voiceName: 'Next' })),
		);
		const run = startChain(file);
		await run.paused;
		finishAll();
		await callBack(0);
		await waits(run, 2);
		await callBack(0);
		await sleep(500);
		finishAll();
		await callBack(1);
		const end = await endedOf(run);
		expect(outputOf(end, 'Second').map(({ json }) => json.voice_name)).toEqual(['Next']);
		expect(sandboxOf().tasks).toHaveLength(2);
	});

	it('keeps its own wishes when a late callback of the first node ends its pause', async () => {
		const file = chain(
			voice({ simplify: false }),
			node('Second', 'n8n-nodes-kling-voice.kling', voice({ voiceName: 'Next' })),
		);
		const run = startChain(file);
		await run.paused;
		finishAll();
		await callBack(0);
		await waits(run, 2);
		finishAll();
		await callBack(0);
		const end = await endedOf(run);
		expect(outputOf(end, 'Second').map(({ json }) => json.voice_name)).toEqual(['Next']);
	});

	// The look began before the time was up; what it gives then would turn the execution back.
	it('is not run twice because a look for the first node came to its end late', async () => {
		const between = counted();
		const file = chain(
			voice(),
			node('Between', 'test.between'),
			node('Second', 'n8n-nodes-kling-voice.kling', voice({ voiceName: 'Next' })),
		);
		const run = startChain(file, { 'test.between': between.type });
		await run.paused;
		finishAll();
		sandboxOf().addFault({ on: 'get', kind: 'slow', delayMs: 1_000, times: 1 });
		const called = callBack(0);
		await sleep(200);
		await run.timeLimitPasses();
		// The clock of the node says so, too.
		const now = Date.now.bind(Date);
		const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 400_000);
		await waits(run, 2);
		await called;
		await sleep(1_500);
		clock.mockRestore();
		expect(between.times).toBe(1);
	});

	// n8n has read the execution by the time that the body comes.
	it('is not turned back by a copy of the callback that is slow on the wire', async () => {
		const between = counted();
		const file = chain(
			voice(),
			node('Between', 'test.between'),
			node('Second', 'n8n-nodes-kling-voice.kling', voice({ voiceName: 'Next' })),
		);
		const run = startChain(file, { 'test.between': between.type });
		await run.paused;
		const [first] = sandboxOf().tasks;
		const body = JSON.stringify({ task_id: first?.task_id, task_status: 'succeed' });
		const copy = request(first?.callback_url ?? '', {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'content-length': body.length },
		});
		const answered = once(copy, 'response');
		copy.write(body.slice(0, 5));
		await sleep(300);
		finishAll();
		await callBack(0);
		await waits(run, 2);
		copy.end(body.slice(5));
		await answered;
		await sleep(500);
		finishAll();
		await callBack(1);
		const end = await endedOf(run);
		expect(outputOf(end, 'Second').map(({ json }) => json.voice_name)).toEqual(['Next']);
		expect(between.times).toBe(1);
	});

	it('makes a voice of its own also when it has the ID of the first node', async () => {
		const parameters = voice({ voiceName: 'Next', waitFor: 'none' });
		const second = { ...node('Second', 'n8n-nodes-kling-voice.kling', parameters), id: 'kling' };
		await startChain(chain(voice({ waitFor: 'none' }), second)).finished;
		expect(sandboxOf().tasks.map((task) => task.voice_name)).toEqual(['Voice 0', 'Next']);
	});

	it('is the same node in a loop: each round makes and waits for its own voices', async () => {
		let round = 0;
		const again: INodeType = {
			description: described('again', { outputs: ['main', 'main'] }),
			async execute() {
				round += 1;
				const next: INodeExecutionData[] = [{ json: { n: round } }];
				return round < 3 ? [next, []] : [[], this.getInputData()];
			},
		};
		const file = chain(voice(), node('Again', 'test.again'));
		file.connections.Again = { main: [[{ node: NODE, type: 'main', index: 0 }], []] };
		const run = startChain(file, { 'test.again': again });
		await run.paused;
		for (const index of [0, 1, 2]) {
			await waits(run, index + 1);
			// A late one of the round before comes first.
			if (index > 0) await callBack(index - 1);
			finishAll();
			await callBack(index);
		}
		const end = await endedOf(run);
		expect(sandboxOf().tasks.map((task) => task.voice_name)).toEqual([
			'Voice 0',
			'Voice 1',
			'Voice 2',
		]);
		const runs = end.data.resultData.runData[NODE] ?? [];
		expect(runs.map((task) => task.data?.main?.[0]?.[0]?.json.voice_name)).toEqual([
			'Voice 0',
			'Voice 1',
			'Voice 2',
		]);
	});
});

describe('Settings of the node', () => {
	it('Always Output Data adds nothing to a run that pauses', async () => {
		const run = pausing({
			parameters: voice(),
			items: items(2),
			settings: { alwaysOutputData: true },
		});
		await run.paused;
		finishAll();
		await callBack();
		expect(rows(await endedOf(run)).map((row) => row.voice_name)).toEqual(['Voice 0', 'Voice 1']);
	});

	it('Retry On Fail creates nothing twice when a voice has failed before the pause', async () => {
		Object.assign(sandboxOf().options, { createMs: 300, submittedMs: 0, processingMs: 0 });
		sandboxOf().addFault({
			on: 'create',
			kind: 'taskFails',
			message: 'noise',
			match: { voice_name: 'Voice 1' },
		});
		const run = pausing({
			parameters: voice({ options: { maxConcurrency: 1 } }),
			items: items(2),
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 },
		});
		const end = await endedOf(run, 60_000);
		expect(errorOf(end)).toContain('noise');
		expect(sandboxOf().tasks).toHaveLength(2);
	});

	it('a run in which every item is refused does not pause', async () => {
		const run = pausing({
			parameters: voice({ voiceName: '={{ "" }}' }),
			items: items(3),
			settings: { onError: 'continueErrorOutput', alwaysOutputData: true },
		});
		expect((await run.paused).status).toBe('success');
		expect(errorItems(await run.finished)).toHaveLength(3);
	});

	it('a node may have any name', async () => {
		const name = 'Kling {{ $json.n }} "§$%&/()=?`';
		const file = workflowOf(voice());
		for (const each of file.nodes) if (each.name === NODE) each.name = name;
		file.connections = { Items: { main: [[{ node: name, type: 'main', index: 0 }]] } };
		const run = startChain(file);
		await run.paused;
		finishAll();
		await callBack();
		expect(outputOf(await endedOf(run), name).map(({ json }) => json.voice_name)).toEqual([
			'Voice 0',
		]);
	});

	it('items of the user may look like tasks', async () => {
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
		const run = pausing({ parameters: voice(), items: [tricky] });
		expect((await run.paused).status).toBe('waiting');
		finishAll();
		await callBack();
		const text = JSON.stringify(rows(await endedOf(run)));
		expect(text).not.toContain('mine');
		expect(text).toContain(sandboxOf().tasks[0]?.task_id);
	});

	it('a timeout beyond the calendar is refused before anything is created', async () => {
		const run = pausing({ parameters: voice({ options: { timeout: 1e13 } }), items: items(1) });
		await run.paused;
		expect(sandboxOf().tasks).toEqual([]);
	});
});

describe('A stopped execution', () => {
	it('does not pause when it is stopped between two creates', async () => {
		sandboxOf().options.createMs = 400;
		const run = pausing({
			parameters: voice({ options: { maxConcurrency: 1 } }),
			items: items(4),
			settings: { onError: 'continueRegularOutput' },
		});
		await sleep(600);
		run.cancel();
		expect((await endedOf(run)).status).toBe('canceled');
		await sleep(1_200);
		expect(sandboxOf().tasks.length).toBeLessThanOrEqual(2);
	});

	it('stays stopped when Kling calls back', async () => {
		const run = pausing({ parameters: voice(), items: items(1) });
		await run.paused;
		run.cancel();
		finishAll();
		expect(await callBack()).toBe(409);
		expect((await endedOf(run)).status).toBe('canceled');
	});

	it('stays stopped when a callback is just being looked at', async () => {
		const run = pausing({ parameters: voice(), items: items(1) });
		await run.paused;
		finishAll();
		sandboxOf().addFault({ on: 'get', kind: 'slow', delayMs: 500 });
		const called = callBack();
		await sleep(200);
		run.cancel();
		await called;
		await sleep(600);
		expect((await endedOf(run)).status).toBe('canceled');
	});
});

const describe2x = is2x ? describe : describe.skip;

describe2x('A workflow that keeps its files inside the JSON', () => {
	const combined = (file: WorkflowFile): WorkflowFile => ({
		...file,
		settings: { binaryMode: 'combined' },
	});

	it('pauses and resumes', async () => {
		const run = startChain(combined(workflowOf(voice())), {}, items(2));
		await run.paused;
		finishAll();
		await callBack();
		expect(rows(await endedOf(run)).map((row) => row.voice_name)).toEqual(['Voice 0', 'Voice 1']);
	});

	it('gets the sample there', async () => {
		const run = startChain(combined(workflowOf(voice({ options: { downloadSample: true } }))));
		await run.paused;
		finishAll();
		await callBack();
		const [item] = outputOf(await endedOf(run), NODE);
		expect(JSON.stringify(item)).toContain('"fileType":"audio"');
	});

	it('is told where its files are when the field is wrong', async () => {
		const data = await instanceOf().storeFile('1', {
			name: 'a.mp3',
			mimeType: 'audio/mpeg',
			content: Buffer.from('x'),
		});
		const parameters = { voiceName: 'A', voiceSource: 'binary', binaryPropertyName: 'data' };
		const run = startChain(combined(workflowOf(parameters)), {}, [{ _files: { data } }]);
		const message = errorOf(await endedOf(run));
		expect(message).not.toContain('no file at all');
		expect(message).toContain('_files.data');
	});
});
