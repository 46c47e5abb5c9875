import { request } from 'node:http';
import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeType,
	IPollFunctions,
	IRun,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { outputOf, type WorkflowFile } from '../../sandbox/engine/index.cjs';
import { startInstance, type Instance } from '../../sandbox/engine/instance/index.cjs';
import { is2x } from '../../sandbox/engine/workflow.cjs';

type Poll = (this: IPollFunctions) => Promise<INodeExecutionData[][] | null>;
type Webhook = (this: IWebhookFunctions) => Promise<IWebhookResponseData>;
type Execute = (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

const items = (...jsons: IDataObject[]): INodeExecutionData[][] => [
	jsons.map((json) => ({ json })),
];

/** What the node did, for the test. */
let notes: string[] = [];
beforeEach(() => {
	notes = [];
});

interface Parts {
	poll?: Poll;
	webhook?: Webhook;
	execute?: Execute;
	path?: string;
}

const times = ['mode', 'cronExpression'].map((name) => ({
	displayName: name,
	name,
	type: 'string' as const,
	default: '',
}));

function trigger({ poll, webhook, execute, path = 'hook' }: Parts): INodeType {
	const type: INodeType = {
		description: {
			displayName: 'Bell',
			name: 'bell',
			group: ['trigger'],
			version: 1,
			description: 'Rings',
			defaults: {},
			inputs: [],
			outputs: ['main'],
			properties: [
				{
					displayName: 'Poll Times',
					name: 'pollTimes',
					type: 'fixedCollection',
					typeOptions: { multipleValues: true },
					default: {},
					options: [{ displayName: 'Item', name: 'item', values: times }],
				},
			],
			webhooks: [
				{ name: 'default', httpMethod: 'POST', path, responseMode: 'onReceived', responseData: '' },
			],
		},
		webhookMethods: {
			default: {
				async checkExists() {
					notes.push(`checkExists ${this.getMode()} ${this.getActivationMode()}`);
					return this.getWorkflowStaticData('node').listening === true;
				},
				async create() {
					notes.push(`create ${this.getNodeWebhookUrl('default') ?? ''}`);
					this.getWorkflowStaticData('node').listening = true;
					return true;
				},
				async delete() {
					notes.push(`delete ${this.getMode()} ${this.getActivationMode()}`);
					delete this.getWorkflowStaticData('node').listening;
					return true;
				},
			},
		},
		webhook: webhook ?? (async () => ({ workflowData: items({}) })),
	};
	return { ...type, ...(poll ? { poll } : {}), ...(execute ? { execute } : {}) };
}

const node = (name: string, type: string): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
});
const file: WorkflowFile = {
	name: 'Test',
	nodes: [{ ...node('Bell', 'test.bell'), webhookId: 'w1' }, node('End', 'test.end')],
	connections: { Bell: { main: [[{ node: 'End', type: 'main', index: 0 }]] } },
};
const end: INodeType = {
	description: { ...trigger({}).description, webhooks: [], inputs: ['main'] },
	execute: async function () {
		return [this.getInputData()];
	},
};
const options = (parts: Parts) => ({
	credentials: {},
	nodeTypes: { 'test.bell': trigger(parts), 'test.end': end },
});

let instance: Instance;
beforeEach(async () => {
	instance = await startInstance();
});
afterEach(async () => {
	await instance.close();
});

async function post(url: string, body: string, contentType = 'application/json') {
	const headers = { 'content-type': contentType };
	const response = await fetch(url, { method: 'POST', headers, body });
	return { status: response.status, text: await response.text() };
}
const jsons = (run: IRun | undefined, name = 'End') =>
	run ? outputOf(run, name).map(({ json }) => json) : [];

describe('a webhook', () => {
	it('is created on activation, starts executions and is deleted', async () => {
		const active = await instance.activate(
			file,
			options({
				async webhook() {
					const { rawBody } = this.getRequestObject() as unknown as { rawBody: Buffer };
					const id = this.getExecutionId() as string | undefined;
					const mode = this.getMode();
					return {
						workflowData: items({ body: this.getBodyData(), raw: String(rawBody), mode, id }),
					};
				},
				async execute() {
					const [first] = this.getInputData();
					return items({ ...first?.json, executed: this.getMode() });
				},
			}),
		);
		expect(active.url).toBe(`${instance.url}webhook/w1/hook`);
		expect(notes).toEqual(['checkExists trigger activate', `create ${active.url}`]);
		expect(active.staticData).toEqual({ listening: true });
		expect(await post(active.url, '{"a": 12345678901234567890}')).toEqual({
			status: 200,
			text: '{"message":"Workflow was started"}',
		});
		await active.idle();
		expect(active.executions.map(({ status, mode }) => [status, mode])).toEqual([
			['success', 'webhook'],
		]);
		expect(jsons(active.executions[0])).toEqual([
			{
				body: { a: 12345678901234567000 },
				raw: '{"a": 12345678901234567890}',
				mode: 'webhook',
				executed: 'webhook',
			},
		]);
		expect((await fetch(active.url)).status).toBe(404);
		await active.deactivate();
		expect(notes.at(-1)).toBe('delete internal update');
		expect(active.staticData).toEqual({});
		expect((await post(active.url, '{}')).status).toBe(404);
	});

	it('is answered by n8n when the body is not JSON', async () => {
		const active = await instance.activate(file, options({}));
		const { status, text } = await post(active.url, '{"a":');
		expect(status).toBe(422);
		expect(JSON.parse(text)).toMatchObject({ code: 422, message: 'Failed to parse request body' });
		expect(JSON.parse(text)).toHaveProperty('hint');
		expect(active.executions).toEqual([]);
	});

	it('starts nothing without workflowData, but stores static data', async () => {
		const active = await instance.activate(
			file,
			options({
				async webhook() {
					this.getWorkflowStaticData('node').calls = 1;
					notes.push(typeof this.getBodyData());
					if ((this.getQueryData() as IDataObject).own === '1') {
						this.getResponseObject().status(202).json({ own: true });
						return { noWebhookResponse: true };
					}
					return { webhookResponse: { no: 'thanks' } };
				},
			}),
		);
		expect(await post(active.url, '{}')).toEqual({ status: 200, text: '{"no":"thanks"}' });
		expect(active.staticData).toEqual({ listening: true, calls: 1 });
		expect(await post(`${active.url}?own=1`, '')).toEqual({ status: 202, text: '{"own":true}' });
		expect(notes.slice(-2)).toEqual(['object', 'undefined']);
		await active.idle();
		expect(active.executions).toEqual([]);
	});

	it('that throws leaves a failed execution', async () => {
		const active = await instance.activate(
			file,
			options({
				async webhook() {
					throw new Error('broken');
				},
			}),
		);
		expect(await post(active.url, '{}')).toMatchObject({ status: 500 });
		await active.idle();
		expect(active.executions).toMatchObject([
			{ status: 'error', data: { resultData: { error: { message: 'broken' } } } },
		]);
	});

	it('starts an execution also when execute() then gives nothing', async () => {
		for (const nothing of [[[]], [], null as unknown as INodeExecutionData[][]]) {
			const active = await instance.activate(file, options({ execute: async () => nothing }));
			await post(active.url, '{}');
			await active.idle();
			expect(active.executions.map(({ status }) => status)).toEqual(['success']);
			expect(Object.keys(active.executions[0]?.data.resultData.runData ?? {})).not.toContain('End');
			await active.deactivate();
		}
	});

	it('runs many executions side by side', async () => {
		let running = 0;
		let open: () => void = () => undefined;
		const all = new Promise<void>((resolve) => {
			open = resolve;
		});
		const active = await instance.activate(
			file,
			options({
				async execute() {
					running += 1;
					if (running === 20) open();
					await all;
					return [this.getInputData()];
				},
			}),
		);
		await Promise.all(Array.from({ length: 20 }, () => post(active.url, '{}')));
		await active.idle();
		expect(active.executions).toHaveLength(20);
	});

	it('has no address when its path evaluates to nothing', async () => {
		const active = await instance.activate(
			file,
			options({ path: '={{ undefined }}', poll: async () => null }),
		);
		expect(active.url).toBe('');
		expect(notes).toEqual([]);
		expect((await post(`${instance.url}webhook/w1/hook`, '{}')).status).toBe(404);
	});

	it('reads packed bodies', async () => {
		const active = await instance.activate(file, options({}));
		const status = await new Promise((resolve, reject) => {
			const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
			const call = request(active.url, { method: 'POST', headers }, (res) => {
				res.resume();
				resolve(res.statusCode);
			});
			call.on('error', reject).end('not gzip');
		});
		expect(status).toBe(500);
	});
});

describe('a poll', () => {
	const counting = (give: (n: number) => INodeExecutionData[][] | null): Parts => ({
		async poll() {
			const data = this.getWorkflowStaticData('node');
			const n = Number(data.n ?? 0) + 1;
			data.n = n;
			notes.push(`poll ${n} ${this.getMode()} ${this.getActivationMode()}`);
			return give(n);
		},
	});

	it('runs once on activation, after the webhook, and starts executions', async () => {
		const active = await instance.activate(file, options(counting((n) => items({ n }))));
		expect(notes.map((text) => text.split(' ')[0])).toEqual(['checkExists', 'create', 'poll']);
		await active.poll();
		await active.idle();
		expect(active.executions.map(({ mode }) => mode)).toEqual(['trigger', 'trigger']);
		expect(active.executions.flatMap((run) => jsons(run))).toEqual([{ n: 1 }, { n: 2 }]);
		await active.deactivate();
		await active.poll();
		expect(active.executions).toHaveLength(2);
	});

	it('keeps in memory what n8n does not store', async () => {
		const parts = counting((n) => {
			if (n === 3) throw new Error('no luck');
			return n === 4 ? items({ n }) : null;
		});
		const active = await instance.activate(file, options(parts));
		// The end of an activation stores them.
		expect(active.staticData).toMatchObject({ n: 1 });
		await active.poll();
		expect(active.staticData).toMatchObject({ n: 1 });
		await expect(active.poll()).rejects.toThrow('no luck');
		expect(active.staticData).toMatchObject({ n: 1 });
		// What the failed poll has changed is still there.
		await active.poll();
		expect(active.staticData).toMatchObject({ n: 4 });
		await active.poll();
		active.restart();
		await active.poll();
		expect(notes.at(-1)).toMatch(/^poll 5/);
		await active.startUp();
		expect(notes.slice(-2)).toEqual(['checkExists trigger init', 'poll 5 trigger init']);
	});

	it('has a cursor of its own with durable cursors', async () => {
		if (!is2x) return;
		const other = await startInstance({ durableCursors: true });
		try {
			const parts = counting((n) => {
				if (n === 2) throw new Error('no luck');
				return null;
			});
			const active = await other.activate(file, options(parts));
			// Not stored: the first poll is a test.
			expect(active.cursor).toEqual({ listening: true });
			await active.poll();
			expect(active.cursor).toEqual({ listening: true, n: 1 });
			await expect(active.poll()).rejects.toThrow('no luck');
			expect(active.cursor).toEqual({ listening: true, n: 1 });
			expect(active.staticData).toEqual({ listening: true });
		} finally {
			await other.close();
		}
	});

	it('that throws first, or too often, prevents the activation', async () => {
		const broken = async () => {
			throw new Error('no key');
		};
		const failed = instance.activate(file, options({ poll: broken }));
		await expect(failed).rejects.toThrow('There was a problem activating the workflow: "no key"');
		expect((await post(`${instance.url}webhook/w1/hook`, '{}')).status).toBe(404);
		const [bell, ...rest] = file.nodes;
		const pollTimes = { item: [{ mode: 'custom', cronExpression: '*/5 * * * * *' }] };
		const nodes = bell ? [{ ...bell, parameters: { pollTimes } }, ...rest] : [];
		const quick = instance.activate({ ...file, nodes }, options({ poll: async () => null }));
		await expect(quick).rejects.toThrow('too short');
	});
});

describe('seen ids', () => {
	const once = (maxEntries: number): Parts => ({
		async webhook() {
			return { workflowData: items(this.getBodyData()) };
		},
		async execute() {
			const ids = this.getInputData().map(({ json }) => String(json.id));
			const mode = { mode: 'entries', maxEntries } as const;
			const found = await this.helpers.checkProcessedAndRecord(ids, 'node', mode);
			return [found.new.map((id) => ({ json: { id } }))];
		},
	});
	const ring = async (url: string, id: string) => await post(url, JSON.stringify({ id }));

	it('are kept over a restart and a new activation, the newest of them', async () => {
		const active = await instance.activate(file, options(once(2)));
		for (const id of ['a', 'b', 'a', 'c', 'a']) {
			await ring(active.url, id);
			await active.idle();
			active.restart();
		}
		await active.deactivate();
		const again = await instance.activate(file, options(once(2)));
		await ring(again.url, 'c');
		await again.idle();
		const runs = [...active.executions, ...again.executions];
		expect(runs.map((run) => jsons(run, 'Bell').map(({ id }) => id))).toEqual([
			['a'],
			['b'],
			[],
			['c'],
			['a'],
			[],
		]);
	});

	it('are lost and doubled when two look at the same moment, on two processes too', async () => {
		const other = await startInstance({ sharedWith: instance });
		try {
			instance.workflows.dedupStore.inPairs = true;
			const one = await instance.activate(file, options(once(100)));
			const two = await other.activate(file, options(once(100)));
			const both = async (a: string, b: string) => {
				await Promise.all([ring(one.url, a), ring(two.url, b)]);
				await Promise.all([one.idle(), two.idle()]);
				return [one, two].map(({ executions }) => executions.at(-1));
			};
			const first = await both('a', 'a');
			expect(first.map((run) => run?.status).sort()).toEqual(['error', 'success']);
			const failed = first.find((run) => run?.status === 'error');
			expect(failed?.data.resultData.error?.message).toContain('UNIQUE constraint');
			expect((await both('b', 'b')).map((run) => jsons(run))).toEqual([
				[{ id: 'b' }],
				[{ id: 'b' }],
			]);
			await both('c', 'd');
			const after = [await both('c', 'x'), await both('d', 'y')].map(([run]) => jsons(run));
			// One of the two lists was lost.
			expect(after.flat()).toHaveLength(1);
			expect((await both('a', 'z')).map((run) => jsons(run, 'End'))).toContainEqual([]);
		} finally {
			await other.close();
		}
	});
});

describe('listening for a test event', () => {
	it('starts one manual execution and stores nothing', async () => {
		const parts: Parts = {
			async webhook() {
				const { start } = this.getBodyData();
				const { listening } = this.getWorkflowStaticData('node');
				this.getWorkflowStaticData('node').manual = true;
				const json = { listening, mode: this.getMode() };
				return start === true ? { workflowData: items(json) } : { webhookResponse: 'no' };
			},
			execute: async function () {
				return [this.getInputData()];
			},
		};
		const { url, finished } = await instance.listen(file, options(parts));
		expect(url).toBe(`${instance.url}webhook-test/w1/hook`);
		expect(notes).toEqual(['checkExists manual manual', `create ${url}`]);
		expect(await post(url, '{}')).toEqual({ status: 200, text: 'no' });
		expect((await post(url, '{"start":true}')).status).toBe(200);
		const run = await finished;
		expect(run).toMatchObject({ mode: 'manual', status: 'success' });
		expect(jsons(run)).toEqual([{ listening: true, mode: 'manual' }]);
		expect((await post(url, '{"start":true}')).status).toBe(404);
		expect(notes.at(-1)).toBe('delete internal update');
		expect(instance.workflows.load(file).staticData).toEqual({});
	});

	it('polls at once without a webhook', async () => {
		const parts = { path: '={{ undefined }}', poll: async () => items({ polled: true }) };
		const { url, finished } = await instance.listen(file, options(parts));
		expect(url).toBe('');
		expect(jsons(await finished)).toEqual([{ polled: true }]);
	});
});
