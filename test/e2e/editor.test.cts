import type { Locator } from 'playwright-core';
import { clipOf } from '../../sandbox/kling/connection.cjs';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import { type Browser, openBrowser } from '../support/e2e/browser.cjs';
import {
	addAction,
	choose,
	executed,
	fill,
	found,
	part,
	searched,
	turnOn,
} from '../support/e2e/editor.cjs';

const WRONG_KEY = 'sk-of-somebody-else-4711';
/** Three pages of the list. */
const VOICES = 250;
const DAY_MS = 86_400_000;

/** Of an audio element, in seconds. */
interface Sound {
	currentTime: number;
	duration: number;
}

let ready: Ready;
let browser: Browser;

beforeAll(async () => {
	ready = await startReady();
	// As a user finds it right after the installation.
	await ready.rest.call('DELETE', `/credentials/${ready.credentialId}`);
	browser = await openBrowser(ready);
}, 300_000);

afterAll(async () => {
	await browser.close();
	await ready.close();
});

const asked = (route: string) =>
	ready.sandbox.requests.filter((request) => request.route === route);

test('the node picker finds both nodes, as the first step and as a later one', async () => {
	const { page } = browser;
	const nodes = await searched(page, 'kling');
	await nodes.first().waitFor();
	expect(await nodes.allInnerTexts()).toEqual(['Kling']);
	await found(page, 'clone voice');
	await nodes.getByText('Kling', { exact: true }).click();
	const categories = part(page, 'node-creator-category-item');
	await categories.first().waitFor();
	expect(await categories.allInnerTexts()).toEqual(['Triggers (4)', 'Actions (15)']);

	await addAction(page, 'Get many preset voices');
	await part(page, 'ndv-close-button').click();
	// The trigger before it has one, too, until the line between them is drawn.
	const action = page.getByRole('group').filter({ hasText: 'Get many preset voices' });
	await part(action, 'canvas-handle-plus').click();
	await found(page, 'kling');
	await nodes.getByText('Kling', { exact: true }).waitFor();
});

describe('The form of the credential', () => {
	const form = (): Locator => part(browser.page, 'editCredential-modal');

	beforeAll(async () => {
		const { page } = browser;
		await addAction(page, 'Create custom voice');
		await part(page, 'node-credentials-empty-state').getByText('Connect to Kling').click();
		await choose(page, 'provider', 'Custom');
		await fill(page, 'baseUrl', ready.sandbox.baseUrl);
	}, 120_000);

	test('says that a wrong key was refused, without showing it', async () => {
		const { page } = browser;
		await fill(page, 'apiKey', WRONG_KEY);
		await part(page, 'credential-save-button').click();
		await form().getByText('More details').click();
		await form().getByText('The key was refused. Check the key and the provider.').waitFor();
		expect(await page.locator('body').innerText()).not.toContain(WRONG_KEY);
	});

	test('passes its test with the right key, each time the test is repeated', async () => {
		const { page, picture } = browser;
		const [key = ''] = ready.sandbox.options.apiKeys;
		await fill(page, 'apiKey', key);
		await part(page, 'credential-save-button').click();
		await form().waitFor({ state: 'hidden' });

		await part(page, 'credential-edit-button').click();
		const success = form().getByText('Connection tested successfully');
		await success.waitFor();
		const before = asked('presets').length;
		await form().getByRole('button', { name: 'Retry' }).click();
		await until('the test', () => asked('presets').length > before);
		await success.waitFor();
		expect(asked('presets').at(-1)?.status).toBe(200);
		await picture('credential', form());
		await form().getByRole('button', { name: 'Close this dialog' }).click();
	});
});

test('the panel of the node makes a voice, and shows it', async () => {
	const { page } = browser;
	const { sandbox } = ready;
	await fill(page, 'voiceName', 'Narrator A');
	await fill(page, 'voiceUrl', clipOf(sandbox));
	await turnOn(page, 'downloadSample', 'Download Sample');
	const items = await executed(page);
	expect(sandbox.tasks).toHaveLength(1);
	const [voice] = sandbox.tasks[0]?.voices ?? [];
	expect(items).toMatchObject([
		{ task_status: 'succeed', voice_name: 'Narrator A', voice_id: voice?.voice_id },
	]);
});

test('the sample of a voice plays in the editor', async () => {
	const { page, picture } = browser;
	const panel = part(page, 'output-panel');
	await part(panel, 'radio-button-binary').click();
	await part(panel, 'ndv-view-binary-data').click();
	const audio = panel.locator('audio');
	await until('the sound', async () => {
		const seconds = await audio.evaluate(({ currentTime }: Sound) => currentTime);
		return seconds > 0.1;
	});
	const length = await audio.evaluate(({ duration }: Sound) => duration);
	// The clip of the sandbox, with the encoder's padding.
	expect(length).toBeCloseTo(8.1, 0);
	await picture('sample', audio);
});

describe('The voice picker', () => {
	const entries = (): Locator => part(browser.page, 'rlc-item');
	const search = (text: string) => part(browser.page, 'rlc-search').fill(text);

	beforeAll(async () => {
		const { page } = browser;
		const { sandbox } = ready;
		for (let days = 1; days <= VOICES; days += 1) {
			const created_at = Date.now() - days * DAY_MS;
			sandbox.createTask({ voice_name: `Speaker ${days}`, created_at });
		}
		const finished = () => sandbox.tasks.every(({ task_status: status }) => status === 'succeed');
		await until('the voices', finished);
		await addAction(page, 'Delete custom voice');
		await part(page, 'rlc-input').click();
	}, 120_000);

	test('shows the newest voices first, and more while the user scrolls', async () => {
		const { picture } = browser;
		await entries().getByText('Speaker 1 (').waitFor();
		expect(await entries().first().innerText()).toMatch(/^Narrator A \(\d{4}-\d\d-\d\d\)$/);
		await picture('picker', entries().first());
		const all = async () => {
			await entries().last().scrollIntoViewIfNeeded();
			return (await entries().count()) === VOICES + 1;
		};
		await until('all voices', all);
		expect(await entries().last().innerText()).toMatch(/^Speaker 250 /);
		expect(asked('list').map(({ query }) => query.pageNum)).toEqual(['1', '2', '3']);
	});

	test('searches all pages of voices', async () => {
		await search('nobody');
		await browser.page.getByText('No results', { exact: true }).waitFor();
		await search('speaker 249');
		await entries().getByText('Speaker 249 ').waitFor();
		expect(await entries().count()).toBe(1);
	});

	test('picks the voice that is then deleted', async () => {
		const task = ready.sandbox.tasks.find(({ voice_name: name }) => name === 'Speaker 249');
		const voice_id = task?.voices[0]?.voice_id;
		await entries().click();
		expect(await executed(browser.page)).toEqual([{ deleted: true, voice_id }]);
		expect(asked('delete').map(({ body }) => body)).toEqual([{ voice_id }]);
	});

	test('says that the gateway has no list', async () => {
		const { page } = browser;
		ready.sandbox.options.routes = { list: false };
		await addAction(page, 'Delete custom voice');
		await part(page, 'rlc-input').click();
		const reason = part(page, 'rlc-error-container');
		await reason.getByText('This gateway does not offer this operation').waitFor();
	});
});
