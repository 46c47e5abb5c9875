import { clipOf, photoOf } from '../../sandbox/kling/connection.cjs';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import { type Browser, openBrowser } from '../support/e2e/browser.cjs';
import { addAction, addBehind, choose, executed, fill, part } from '../support/e2e/editor.cjs';
import { openPicker } from '../support/e2e/pickers.cjs';

const DAY_MS = 86_400_000;
/** Other people's voices and videos; what the tests make is newer. */
const OLD_MS = 2 * DAY_MS;

/** Of a video element, in seconds and pixels. */
interface Player {
	currentTime: number;
	duration: number;
	videoWidth: number;
}

let ready: Ready;
let browser: Browser;

beforeAll(async () => {
	ready = await startReady();
	browser = await openBrowser(ready);
	const { sandbox } = ready;
	const created_at = Date.now() - OLD_MS;
	for (const voice_name of ['Narrator B', 'Host']) {
		sandbox.finish(sandbox.createTask({ voice_name, created_at }).task_id);
	}
	for (const [external_task_id, days, end] of [
		['last-week', 7, 'succeed'],
		['expired', 31, 'succeed'],
		['no-video', 1, 'failed'],
	] as const) {
		const body = { model_name: 'kling-v2-6', mode: 'pro', sound: 'on', duration: '5' };
		const made = { external_task_id, created_at: Date.now() - days * DAY_MS, body };
		const { task_id } = sandbox.createTask({ kind: 'imageToVideo', ...made });
		sandbox.finish(task_id, end);
	}
}, 300_000);

afterAll(async () => {
	await browser.close();
	await ready.close();
});

const posted = (path: string) =>
	ready.sandbox.requests.filter((request) => {
		return request.method === 'POST' && request.path.endsWith(path);
	});

/** The tasks that the editor has ordered, oldest first. */
const ordered = (kind: string) =>
	ready.sandbox.tasks.filter((task) => {
		return task.kind === kind && task.created_at > Date.now() - DAY_MS;
	});

test('the first node makes a voice, with the credential that its panel has found', async () => {
	const { page } = browser;
	await addAction(page, 'Create custom voice');
	const credential = part(page, 'node-credentials-select').locator('input');
	expect(await credential.inputValue()).toBe('Kling API');
	await fill(page, 'voiceName', 'Narrator A');
	await fill(page, 'voiceUrl', clipOf(ready.sandbox));
	expect(await executed(page)).toMatchObject([{ voice_name: 'Narrator A' }]);
});

describe('The panel of Image to Video after Custom Voice: Create', () => {
	beforeAll(async () => {
		const { page } = browser;
		await addBehind(page, 'Create custom voice', 'Create video from image');
		await fill(page, 'imageUrl', photoOf(ready.sandbox));
		await fill(page, 'prompt', 'Two people sit at a desk and talk.');
	}, 60_000);

	test('finds a model by a part of its name', async () => {
		const { entries, search, pick } = await openPicker(browser.page, 'model');
		expect(await entries.allInnerTexts()).toEqual(
			expect.arrayContaining(['Kling 2.6', 'Kling 2.5 Turbo', 'Kling 1.6']),
		);
		await search('2.6');
		await until('one model', async () => (await entries.count()) === 1);
		await pick('Kling 2.6');
	});

	test('lists the account’s own voices first, and then those of Kling', async () => {
		const { page, picture } = browser;
		await page.getByRole('button', { name: 'Add Voice' }).click();
		const { entries, search, pick } = await openPicker(page, 'voiceId');
		await entries.getByText('preset voice').first().waitFor();
		const [first, second, third, fourth, ...others] = await entries.allInnerTexts();
		expect([first, second, third]).toEqual([
			expect.stringMatching(/^Narrator A \(\d{4}-\d\d-\d\d\)$/),
			expect.stringMatching(/^(Host|Narrator B) /),
			expect.stringMatching(/^(Host|Narrator B) /),
		]);
		expect(fourth).toBe('Amber Vale (preset voice)');
		expect(others.length).toBeGreaterThan(30);
		await picture('voice-picker', entries.first());
		await search('rator a');
		await until('one voice', async () => (await entries.count()) === 1);
		await pick('Narrator A');
	});

	test('finds one of Kling’s own voices by its name', async () => {
		const { page } = browser;
		await page.getByRole('button', { name: 'Add Voice' }).click();
		const { entries, search, pick } = await openPicker(page, 'voiceId', 1);
		await search('evening');
		await until('one voice', async () => (await entries.count()) === 1);
		await pick('Evening Host (preset voice)');
	});

	test('makes a video in which both voices speak their lines', async () => {
		const { page, picture } = browser;
		const { presets } = ready.sandbox;
		await fill(page, 'speaker', 'The narrator');
		await fill(page, 'line', 'Good evening, and welcome.');
		await fill(page, 'speaker', 'The host', 1);
		await fill(page, 'line', 'Good to see you.', 1);
		const told: string[] = [];
		page.on('console', (message) => told.push(message.text()));
		const items = await executed(page);

		const [task, ...others] = ordered('imageToVideo');
		expect(others).toEqual([]);
		const [voice] = ordered('customVoice');
		const host = presets.find(({ voice_name: name }) => name === 'Evening Host');
		expect(task?.body).toMatchObject({
			model_name: 'kling-v2-6',
			sound: 'on',
			mode: 'pro',
			prompt:
				'Two people sit at a desk and talk. The narrator<<<voice_1>>>says: "Good evening, and welcome." The host<<<voice_2>>>says: "Good to see you."',
			voice_list: [{ voice_id: voice?.voices[0]?.voice_id }, { voice_id: host?.voice_id }],
		});
		expect(items).toMatchObject([
			{
				video_id: task?.videos[0]?.id,
				video_url: expect.stringContaining(`/${task?.videos[0]?.id}.mp4`) as string,
				task_status: 'succeed',
			},
		]);
		// While it waited, it told the browser's console so.
		const source = '[Node: "Create video from image"]';
		const lines = told.filter(
			(line) => line.includes(source) && line.includes(task?.task_id ?? ''),
		);
		expect(lines[0]).toContain('submitted after 0 s');
		expect(lines.at(-1)).toMatch(/succeed after 3\d s/);
		// Executing the step has not paid for the voice before it once more.
		expect(posted('/general/custom-voices')).toHaveLength(1);
		await picture('image-to-video');
	});

	test('plays the video, which is a file of the item', async () => {
		const { page, picture } = browser;
		const panel = part(page, 'output-panel');
		await part(panel, 'radio-button-binary').click();
		await panel.getByText('video/mp4').waitFor();
		await part(panel, 'ndv-view-binary-data').click();
		const player = panel.locator('video');
		await until('the picture', async () => {
			return await player.evaluate(
				({ currentTime, videoWidth }: Player) => currentTime > 0.1 && videoWidth > 300,
			);
		});
		expect(await player.evaluate(({ duration }: Player) => duration)).toBeCloseTo(5, 0);
		await picture('talking-video', player);
	});
});

describe('The list of finished videos', () => {
	/** The new one, and the only other that is neither a failure nor deleted by Kling. */
	const VIDEOS = [
		expect.stringMatching(/^Image to Video · \d min ago · 5\.1 s · n8n-/),
		expect.stringMatching(/^Image to Video · 7 days ago · 5\.1 s · last-week$/),
	];

	test('is what Video: Get picks from', async () => {
		const { page, picture } = browser;
		await addAction(page, 'Get video');
		const { entries, search, pick } = await openPicker(page, 'video');
		expect(await entries.allInnerTexts()).toEqual(VIDEOS);
		await picture('video-picker', entries.first());
		await search('last-week');
		await until('one video', async () => (await entries.count()) === 1);
		await pick('last-week');
		expect(await executed(page)).toMatchObject([{ external_task_id: 'last-week' }]);
	});

	test('is what Lip Sync picks from, and the paused execution ends with the new video', async () => {
		const { page, picture } = browser;
		await addAction(page, 'Create lip-sync video');
		const { entries, pick } = await openPicker(page, 'videoId');
		expect(await entries.allInnerTexts()).toEqual(VIDEOS);
		await pick('n8n-');
		await choose(page, 'audioSource', 'URL');
		await fill(page, 'audioUrl', clipOf(ready.sandbox));
		await choose(page, 'waitFor', 'Callback');
		const items = await executed(page);
		const [task] = ordered('lipSync');
		expect(items).toMatchObject([{ video_id: task?.videos[0]?.id, task_status: 'succeed' }]);
		expect(task?.callback_url).toContain('/webhook-waiting/');
		await picture('lip-sync');
	});

	test('is what Custom Voice: Create picks from, where all kinds of videos are', async () => {
		const { page } = browser;
		await addAction(page, 'Create custom voice');
		await fill(page, 'voiceName', 'From a Video');
		await choose(page, 'voiceSource', 'Kling Video');
		const { entries, pick } = await openPicker(page, 'videoId');
		await until('all videos', async () => (await entries.count()) === 3);
		await pick('Lip Sync');
		expect(await executed(page)).toMatchObject([{ voice_name: 'From a Video' }]);
		expect(ordered('customVoice').at(-1)?.video_id).toBe(ordered('lipSync')[0]?.videos[0]?.id);
	});
});
