import type {
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeType,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { outputOf, type WorkflowFile } from '../../sandbox/engine/index.cjs';
import {
	startInstance,
	type Instance,
	type InstanceRun,
} from '../../sandbox/engine/instance/index.cjs';
import { is2x } from '../../sandbox/engine/workflow.cjs';

type Execute = (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;
type Webhook = (this: IWebhookFunctions) => Promise<IWebhookResponseData>;

const anHour = () => new Date(Date.now() + 3_600_000);

/** Suspends with its input turned into `{ seen: n }`. */
const suspend: Execute = async function () {
	const items = this.getInputData();
	for (const [i, item] of items.entries()) {
		items[i] = { ...item, json: { seen: item.json.n } };
	}
	await this.putExecutionToWait(anHour());
	return [[...items]];
};

const resumeWith =
	(...jsons: INodeExecutionData['json'][]): Webhook =>
	async () => ({ workflowData: [jsons.map((json) => ({ json }))] });

/** What the node wrote down for the test; a map, because the node itself is thrown away at a restart. */
const notes = new Map<string, string>();
const note = (run: InstanceRun) => notes.get(run.executionId) ?? '';

function waiter(execute: Execute, webhook: Webhook, responseData = 'noData'): INodeType {
	return {
		description: {
			displayName: 'Waiter',
			name: 'waiter',
			group: ['transform'],
			version: 1,
			description: 'Waits',
			defaults: {},
			inputs: ['main'],
			outputs: ['main'],
			properties: [],
			webhooks: [
				{
					name: 'default',
					httpMethod: 'POST',
					path: '',
					isFullPath: true,
					restartWebhook: true,
					responseMode: 'onReceived',
					responseData,
				},
			],
		},
		async execute() {
			const address = this.evaluateExpression('{{ $execution.resumeUrl }}', 0) as string;
			notes.set(this.getExecutionId(), address);
			return await execute.call(this);
		},
		webhook,
	};
}

const node = (name: string, type: string): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
});
const link = (to: string) => ({ main: [[{ node: to, type: 'main' as const, index: 0 }]] });
const file: WorkflowFile = {
	name: 'Test',
	nodes: [node('Form', 'test.formTrigger'), node('Waiter', 'test.waiter'), node('End', 'test.end')],
	connections: { Form: link('Waiter'), Waiter: link('End') },
};
const end: INodeType = {
	description: { ...waiter(suspend, resumeWith()).description, webhooks: [] },
	execute: async function () {
		return [this.getInputData()];
	},
};

let instance: Instance;
beforeAll(async () => {
	instance = await startInstance();
});
afterAll(async () => {
	await instance.close();
});

const twoItems: INodeExecutionData[] = [{ json: { n: 1 } }, { json: { n: 2 } }];

function start(type: INodeType, items = twoItems, executionId?: string): InstanceRun {
	return instance.startWorkflow(file, {
		credentials: {},
		items: { Form: items },
		nodeTypes: { 'test.waiter': type, 'test.end': end },
		...(executionId === undefined ? {} : { executionId }),
	});
}

async function startWaiting(type: INodeType): Promise<InstanceRun> {
	const run = start(type);
	expect((await run.paused).status).toBe('waiting');
	return run;
}

const post = async (url: string, body: unknown = {}) => {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	return { status: response.status, text: await response.text() };
};

describe('resuming', () => {
	it('swallows, then goes on with what webhook() gives, also after a restart', async () => {
		const run = await startWaiting(
			waiter(suspend, async function () {
				const { done } = this.getBodyData();
				if (done !== true) return { webhookResponse: { swallowed: true } };
				const stored = this.evaluateExpression('{{ $input.all() }}', 0) as INodeExecutionData[];
				return { workflowData: [stored.map(({ json }) => ({ json: { ...json, done } }))] };
			}),
		);
		expect(note(run)).toContain(`${instance.url}webhook-waiting/${run.executionId}`);
		const swallowed = await post(note(run));
		expect(swallowed).toEqual({ status: 200, text: '{"swallowed":true}' });
		run.restart();
		expect(await post(note(run), { done: true })).toEqual({ status: 200, text: '' });
		const result = await run.finished;
		expect(result.status).toBe('success');
		expect(outputOf(result, 'End').map(({ json }) => json)).toEqual([
			{ seen: 1, done: true },
			{ seen: 2, done: true },
		]);
		expect(outputOf(result, 'Form').map(({ json }) => json)).toEqual([{ n: 1 }, { n: 2 }]);
		expect((await post(note(run))).status).toBe(409);
	});

	it('passes on the stored input when the time limit passes', async () => {
		const run = await startWaiting(waiter(suspend, resumeWith({})));
		await run.timeLimitPasses();
		const result = await run.finished;
		expect(outputOf(result, 'End').map(({ json }) => json)).toEqual([{ seen: 1 }, { seen: 2 }]);
		await run.timeLimitPasses();
		expect((await post(note(run))).status).toBe(409);
	});

	it('answers with the name of its default when there is no responseData', async () => {
		const type = waiter(suspend, resumeWith({}));
		delete type.description.webhooks?.[0]?.responseData;
		const run = await startWaiting(type);
		expect(await post(note(run))).toEqual({ status: 200, text: 'firstEntryJson' });
		await run.finished;
	});

	it('leaves the answer to a node that wants to give it', async () => {
		const run = await startWaiting(
			waiter(suspend, async function () {
				this.getResponseObject().status(202).end('by myself');
				return { noWebhookResponse: true };
			}),
		);
		expect(await post(note(run))).toEqual({ status: 202, text: 'by myself' });
		await run.timeLimitPasses();
		expect((await run.finished).status).toBe('success');
	});

	it('refuses while the execution runs, and what it does not know', async () => {
		let go: () => void = () => undefined;
		const gate = new Promise<void>((resolve) => {
			go = resolve;
		});
		const reached = new Promise<InstanceRun>((resolve) => {
			const slow: Execute = async function () {
				resolve(run);
				await gate;
				return await suspend.call(this);
			};
			const run = start(waiter(slow, resumeWith({})));
		});
		const run = await reached;
		expect((await post(note(run))).status).toBe(409);
		expect(() => run.restart()).toThrow('running');
		go();
		await run.paused;
		expect((await fetch(note(run))).status).toBe(404);
		expect((await post(`${instance.url}webhook-waiting/none`)).status).toBe(404);
		await run.timeLimitPasses();
		await run.finished;
	});

	it('wants the token of 2.x', async () => {
		const run = await startWaiting(waiter(suspend, resumeWith({})));
		const address = new URL(note(run));
		expect(address.searchParams.has('signature')).toBe(is2x);
		if (is2x) {
			const invalid = { status: 401, text: '{"error":"Invalid token"}' };
			expect(await post(address.origin + address.pathname)).toEqual(invalid);
			expect(await post(`${address.href.slice(0, -1)}x`)).toEqual(invalid);
		}
		address.searchParams.set('more', '1');
		expect((await post(address.href)).status).toBe(200);
		await run.finished;
	});

	it('lets one of several win', async () => {
		let calls = 0;
		const both: Webhook = async () => {
			const nth = (calls += 1);
			while (calls < 2) await new Promise((resolve) => setTimeout(resolve, 5));
			return { workflowData: [[{ json: { nth } }]] };
		};
		const run = await startWaiting(waiter(suspend, both));
		const answers = await Promise.all([post(note(run)), post(note(run))]);
		const result = await run.finished;
		expect(outputOf(result, 'End')).toHaveLength(1);
		// 1.x has answered before it finds out.
		const statuses = answers.map(({ status }) => status).sort();
		expect(statuses).toEqual(is2x ? [200, 500] : [200, 200]);
	});

	it('goes on with one empty item when webhook() throws', async () => {
		const run = await startWaiting(
			waiter(suspend, async () => {
				throw new Error('broken');
			}),
		);
		const { status, text } = await post(note(run));
		expect(status).toBe(500);
		expect(text).toContain('Workflow could not be started');
		const result = await run.finished;
		expect(result).toMatchObject({
			status: 'error',
			data: { resultData: { error: { message: 'broken' } } },
		});
		expect(outputOf(result, 'End').map(({ json }) => json)).toEqual([{}]);
		expect(Object.keys(result.data.resultData.runData)).not.toContain('Form');
		expect((await post(note(run))).status).toBe(409);
	});

	it('keeps nothing that cannot be stored', async () => {
		const run = await startWaiting(
			waiter(
				async function () {
					const [item] = this.getInputData();
					Object.assign(item?.json ?? {}, { secret: () => 'in memory' });
					this.getContext('node').tasks = ['t1'];
					await this.putExecutionToWait(anHour());
					return [[]];
				},
				async function () {
					const tasks = this.evaluateExpression('{{ $("Waiter").context.tasks }}', 0) as string[];
					const stored = this.evaluateExpression('{{ $input.first().json }}', 0) as object;
					return { workflowData: [[{ json: { tasks, keys: Object.keys(stored) } }]] };
				},
			),
		);
		await post(note(run));
		const [item] = outputOf(await run.finished, 'End');
		expect(item?.json).toEqual({ tasks: ['t1'], keys: ['n'] });
	});

	it('can be cancelled while it waits, and runs without waiting at all', async () => {
		const run = await startWaiting(waiter(suspend, resumeWith({})));
		run.cancel();
		expect((await run.finished).status).toBe('canceled');
		expect((await post(note(run))).status).toBe(409);
		const straight = start(waiter(async () => [[{ json: {} }]], resumeWith({})));
		expect(await straight.paused).toBe(await straight.finished);
	});
});

describe('files', () => {
	const content = Buffer.from('a clip');
	const clip = { name: 'clip ä.mp3', mimeType: 'audio/mpeg', content };
	/** Signs its file as it came and as a copy of its own, suspends, and hands both addresses on. */
	const sign: Execute = async function () {
		const file = this.helpers.assertBinaryData(0, 'data');
		const stream = await this.helpers.getBinaryStream(file.id ?? '');
		const copy = await this.helpers.prepareBinaryData(stream, file.fileName, file.mimeType);
		const [item] = this.getInputData();
		const signed = (binary: typeof file) => this.helpers.createBinarySignedUrl(binary, '1h');
		if (item) item.json = { came: signed(file), copied: signed(copy) };
		await this.putExecutionToWait(anHour());
		return [[]];
	};
	const signs = waiter(sign, async function () {
		return { webhookResponse: this.evaluateExpression('{{ $input.first() }}', 0) as object };
	});
	interface Signed {
		json: { came: string; copied: string };
		binary: { data: { id: string } };
	}
	async function sign2(temp: boolean, id: string): Promise<Signed> {
		const data = await instance.storeFile(id, { ...clip, temp });
		const run = start(signs, [{ json: {}, binary: { data } }], id);
		expect((await run.paused).status).toBe('waiting');
		return JSON.parse((await post(note(run))).text) as Signed;
	}

	it('are served by signed address', async () => {
		const { json } = await sign2(false, 'f1');
		for (const method of ['GET', 'HEAD']) {
			const response = await fetch(json.came, { method });
			expect(response.status).toBe(200);
			expect(response.headers.get('content-type')).toBe('audio/mpeg');
			expect(response.headers.get('content-length')).toBe(String(content.length));
			expect(response.headers.get('content-disposition')).toContain('clip%20%C3%A4.mp3');
			expect(await response.text()).toBe(method === 'GET' ? 'a clip' : '');
		}
		expect((await fetch(`${json.came.slice(0, -6)}abcdef`)).status).toBe(400);
		await instance.deleteExecution('f1');
		expect((await fetch(json.came)).status).toBe(404);
	});

	it('that came with a webhook move when the execution is saved', async () => {
		const { json, binary } = await sign2(true, 'f2');
		expect((await fetch(json.came)).status).toBe(404);
		expect(await (await fetch(json.copied)).text()).toBe('a clip');
		expect(binary.data.id).toContain('/executions/f2/');
	});

	it('cannot be signed in memory mode', async () => {
		const other = await startInstance({ binaryMode: 'default' });
		try {
			const data = await other.storeFile('f3', clip);
			expect(data).toMatchObject({ data: content.toString('base64') });
			const run = other.startWorkflow(file, {
				credentials: {},
				items: { Form: [{ json: {}, binary: { data } }] },
				nodeTypes: {
					'test.waiter': waiter(async function () {
						const binary = this.helpers.assertBinaryData(0, 'data');
						return [[{ json: { url: this.helpers.createBinarySignedUrl(binary) } }]];
					}, resumeWith({})),
				},
			});
			const { status, data: after } = await run.finished;
			expect(status).toBe('error');
			expect(after.resultData.error?.message).toContain('memory mode');
		} finally {
			await other.close();
		}
	});
});
