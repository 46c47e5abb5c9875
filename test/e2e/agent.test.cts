import type { Page } from 'playwright-core';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import { readTemplate } from '../../sandbox/n8n/client/importTemplates.cjs';
import { type Browser, openBrowser } from '../support/e2e/browser.cjs';
import { type ScriptedModel, startScriptedModel } from '../support/e2e/scriptedModel.cjs';

/** A model is asked twice and a voice is made in between. */
const CHAT_MS = 60_000;

let ready: Ready;
let model: ScriptedModel;
let browser: Browser;

beforeAll(async () => {
	ready = await startReady();
	model = await startScriptedModel();
	browser = await openBrowser(ready);
	await openChat(browser.page, await importAgent());
}, 300_000);

afterAll(async () => {
	await browser.close();
	await ready.close();
	await model.close();
});

/** Does what the template's note asks for: a credential for the model, and one for Kling. @returns the workflow's id */
async function importAgent(): Promise<string> {
	const { rest, credentialId } = ready;
	const name = 'Scripted model';
	const account = { apiKey: 'a-key', url: model.address, header: false };
	const openAiApi = await rest.saveCredential(name, 'openAiApi', account);
	const file = readTemplate('agent-makes-voices.json');
	const nodes = file.nodes.map((node) =>
		node.name === 'Chat Model'
			? { ...node, credentials: { openAiApi: { id: openAiApi, name } } }
			: node,
	);
	const credentials = { klingApi: credentialId, openAiApi };
	const { id } = await rest.importWorkflow({ ...file, nodes }, { credentials });
	return id;
}

async function openChat(page: Page, id: string): Promise<void> {
	await page.goto(`/workflow/${id}`);
	// There is another one over the trigger, which shows itself to a pointer only.
	await page.getByRole('button', { name: 'Open chat' }).last().click();
	await page.locator('[data-test-id="chat-input"]').waitFor();
}

/** Writes what the template's note has for an example. @returns what the chat answers */
async function wished(name: string, clip: string): Promise<string> {
	const { page } = browser;
	const answers = page.locator('.chat-message-from-bot .chat-message-markdown');
	const before = await answers.count();
	const address = `${ready.sandbox.origin}/_sandbox/clips/${clip}`;
	const input = page.locator('[data-test-id="chat-input"]');
	await input.fill(`Make a voice called ${name} from ${address}`);
	await input.press('Enter');
	const answer = answers.nth(before);
	await answer.waitFor({ timeout: CHAT_MS });
	// It is written bit by bit.
	let said = '';
	return await until('the whole answer', async () => {
		const before = said;
		said = await answer.innerText();
		return said !== '' && said === before && said;
	});
}

/** What the model was given for the tool's result. */
function result(): string {
	const last = model.asked.at(-1)?.messages.at(-1);
	expect(last?.role).toBe('tool');
	return last?.content ?? '';
}

const creates = () => ready.sandbox.requests.filter(({ route }) => route === 'create');

test('the AI agent makes one voice, and the chat answers with its ID', async () => {
	const said = await wished('Narrator A', 'narrator.mp3');
	const { tasks } = ready.sandbox;
	expect(tasks).toHaveLength(1);
	expect(tasks[0]).toMatchObject({ voice_name: 'Narrator A', task_status: 'succeed' });
	expect(creates()).toHaveLength(1);
	const id = tasks[0]?.voices[0]?.voice_id;
	expect(result()).toContain(`"voice_id":"${id}"`);
	expect(said).toBe(`The voice is ready. Its ID is ${id}.`);

	const { page, picture } = browser;
	await page.locator('[data-test-id="zoom-to-fit"]').click();
	const tool = page.locator('[data-test-id="canvas-node"]').filter({ hasText: 'Make Voice' });
	// Waits until it stands still.
	await tool.last().hover({ trial: true });
	await picture('agent');
});

test('the AI model is told what the node is for, and which fields to fill in', () => {
	const [asked] = model.asked;
	expect(asked?.tools).toHaveLength(1);
	expect(asked?.tools?.[0]?.function).toMatchObject({
		name: 'Make_Voice',
		description: expect.stringContaining('Makes a Kling custom voice from a recording') as string,
		parameters: { required: ['voice_name', 'voice_url'] },
	});
});

test('the chat gives the reason when Kling does not accept the clip', async () => {
	const said = await wished('Narrator B', 'short.mp3');
	expect(ready.sandbox.tasks.at(-1)).toMatchObject({
		voice_name: 'Narrator B',
		task_status: 'failed',
	});
	expect(creates()).toHaveLength(2);
	const reason = 'Kling could not make the custom voice: The voice is too short';
	expect(result()).toContain(reason);
	expect(said).toContain(reason);
});
