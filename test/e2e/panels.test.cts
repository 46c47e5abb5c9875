import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import { type Browser, openBrowser } from '../support/e2e/browser.cjs';
import {
	addAction,
	choose,
	chooseById,
	executed,
	fill,
	openNode,
	output,
	part,
} from '../support/e2e/editor.cjs';
import { openPicker } from '../support/e2e/pickers.cjs';

const WORKING = 'Waiting for Kling to call back';
/** Nothing becomes of a task before the test says so. */
const HOUR_MS = 3_600_000;

let ready: Ready;
let browser: Browser;

beforeAll(async () => {
	ready = await startReady({ templates: true });
	browser = await openBrowser(ready);
}, 300_000);

afterAll(async () => {
	await browser.close();
	await ready.close();
});

async function opened(template: string): Promise<void> {
	await browser.page.goto(`/workflow/${ready.templates[template]}`);
	await part(browser.page, 'canvas-node').first().waitFor();
}

const pressExecute = async () => {
	await part(browser.page, 'execute-workflow-button').click();
};

const lastTask = async () => {
	const { sandbox } = ready;
	const before = sandbox.tasks.length;
	await pressExecute();
	await until('the task', () => sandbox.tasks.length > before);
	return sandbox.tasks.at(-1);
};

test('the smallest template makes a voice on the canvas', async () => {
	const { page, picture } = browser;
	await opened('create-custom-voice.json');
	const task = await lastTask();
	const succeeded = page.locator('[data-test-id="canvas-node-status-success"]');
	await until('all nodes to have run', async () => (await succeeded.count()) === 3);
	await picture('workflow');
	await openNode(page, 'Create Custom Voice');
	expect(await output(page)).toMatchObject([
		{ task_id: task?.task_id, voice_id: task?.voices[0]?.voice_id, voice_name: 'Narrator A' },
	]);
	await picture('create-custom-voice');
});

test('the panel of a paused node says what it waits for, and then shows the voice', async () => {
	const { page, picture } = browser;
	const { sandbox } = ready;
	sandbox.options.processingMs = HOUR_MS;
	await opened('create-and-pause.json');
	const task = await lastTask();
	await openNode(page, 'Create and Pause');
	await picture('pause', part(page, 'output-panel').getByText(WORKING));
	const isStored = async () => (await ready.rest.executions({ status: 'waiting' })).length > 0;
	await until('the pause', isStored);
	sandbox.finish(task?.task_id ?? '');
	expect(await output(page)).toMatchObject([{ voice_id: task?.voices[0]?.voice_id }]);
});

test('the operation Get shows the voice of a task', async () => {
	const { page, picture } = browser;
	const [task] = ready.sandbox.tasks;
	await addAction(page, 'Get custom voice');
	await chooseById(page, 'By Task ID', task?.task_id ?? '');
	expect(await executed(page)).toMatchObject([{ voice_id: task?.voices[0]?.voice_id }]);
	await picture('get');
});

test.each([
	['custom', 'get-many', 'Narrator A'],
	['preset', 'preset-voices', 'Amber Vale'],
])('the operation Get Many shows the %s voices', async (kind, name, voiceName) => {
	const { page, picture } = browser;
	await addAction(page, `Get many ${kind} voices`);
	// A longer list is not on the page as a whole.
	await fill(page, 'limit', '3');
	const voice: unknown = expect.objectContaining({ voice_name: voiceName });
	expect(await executed(page)).toContainEqual(voice);
	await picture(name);
});

test('Speech: Create turns a text into speech', async () => {
	const { page, picture } = browser;
	await addAction(page, 'Create speech');
	await fill(page, 'text', 'Good evening, and welcome.');
	expect(await executed(page)).toMatchObject([{ audio_url: expect.any(String) as string }]);
	await picture('speech');
});

test('Other Task: Create makes an image, by the path and the body that the user chose', async () => {
	const { page, picture } = browser;
	ready.sandbox.options.processingMs = 300;
	await addAction(page, 'Create other task');
	const { pick } = await openPicker(page, 'path');
	await pick('Image Generation');
	await part(page, 'parameter-input-body').locator('.cm-content').click();
	await page.keyboard.press('ControlOrMeta+A');
	await page.keyboard.insertText('{ "model_name": "kling-v2", "prompt": "A lamp on a desk" }');
	await choose(page, 'waitFor', 'Callback');
	const items = await executed(page);
	const task = ready.sandbox.tasks.at(-1);
	expect(items).toMatchObject([
		{ task_id: task?.task_id, result_url: expect.any(String) as string },
	]);
	expect(task?.body).toMatchObject({ prompt: 'A lamp on a desk' });
	await picture('other-task');
});

test('Account: Get shows how much is left', async () => {
	const { page, picture } = browser;
	await addAction(page, 'Get account');
	expect(await executed(page)).toMatchObject([{ total_available: expect.any(Number) as number }]);
	await picture('account');
});

test.each([
	['Text to Video', 'Create video from text', 'text-to-video'],
	['Avatar', 'Create avatar video', 'avatar'],
])('the panel of %s opens', async (_, action, name) => {
	const { page, picture } = browser;
	await addAction(page, action);
	await picture(name, part(page, 'parameter-input-prompt'));
});

test('the panel of the trigger shows its production address', async () => {
	const { page, picture } = browser;
	await opened('create-then-continue-2.json');
	await openNode(page, 'Kling Calls');
	const address = page.getByText(/\/webhook\/[^/]+\/webhook$/);
	await part(page, 'ndv-webhook-urls').or(page.getByText('Webhook URLs')).first().click();
	// The other one works only while somebody listens in the editor.
	await part(page, 'radio-button-production').click();
	await picture('trigger', address);
});
