import { randomUUID } from 'node:crypto';
import path from 'node:path';
import axios from 'axios';
import type { Page } from 'playwright-core';
import type { WorkflowFile } from '../../sandbox/engine/index.cjs';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import { readTemplate } from '../../sandbox/n8n/client/importTemplates.cjs';
import { bytesOf, pathOf } from '../support/clips/clips.cjs';
import { clipOf } from '../../sandbox/kling/connection.cjs';
import { type Browser, closeNotifications, openBrowser } from '../support/e2e/browser.cjs';
import { addAction, executed, fill, part } from '../support/e2e/editor.cjs';
import { type Still, takeStill, takeStrip } from '../support/e2e/pictures.cjs';

/** Five seconds, a bit less than Kling takes, and a second more. */
const GOOD = 'mp3-5.0.mp3';
const TOO_SHORT = 'mp3-4.8.mp3';
const TOO_LONG = 'mp3-31.mp3';
/** What the page waits for has gone through the whole workflow. */
const WORKFLOW_MS = 120_000;

let ready: Ready;
let browser: Browser;

beforeAll(async () => {
	ready = await startReady();
	browser = await openBrowser(ready);
}, 300_000);

afterAll(async () => {
	await browser.close();
	await ready.close();
});

/** @returns the address that people are given: the Production URL of the form */
async function published(file: WorkflowFile): Promise<string> {
	const { rest, credentialId, n8n } = ready;
	const { id } = await rest.importWorkflow(file, { credentials: { klingApi: credentialId } });
	await rest.activate(id);
	const form = file.nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger');
	const address = `${n8n.address}/form/${form?.webhookId ?? ''}`;
	// n8n opens it a moment after the workflow was activated.
	const look = async () => {
		const { status } = await axios.get(address, { proxy: false, validateStatus: () => true });
		return status === 200;
	};
	await until('the form', look);
	return address;
}

/** The same form for an n8n that does not look into the file: Kling is then the one who judges it. */
function unchecked(): WorkflowFile {
	const file = readTemplate('form-to-voice.json');
	const nodes = file.nodes.map((node) => ({
		...node,
		...(node.webhookId === undefined ? {} : { webhookId: randomUUID() }),
		parameters:
			node.name === 'Create Custom Voice'
				? { ...node.parameters, options: { checkClip: false } }
				: node.parameters,
	}));
	return { ...file, name: 'A form that checks nothing', nodes };
}

async function fillIn(page: Page, address: string, name: string, clip: string): Promise<void> {
	await page.goto(address);
	await page.getByLabel('Voice name').fill(name);
	await page.getByLabel('Recording').setInputFiles(pathOf(clip));
}

/** The same file under a name that a user's would have. */
const recording = () => ({
	name: 'narrator.mp3',
	mimeType: 'audio/mpeg',
	buffer: bytesOf(GOOD),
});

/** Submits the page. @returns the text of the last page, below its title */
async function submitted(page: Page, title: string, place = '.header p'): Promise<string> {
	await page.locator('#submit-btn').click();
	await page.getByRole('heading', { name: title }).waitFor({ timeout: WORKFLOW_MS });
	return await page.locator(place).innerText();
}

/** The page of a finished voice has a player, so the template writes it. */
const shownVoice = async (page: Page): Promise<string> =>
	await submitted(page, 'Your voice is ready', 'h2 + p');

const creates = () => ready.sandbox.requests.filter(({ route }) => route === 'create');

let address: string;

test('the form makes a voice from a name and a recording, and shows its ID', async () => {
	const { page, picture } = browser;
	const { sandbox } = ready;
	address = await published(readTemplate('form-to-voice.json'));
	await fillIn(page, address, 'Narrator A', GOOD);
	await page.getByLabel('Recording').setInputFiles(recording());
	// The page is narrow.
	await page.setViewportSize({ width: 800, height: 480 });
	await picture('form');
	const said = await shownVoice(page);

	expect(sandbox.tasks).toHaveLength(1);
	const [task] = sandbox.tasks;
	expect(task).toMatchObject({ voice_name: 'Narrator A', task_status: 'succeed' });
	const id = task?.voices[0]?.voice_id;
	expect(said).toBe(`Narrator A has the voice ID ${id}.`);
	expect(await page.locator('audio source').getAttribute('src')).toContain(id);
	expect(creates()).toHaveLength(1);

	// What the sandbox had to fetch: the file itself, at an address of n8n that needs no login.
	const url = task?.voice_url ?? '';
	expect(url).toMatch(/\/rest\/binary-data\/signed\?token=/);
	const { data } = await axios.get<Buffer>(url, { responseType: 'arraybuffer', proxy: false });
	expect(data.equals(bytesOf(GOOD))).toBe(true);
});

test('the form refuses a recording that is too short, with its length, before anything is created', async () => {
	const { page } = browser;
	const before = creates().length;
	await fillIn(page, address, 'Narrator B', TOO_SHORT);
	const said = await submitted(page, 'No voice was made');
	expect(said).toMatch(/The clip "mp3-4\.8\.mp3" is 4\.\d s long; Kling needs 5 to 30 s/);
	// Words that those who fill in the form have no use for.
	expect(said).not.toMatch(/item|Trim/);
	expect(creates()).toHaveLength(before);
});

test('the form makes a voice of the first 30 seconds of a longer recording', async () => {
	const { page } = browser;
	await fillIn(page, address, 'Narrator D', TOO_LONG);
	expect(await shownVoice(page)).toMatch(/^Narrator D has the voice ID \d+\.$/);
});

test('the form shows Kling’s own reason when n8n does not check the recording', async () => {
	const { page } = browser;
	await fillIn(page, await published(unchecked()), 'Narrator C', TOO_LONG);
	const said = await submitted(page, 'No voice was made');
	expect(ready.sandbox.tasks.at(-1)).toMatchObject({
		voice_name: 'Narrator C',
		task_status: 'failed',
	});
	expect(said).toContain('The voice is too long: 31.1 s, must be between 5 and 30 s');
});

describe('The form that makes a photo speak', () => {
	/** Small enough for three of them side by side. */
	const PAGE = { width: 640, height: 600 };
	const PHOTO = path.join(__dirname, '../../sandbox/kling/media/files/photo.jpg');
	const stills: Still[] = [];

	test('makes a voice of the recording and a video of the photo, and shows the video', async () => {
		const { page } = browser;
		const before = ready.sandbox.tasks.length;
		await page.setViewportSize(PAGE);
		await page.goto(await published(readTemplate('form-to-talking-video.json')));
		await page.getByLabel('Photo').setInputFiles(PHOTO);
		await page.getByLabel('Recording').setInputFiles(recording());
		await page.getByLabel('What to say').fill('Good evening, and welcome.');
		stills.push(await takeStill(page, '1. Upload a recording and a photo'));
		await page.locator('#submit-btn').click();
		await page.getByText('Your video is ready').waitFor({ timeout: WORKFLOW_MS });

		const [voice, video, ...others] = ready.sandbox.tasks.slice(before);
		expect(others).toEqual([]);
		expect(video).toMatchObject({
			kind: 'imageToVideo',
			task_status: 'succeed',
			body: { voice_list: [{ voice_id: voice?.voices[0]?.voice_id }] },
		});
		const player = page.locator('video');
		const width = async () =>
			await player.evaluate(({ videoWidth }: { videoWidth: number }) => videoWidth);
		await until('the picture of the video', async () => (await width()) > 300);
		expect(await player.locator('source').getAttribute('src')).toContain(video?.videos[0]?.id);
		stills.push(await takeStill(page, '3. The photo speaks with that voice'));
	});

	test('is shown in the README in three steps, with the panel that makes the voice', async () => {
		const { page } = browser;
		// Small, so that the words of the panel are as large as those of the other two.
		await page.setViewportSize({ width: 1040, height: 720 });
		await addAction(page, 'Create custom voice');
		await fill(page, 'voiceName', 'Narrator A');
		await fill(page, 'voiceUrl', clipOf(ready.sandbox));
		await executed(page);
		await closeNotifications(page);
		const panel = await part(page, 'output-panel').boundingBox();
		const middle = await part(page, 'node-parameters').boundingBox();
		if (!panel || !middle) throw new Error('The panel is not shown');
		const [x, width] = [middle.x, panel.x + panel.width - middle.x];
		const height = (width * PAGE.height) / PAGE.width;
		const cut = { x, y: panel.y, width, height: Math.min(height, 720 - panel.y) };
		stills.splice(1, 0, await takeStill(page, '2. The recording becomes a voice', cut));
		await takeStrip(page, 'overview', stills);
	});
});
