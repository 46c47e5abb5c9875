import { request } from 'node:http';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { bellWorkflow, itemsOf, jsonsOf, useBell } from '../support/engine/bell.cjs';
import { postText } from '../support/engine/http.cjs';

const { notes, options, instanceOf } = useBell();

describe('The webhook of an active trigger', () => {
	it('is created on activation, starts executions, and is deleted on deactivation', async () => {
		const active = await instanceOf().activate(
			bellWorkflow,
			options({
				async webhook() {
					const { rawBody } = this.getRequestObject() as unknown as { rawBody: Buffer };
					const id = this.getExecutionId() as string | undefined;
					const mode = this.getMode();
					return {
						workflowData: itemsOf({ body: this.getBodyData(), raw: String(rawBody), mode, id }),
					};
				},
				async execute() {
					const [first] = this.getInputData();
					return itemsOf({ ...first?.json, executed: this.getMode() });
				},
			}),
		);
		expect(active.url).toBe(`${instanceOf().url}webhook/w1/hook`);
		expect(notes).toEqual(['checkExists trigger activate', `create ${active.url}`]);
		expect(active.staticData).toEqual({ listening: true });
		expect(await postText(active.url, '{"a": 12345678901234567890}')).toEqual({
			status: 200,
			text: '{"message":"Workflow was started"}',
		});
		await active.idle();
		expect(active.executions.map(({ status, mode }) => [status, mode])).toEqual([
			['success', 'webhook'],
		]);
		expect(jsonsOf(active.executions[0])).toEqual([
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
		expect((await postText(active.url, '{}')).status).toBe(404);
	});

	it('is answered with 422 by n8n when the body is not JSON', async () => {
		const active = await instanceOf().activate(bellWorkflow, options({}));
		const { status, text } = await postText(active.url, '{"a":');
		expect(status).toBe(422);
		expect(JSON.parse(text)).toMatchObject({ code: 422, message: 'Failed to parse request body' });
		expect(JSON.parse(text)).toHaveProperty('hint');
		expect(active.executions).toEqual([]);
	});

	it('starts no execution without workflowData, but stores its static data', async () => {
		const active = await instanceOf().activate(
			bellWorkflow,
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
		expect(await postText(active.url, '{}')).toEqual({ status: 200, text: '{"no":"thanks"}' });
		expect(active.staticData).toEqual({ listening: true, calls: 1 });
		expect(await postText(`${active.url}?own=1`, '')).toEqual({
			status: 202,
			text: '{"own":true}',
		});
		expect(notes.slice(-2)).toEqual(['object', 'undefined']);
		await active.idle();
		expect(active.executions).toEqual([]);
	});

	it('leaves a failed execution when webhook() throws', async () => {
		const active = await instanceOf().activate(
			bellWorkflow,
			options({
				async webhook() {
					throw new Error('broken');
				},
			}),
		);
		expect(await postText(active.url, '{}')).toMatchObject({ status: 500 });
		await active.idle();
		expect(active.executions).toMatchObject([
			{ status: 'error', data: { resultData: { error: { message: 'broken' } } } },
		]);
	});

	it('starts an execution even if execute() then gives no items', async () => {
		for (const nothing of [[[]], [], null as unknown as INodeExecutionData[][]]) {
			const active = await instanceOf().activate(
				bellWorkflow,
				options({ execute: async () => nothing }),
			);
			await postText(active.url, '{}');
			await active.idle();
			expect(active.executions.map(({ status }) => status)).toEqual(['success']);
			expect(Object.keys(active.executions[0]?.data.resultData.runData ?? {})).not.toContain('End');
			await active.deactivate();
		}
	});

	it('starts twenty executions that run side by side', async () => {
		let running = 0;
		let open: () => void = () => undefined;
		const all = new Promise<void>((resolve) => {
			open = resolve;
		});
		const active = await instanceOf().activate(
			bellWorkflow,
			options({
				async execute() {
					running += 1;
					if (running === 20) open();
					await all;
					return [this.getInputData()];
				},
			}),
		);
		await Promise.all(Array.from({ length: 20 }, () => postText(active.url, '{}')));
		await active.idle();
		expect(active.executions).toHaveLength(20);
	});

	it('has no address when its path evaluates to nothing', async () => {
		const active = await instanceOf().activate(
			bellWorkflow,
			options({ path: '={{ undefined }}', poll: async () => null }),
		);
		expect(active.url).toBe('');
		expect(notes).toEqual([]);
		expect((await postText(`${instanceOf().url}webhook/w1/hook`, '{}')).status).toBe(404);
	});

	it('is answered with 500 when the body is not the gzip that its header says', async () => {
		const active = await instanceOf().activate(bellWorkflow, options({}));
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
