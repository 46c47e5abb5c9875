import type { IDataObject } from 'n8n-workflow';

import { pickerContext } from '../../sandbox/engine/index.cjs';
import {
	TASK,
	VOICE,
	credentialsFor,
	errorItems,
	errorOf,
	outputOf,
	requestCounts,
	rowsOf,
	runKling,
	useInstance,
	useSandbox,
	workflowOf,
	type Sandbox,
} from '../support/engine/kling.cjs';
import { call, events, useTrigger } from '../support/engine/trigger.cjs';

const sandboxOf = useSandbox({ submittedMs: 0, processingMs: 0 });
const instanceOf = useInstance();

/** Voices that Kling has made, oldest first. */
function makeVoices(sandbox: Sandbox, count: number): string[] {
	return Array.from({ length: count }, (_, n) => {
		const { task_id: id } = sandbox.createTask({ voice_name: `Voice ${String(n)}` });
		return id;
	});
}

const ids = (rows: IDataObject[]) => rows.map(({ task_id: id }) => id);

describe('A gateway that caps its pages', () => {
	const all = { operation: 'getAll', returnAll: true };

	it.each([
		[30, {}],
		[100, {}],
		[50, { listWithTotal: true }],
		[30, { repeatsLastPage: true }],
		[25, {}],
		[64, {}],
		[45, { repeatsLastPage: true, listWithTotal: true }],
	])('at %i rows gives all 750 tasks once, with %j', async (pageCap, options) => {
		const sandbox = sandboxOf();
		Object.assign(sandbox.options, { pageCap, ...options });
		const made = makeVoices(sandbox, 750);
		const rows = await rowsOf(sandbox, { parameters: all });
		expect(ids(rows)).toEqual([...made].reverse());
		expect(requestCounts(sandbox).list).toBeLessThanOrEqual(Math.ceil(750 / pageCap) + 2);
	});

	it('gives as many as the limit asks for', async () => {
		const sandbox = sandboxOf();
		sandbox.options.pageCap = 30;
		makeVoices(sandbox, 100);
		const parameters = { operation: 'getAll', limit: 70 };
		expect(new Set(ids(await rowsOf(sandbox, { parameters }))).size).toBe(70);
		expect(requestCounts(sandbox)).toEqual({ list: 3 });
	});

	it.each([false, true])('lets a picker find the 75th voice (repeats: %s)', async (repeats) => {
		const sandbox = sandboxOf();
		Object.assign(sandbox.options, { pageCap: 30, repeatsLastPage: repeats });
		makeVoices(sandbox, 90);
		const search = picker(sandbox);
		const found = await search('Voice 15');
		expect(found.results).toHaveLength(1);
		const names: string[] = [];
		let token: string | undefined;
		do {
			const page = await search('', token);
			names.push(...page.results.map(({ name }) => name));
			token = page.paginationToken;
		} while (token !== undefined);
		expect([names.length, new Set(names).size]).toEqual([90, 90]);
	});

	describe('gives the polling trigger', () => {
		const { activate } = useTrigger(sandboxOf, instanceOf);
		it.each([{}, { repeatsLastPage: true }, { listWithTotal: true }])(
			'80 of 80 events, with %j',
			async (options) => {
				const sandbox = sandboxOf();
				Object.assign(sandbox.options, { pageCap: 30, processingMs: 600_000, ...options });
				const workflow = await activate({ receive: 'poll' });
				await workflow.poll();
				for (const id of makeVoices(sandbox, 80)) sandbox.finish(id);
				await workflow.poll();
				expect(new Set(ids(await events(workflow))).size).toBe(80);
			},
		);

		it('events also after a row that is dated far ahead', async () => {
			const sandbox = sandboxOf();
			const workflow = await activate({ receive: 'poll' });
			await workflow.poll();
			const far = sandbox.createTask({ voice_name: 'Far', created_at: Date.now() * 1000 });
			await workflow.poll();
			makeVoices(sandbox, 2);
			await workflow.poll();
			expect(new Set(ids(await events(workflow))).size).toBe(3);
			expect(ids(await events(workflow))).toContain(far.task_id);
		});
	});
});

describe('A gateway that answers with another task', () => {
	const read = { operation: 'get', voice: '' };

	it.each([1, 2])('%i times gives the voice of Get all the same', async (times) => {
		const sandbox = sandboxOf();
		const [, mine = ''] = makeVoices(sandbox, 2);
		sandbox.addFault({ on: 'get', kind: 'anotherTask', times });
		const rows = await rowsOf(sandbox, { parameters: { ...read, voice: mine } });
		expect(rows).toEqual([expect.objectContaining({ task_id: mine, voice_name: 'Voice 1' })]);
	});

	it('always makes Get an error with the ID that was asked for', async () => {
		const sandbox = sandboxOf();
		const [, mine = ''] = makeVoices(sandbox, 2);
		sandbox.addFault({ on: 'get', kind: 'anotherTask' });
		const run = await runKling(sandbox, { parameters: { ...read, voice: mine } });
		expect(errorOf(run)).toContain('answered with a different task');
		expect(errorOf(run)).toContain(mine);
	});

	it('gives no item of a create the voice of another one', async () => {
		const sandbox = sandboxOf();
		makeVoices(sandbox, 1);
		sandbox.addFault({ on: 'get', kind: 'anotherTask' });
		sandbox.options.processingMs = 50;
		const run = await runKling(sandbox, {
			parameters: { ...VOICE, voiceName: '={{ $json.name }}', options: { timeout: 5 } },
			items: [{ name: 'Anna' }, { name: 'Bert' }, { name: 'Carl' }],
			settings: { onError: 'continueErrorOutput' },
		});
		expect(outputOf(run, 'Kling')).toEqual([]);
		expect(errorItems(run)).toHaveLength(3);
		for (const [index, error] of errorItems(run).entries()) {
			expect(error).toMatchObject({ task_id: sandbox.tasks[index + 1]?.task_id });
		}
		expect(requestCounts(sandbox).create).toBe(3);
	});

	it('to a create gives the task that was made', async () => {
		const sandbox = sandboxOf();
		sandbox.createTask({ voice_name: 'Other', external_task_id: 'other' });
		sandbox.addFault({ on: 'create', kind: 'anotherTask', times: 1 });
		const rows = await rowsOf(sandbox, { parameters: TASK });
		expect(ids(rows)).toEqual([sandbox.tasks[1]?.task_id]);
		expect(sandbox.tasks).toHaveLength(2);
	});
});

describe('A callback to the trigger, at a gateway that answers with another task,', () => {
	const { activate, finished } = useTrigger(sandboxOf, instanceOf);

	it('starts nothing with the other task, and asks the sender to try again', async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = 600_000;
		makeVoices(sandbox, 1);
		const workflow = await activate();
		const task = finished('Mine');
		sandbox.addFault({ on: 'get', kind: 'anotherTask' });
		expect(await call(workflow, task)).toBe(503);
		expect(await events(workflow)).toEqual([]);
		sandbox.clearFaults();
		expect(await call(workflow, task)).toBe(200);
		expect(ids(await events(workflow))).toEqual([task.task_id]);
	});
});

describe('A create at a gateway that answers with', () => {
	it.each([
		...['dataAsText', 'emptyError', 'farTimes', 'halfId', 'hugeId', 'dotId', 'hugeReason'],
		...['nameIsObject', 'noIds', 'oddOutputs', 'oddPrototype'],
	] as const)('%s makes its voice once', async (shape) => {
		const sandbox = sandboxOf();
		// So that the first look sees a task that is not ready yet.
		sandbox.options.processingMs = 1_000;
		sandbox.addFault({ on: 'create', kind: 'strange', shape });
		sandbox.addFault({ on: 'get', kind: 'strange', shape, times: 1 });
		const run = await runKling(sandbox, {
			parameters: VOICE,
			settings: { onError: 'continueErrorOutput' },
		});
		const [row] = outputOf(run, 'Kling').map(({ json }) => json);
		expect(errorItems(run)).toEqual([]);
		const [task] = sandbox.tasks;
		expect(row?.external_task_id).toBe(task?.external_task_id);
		expect(row?.voice_id).toBe(task?.voices[0]?.voice_id);
		expect(sandbox.tasks).toHaveLength(1);
		expect(requestCounts(sandbox).create).toBe(1);
	});
});

describe('A task that the gateway ended', () => {
	it.each(['canceled', 'CANCELLED', 'aborted', 'expired', 'timeout', 'timed_out', 'rejected'])(
		'as "%s" fails at once, with its reason',
		async (status) => {
			const sandbox = sandboxOf();
			const body = { code: 0, data: { status, message: 'The channel was closed' } };
			sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 200, body });
			const started = performance.now();
			const run = await runKling(sandbox, { parameters: VOICE });
			expect(errorOf(run)).toContain('The channel was closed');
			expect(performance.now() - started).toBeLessThan(15_000);
		},
	);

	it('only by the status of its answer, while the task in it is submitted, is waited for', async () => {
		const sandbox = sandboxOf();
		const body = { status: 'success', data: { task_status: 'submitted' } };
		sandbox.addFault({ on: 'get', kind: 'errorBefore', status: 200, body, times: 1 });
		const rows = await rowsOf(sandbox, { parameters: VOICE });
		expect(rows).toEqual([expect.objectContaining({ task_status: 'succeed' })]);
		expect(requestCounts(sandbox).get).toBe(2);
	});
});

describe('An error that a gateway fills with', () => {
	it.each<[string, string]>([
		['HTML', '<img src=x onerror=alert(1)><a href="https://evil.example">click</a> no'],
		['200,000 characters', 'no '.repeat(66_000)],
		['a token', `eyJ${'a'.repeat(40)}.eyJ${'b'.repeat(40)}.${'c'.repeat(40)}`],
	])('%s shows none of it', async (_name, message) => {
		const sandbox = sandboxOf();
		sandbox.addFault({
			on: 'create',
			kind: 'errorBefore',
			status: 400,
			body: { code: 1201, message },
		});
		const shown = errorOf(await runKling(sandbox, { parameters: TASK })) ?? '';
		expect(shown).toContain('Kling refused a value');
		expect(shown).not.toMatch(/<|eyJ|evil/);
		expect(shown.length).toBeLessThan(2_000);
	});
});

describe('A deletion that the gateway', () => {
	const parameters = {
		operation: 'delete',
		voiceId: { __rl: true, mode: 'id', value: '850000000000000001' },
	};
	const answer = (data: IDataObject) => ({
		on: 'delete' as const,
		kind: 'errorBefore' as const,
		status: 200,
		body: { code: 0, message: 'SUCCEED', data },
	});

	it('calls failed is an error with the reason', async () => {
		const sandbox = sandboxOf();
		const data = { task_id: '1', task_status: 'failed', task_status_msg: 'The voice is in use' };
		sandbox.addFault(answer(data));
		const run = await runKling(sandbox, { parameters });
		expect(errorOf(run)).toContain('The voice is in use');
		expect(requestCounts(sandbox)).toEqual({ delete: 1 });
	});

	it('made of another voice is an error', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault(answer({ task_status: 'succeed', voice_id: '850000000000000009' }));
		expect(errorOf(await runKling(sandbox, { parameters }))).toContain('a different voice');
	});
});

function picker(sandbox: Sandbox) {
	const { context, node } = pickerContext(
		workflowOf({ operation: 'delete' }),
		'Kling',
		credentialsFor(sandbox),
	);
	const search = node.methods?.listSearch?.searchVoices;
	if (!search) throw new Error('The node has no picker');
	return async (filter = '', token?: string) => await search.call(context, filter, token);
}
