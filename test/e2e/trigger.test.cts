import axios from 'axios';
import type { INode } from 'n8n-workflow';
import type { Locator, Page } from 'playwright-core';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import type { RecordedCallback, SandboxTask } from '../../sandbox/kling/server.cjs';
import { type Browser, openBrowser } from '../support/e2e/browser.cjs';
import { endedExecutions, listExecutions, openExecution } from '../support/e2e/executions.cjs';
import { activate, callWebhook } from '../support/e2e/activate.cjs';
import { inARow, klingTrigger, noOp } from '../support/workflows.cjs';

const PATH = '7d0c5e1a-trigger-in-editor';

let ready: Ready;
let browser: Browser;
/** Of the workflow that is active. */
let workflow: string;

const event: INode = { ...noOp('Event'), position: [220, 0] };

beforeAll(async () => {
	ready = await startReady();
	workflow = await activate(ready, 'When a voice is ready', [klingTrigger(PATH), event]);
	browser = await openBrowser(ready);
}, 300_000);

afterAll(async () => {
	await browser.close();
	await ready.close();
});

const production = () => `${ready.n8n.address}/webhook/${PATH}/webhook`;

/** A task whose callbacks go to an address. @returns it, and its calls, once the receiver has answered the last */
async function calledBack(
	callbackUrl: string,
	count = 3,
): Promise<[task: SandboxTask, calls: RecordedCallback[]]> {
	const { sandbox } = ready;
	const task = sandbox.createTask({ voice_name: 'Narrator A', callback_url: callbackUrl });
	const look = () => {
		const calls = sandbox.callbacks.filter(({ task_id: id }) => id === task.task_id);
		return calls.filter(({ status }) => status !== undefined).length === count && calls;
	};
	return [task, await until(`${count} answers to the callbacks`, look)];
}

const statuses = (calls: RecordedCallback[]) => calls.map(({ status }) => status);

/** What each execution of the workflow gave, newest first; all of them are over. */
async function given() {
	await endedExecutions(ready, workflow, 0);
	const rows = await listExecutions(ready, workflow);
	return await Promise.all(rows.map(async ({ id }) => await openExecution(ready, id, 'Event')));
}

const part = (page: Page, name: string): Locator => page.locator(`[data-test-id="${name}"]`);

/** Opens a workflow's trigger, and presses the button that tries it. @returns the panel of what comes out */
async function tried(page: Page, id: string): Promise<Locator> {
	await page.goto(`/workflow/${id}`);
	await part(page, 'canvas-node').filter({ hasText: 'Kling Trigger' }).dblclick();
	await part(page, 'trigger-execute-button').click();
	return part(page, 'output-panel');
}

test('a forged callback starts no execution', async () => {
	const forged = { task_id: '4242', task_status: 'succeed' };
	// As a gateway may know its task only later.
	expect(await callWebhook(ready.n8n.address, `${PATH}/webhook`, forged)).toBe(503);
	expect(await listExecutions(ready, workflow)).toEqual([]);
});

test('a final callback starts one execution with the voice', async () => {
	const [task, calls] = await calledBack(production());
	expect(statuses(calls)).toEqual([200, 200, 200]);
	const all = await given();
	expect(all).toHaveLength(1);
	expect(all[0]?.status).toBe('success');
	expect(all[0]?.items).toMatchObject([
		{
			event_id: `${task.task_id}:succeed`,
			voice_id: task.voices[0]?.voice_id,
			received_via: 'callback',
			verified: true,
		},
	]);
});

test('callbacks that come twice give one event', async () => {
	const { options } = ready.sandbox;
	const before = (await given()).length;
	options.callbackFaults = { doubled: 1 };
	const [task, calls] = await calledBack(production(), 6);
	delete options.callbackFaults;
	expect(statuses(calls)).toEqual([200, 200, 200, 200, 200, 200]);
	const all = await given();
	// The second may have come before the first was known; then it made an execution with nothing in it.
	expect([1, 2]).toContain(all.length - before);
	expect(new Set(all.map(({ status }) => status))).toEqual(new Set(['success']));
	const events = all.flatMap(({ items }) => items).filter((item) => item.task_id === task.task_id);
	expect(events).toHaveLength(1);
});

test('the executions list shows the executions of the trigger', async () => {
	const { page, picture } = browser;
	const rows = await listExecutions(ready, workflow);
	await page.goto(`/workflow/${workflow}/executions`);
	for (const { id } of rows) {
		await part(page, `execution-details-${id}`).getByText('Succeeded').waitFor();
	}
	const shown = page.locator('[data-test-id^="execution-details-"]');
	expect(await shown.count()).toBe(rows.length);
	await part(page, 'execution-preview-host').getByText('Kling Trigger').waitFor();
	// It lies over the list.
	await part(page, 'suggested-actions-close').click();
	await part(page, 'suggested-actions-close').waitFor({ state: 'hidden' });
	await picture('executions');
});

test('the editor shows a test event for the final callback of a task', async () => {
	const { page } = browser;
	const before = await listExecutions(ready, workflow);
	const output = await tried(page, workflow);
	await part(page, 'trigger-listening').waitFor();
	const [task, calls] = await calledBack(`${ready.n8n.address}/webhook-test/${PATH}/webhook`);
	expect(statuses(calls)).toEqual([200, 200, 200]);
	await output.getByText(`${task.task_id}:succeed`).waitFor();
	await output.getByText(task.voices[0]?.voice_id ?? 'no voice', { exact: true }).waitFor();
	expect(await listExecutions(ready, workflow)).toHaveLength(before.length + 1);
});

test('the editor shows the newest finished task in a test run of a polling trigger', async () => {
	const { rest, sandbox, credentialId } = ready;
	const task = sandbox.createTask({ voice_name: 'The newest' });
	await until('the voice', () => task.task_status === 'succeed');
	const trigger = klingTrigger('7d0c5e1a-trigger-that-asks', { receive: 'poll' });
	const file = inARow('When it asks Kling', [trigger]);
	const { id } = await rest.importWorkflow(file, { credentials: { klingApi: credentialId } });
	const output = await tried(browser.page, id);
	await output.getByText(`${task.task_id}:succeed`).waitFor();
	await output.getByText('The newest', { exact: true }).waitFor();
	await output.getByText('poll', { exact: true }).waitFor();
});

test('a callback is answered with 404 once the workflow is deactivated', async () => {
	await ready.rest.deactivate(workflow);
	const before = await listExecutions(ready, workflow);
	// n8n closes the address a moment after it was told to. A call in that moment can make it remember the address, and
	// say of the workflow that it has no version: the sender gets a 404 either way, which this node never answers with.
	const look = async () => {
		const settings = { proxy: false, validateStatus: () => true } as const;
		return (await axios.post(production(), {}, settings)).status === 404;
	};
	await until('the end of the address', look);
	const [, calls] = await calledBack(production());
	expect(statuses(calls)).toEqual([404, 404, 404]);
	expect(await listExecutions(ready, workflow)).toEqual(before);
});
