import type { INodeExecutionData } from 'n8n-workflow';

import { is2x } from '../../sandbox/engine/workflow.cjs';
import { outputOf, type InstanceRun } from '../support/engine/kling.cjs';
import { postJson } from '../support/engine/http.cjs';
import { inAnHour, type ExecuteMethod, type WebhookMethod } from '../support/engine/testNodes.cjs';
import {
	pauseWithInput,
	resumeUrlOf,
	resumeWith,
	useWaiter,
	waiter,
} from '../support/engine/waiter.cjs';

const { instanceOf, start, startWaiting } = useWaiter();

describe('A paused execution on the instance', () => {
	it('stays paused until webhook() gives items, and resumes with them, also after a restart', async () => {
		const run = await startWaiting(
			waiter(pauseWithInput, async function () {
				const { done } = this.getBodyData();
				if (done !== true) return { webhookResponse: { swallowed: true } };
				const stored = this.evaluateExpression('{{ $input.all() }}', 0) as INodeExecutionData[];
				return { workflowData: [stored.map(({ json }) => ({ json: { ...json, done } }))] };
			}),
		);
		expect(resumeUrlOf(run)).toContain(`${instanceOf().url}webhook-waiting/${run.executionId}`);
		const swallowed = await postJson(resumeUrlOf(run));
		expect(swallowed).toEqual({ status: 200, text: '{"swallowed":true}' });
		run.restart();
		expect(await postJson(resumeUrlOf(run), { done: true })).toEqual({ status: 200, text: '' });
		const result = await run.finished;
		expect(result.status).toBe('success');
		expect(outputOf(result, 'End').map(({ json }) => json)).toEqual([
			{ seen: 1, done: true },
			{ seen: 2, done: true },
		]);
		expect(outputOf(result, 'Form').map(({ json }) => json)).toEqual([{ n: 1 }, { n: 2 }]);
		expect((await postJson(resumeUrlOf(run))).status).toBe(409);
	});

	it('gives its stored input when the time limit passes', async () => {
		const run = await startWaiting(waiter(pauseWithInput, resumeWith({})));
		await run.timeLimitPasses();
		const result = await run.finished;
		expect(outputOf(result, 'End').map(({ json }) => json)).toEqual([{ seen: 1 }, { seen: 2 }]);
		await run.timeLimitPasses();
		expect((await postJson(resumeUrlOf(run))).status).toBe(409);
	});

	it('answers "firstEntryJson" when the webhook description has no responseData', async () => {
		const type = waiter(pauseWithInput, resumeWith({}));
		delete type.description.webhooks?.[0]?.responseData;
		const run = await startWaiting(type);
		expect(await postJson(resumeUrlOf(run))).toEqual({ status: 200, text: 'firstEntryJson' });
		await run.finished;
	});

	it('leaves the answer to a node that gives it itself', async () => {
		const run = await startWaiting(
			waiter(pauseWithInput, async function () {
				this.getResponseObject().status(202).end('by myself');
				return { noWebhookResponse: true };
			}),
		);
		expect(await postJson(resumeUrlOf(run))).toEqual({ status: 202, text: 'by myself' });
		await run.timeLimitPasses();
		expect((await run.finished).status).toBe('success');
	});

	it('refuses calls while it runs, other methods, and unknown executions', async () => {
		let go: () => void = () => undefined;
		const gate = new Promise<void>((resolve) => {
			go = resolve;
		});
		const reached = new Promise<InstanceRun>((resolve) => {
			const slow: ExecuteMethod = async function () {
				resolve(run);
				await gate;
				return await pauseWithInput.call(this);
			};
			const run = start(waiter(slow, resumeWith({})));
		});
		const run = await reached;
		expect((await postJson(resumeUrlOf(run))).status).toBe(409);
		expect(() => run.restart()).toThrow('running');
		go();
		await run.paused;
		expect((await fetch(resumeUrlOf(run))).status).toBe(404);
		expect((await postJson(`${instanceOf().url}webhook-waiting/none`)).status).toBe(404);
		await run.timeLimitPasses();
		await run.finished;
	});

	it('resumes only with the token in its address, which n8n 2.x adds', async () => {
		const run = await startWaiting(waiter(pauseWithInput, resumeWith({})));
		const address = new URL(resumeUrlOf(run));
		expect(address.searchParams.has('signature')).toBe(is2x);
		if (is2x) {
			const invalid = { status: 401, text: '{"error":"Invalid token"}' };
			expect(await postJson(address.origin + address.pathname)).toEqual(invalid);
			expect(await postJson(`${address.href.slice(0, -1)}x`)).toEqual(invalid);
		}
		address.searchParams.set('more', '1');
		expect((await postJson(address.href)).status).toBe(200);
		await run.finished;
	});

	it('is resumed once when two calls come at the same moment', async () => {
		let calls = 0;
		const both: WebhookMethod = async () => {
			const nth = (calls += 1);
			while (calls < 2) await new Promise((resolve) => setTimeout(resolve, 5));
			return { workflowData: [[{ json: { nth } }]] };
		};
		const run = await startWaiting(waiter(pauseWithInput, both));
		const answers = await Promise.all([postJson(resumeUrlOf(run)), postJson(resumeUrlOf(run))]);
		const result = await run.finished;
		expect(outputOf(result, 'End')).toHaveLength(1);
		// 1.x has answered before it finds out.
		const statuses = answers.map(({ status }) => status).sort();
		expect(statuses).toEqual(is2x ? [200, 500] : [200, 200]);
	});

	it('resumes with one empty item, as a failed execution, when webhook() throws', async () => {
		const run = await startWaiting(
			waiter(pauseWithInput, async () => {
				throw new Error('broken');
			}),
		);
		const { status, text } = await postJson(resumeUrlOf(run));
		expect(status).toBe(500);
		expect(text).toContain('Workflow could not be started');
		const result = await run.finished;
		expect(result).toMatchObject({
			status: 'error',
			data: { resultData: { error: { message: 'broken' } } },
		});
		expect(outputOf(result, 'End').map(({ json }) => json)).toEqual([{}]);
		expect(Object.keys(result.data.resultData.runData)).not.toContain('Form');
		expect((await postJson(resumeUrlOf(run))).status).toBe(409);
	});

	it('keeps only what can be stored as text', async () => {
		const run = await startWaiting(
			waiter(
				async function () {
					const [item] = this.getInputData();
					Object.assign(item?.json ?? {}, { secret: () => 'in memory' });
					this.getContext('node').tasks = ['t1'];
					await this.putExecutionToWait(inAnHour());
					return [[]];
				},
				async function () {
					const tasks = this.evaluateExpression('{{ $("Waiter").context.tasks }}', 0) as string[];
					const stored = this.evaluateExpression('{{ $input.first().json }}', 0) as object;
					return { workflowData: [[{ json: { tasks, keys: Object.keys(stored) } }]] };
				},
			),
		);
		await postJson(resumeUrlOf(run));
		const [item] = outputOf(await run.finished, 'End');
		expect(item?.json).toEqual({ tasks: ['t1'], keys: ['n'] });
	});

	it('can be cancelled while it waits', async () => {
		const run = await startWaiting(waiter(pauseWithInput, resumeWith({})));
		run.cancel();
		expect((await run.finished).status).toBe('canceled');
		expect((await postJson(resumeUrlOf(run))).status).toBe(409);
	});

	it('is reported as paused when it ends without ever waiting', async () => {
		const straight = start(waiter(async () => [[{ json: {} }]], resumeWith({})));
		expect(await straight.paused).toBe(await straight.finished);
	});
});
