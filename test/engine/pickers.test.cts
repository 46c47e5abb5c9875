import type { IDataObject, INodeListSearchResult } from 'n8n-workflow';

import { pickerContext } from '../../sandbox/engine/index.cjs';
import { credentialsFor, useSandbox, workflowOf } from '../support/engine/kling.cjs';

const sandboxOf = useSandbox();

/** What a picker lists in a node with these parameters. */
async function search(
	method: string,
	parameters: IDataObject = {},
	filter?: string,
	token?: string,
): Promise<INodeListSearchResult> {
	const credentials = credentialsFor(sandboxOf());
	const { context, node } = pickerContext(workflowOf(parameters), 'Kling', credentials);
	const searchMethod = node.methods?.listSearch?.[method];
	if (!searchMethod) throw new Error('The node has no such picker');
	return await searchMethod.call(context, filter, token);
}

/** All pages of it. */
async function all(method: string, parameters: IDataObject = {}, filter?: string) {
	const results: INodeListSearchResult['results'] = [];
	let token: string | undefined;
	do {
		const page = await search(method, parameters, filter, token);
		results.push(...page.results);
		token = page.paginationToken;
	} while (token !== undefined);
	return results;
}

const DAY_MS = 24 * 3_600_000;
const VOICES = 10_000;
const SLOW_MS = 3_000;

function made(
	kind: 'imageToVideo' | 'avatar' | 'customVoice',
	days = 0,
	external_task_id?: string,
) {
	const sandbox = sandboxOf();
	const { task_id } = sandbox.createTask({
		kind,
		voice_name: 'Ada',
		body: { duration: '10' },
		created_at: Date.now() - days * DAY_MS,
		external_task_id,
	});
	sandbox.finish(task_id);
	return sandbox.tasks.find((task) => task.task_id === task_id);
}

describe('The picker of a voice for a video', () => {
	it('lists custom voices, and then those of Kling', async () => {
		const voice = made('customVoice');
		const results = await all('searchAllVoices');
		expect(results[0]).toMatchObject({ value: voice?.voices[0]?.voice_id });
		expect(results).toHaveLength(41);
		expect(results.at(-1)?.name).toMatch(/ \(preset voice\)$/);
	});

	it('finds a voice of either by its name', async () => {
		made('customVoice');
		expect((await all('searchAllVoices', {}, 'ada')).map(({ name }) => name)).toEqual([
			expect.stringContaining('Ada') as string,
		]);
		expect(await all('searchAllVoices', {}, 'wise fox')).toHaveLength(1);
	});

	it('finds the oldest of ten thousand voices by reading several pages at once', async () => {
		const sandbox = sandboxOf();
		for (let n = 0; n < VOICES; n += 1) {
			const { task_id } = sandbox.createTask({ voice_name: `Voice ${String(n)}` });
			sandbox.finish(task_id);
		}
		sandbox.addFault({ on: 'list', kind: 'slow', delayMs: SLOW_MS });
		const found = await all('searchVoices', {}, 'Voice 0');
		expect(found.map(({ name }) => name)).toEqual([expect.stringMatching(/^Voice 0\b/) as string]);
		const times = sandbox.requests.map(({ time }) => time);
		// One page, then all others at once: one after the other would take as many seconds as pages.
		expect(times.length).toBeGreaterThanOrEqual(10);
		expect((times.at(-1) ?? NaN) - (times[0] ?? NaN)).toBeLessThan(8 * SLOW_MS);
	});

	it('lists the voices of Kling where the gateway has no list of the others', async () => {
		sandboxOf().options.routes.list = false;
		expect(await all('searchAllVoices')).toHaveLength(40);
	});
});

describe('The picker of a video', () => {
	it('lists finished videos of all kinds by kind, age, length and external ID', async () => {
		const one = made('imageToVideo', 2, 'order-7');
		const other = made('avatar', 0);
		made('imageToVideo', 31);
		const { options } = sandboxOf();
		const usualMs = options.processingMs;
		options.processingMs = 3_600_000;
		sandboxOf().createTask({ kind: 'imageToVideo', body: {} });
		options.processingMs = usualMs;
		expect(await all('searchVideos')).toEqual([
			{
				name: expect.stringMatching(/^Avatar · \d+ min ago · /) as string,
				value: other?.videos[0]?.id,
			},
			{ name: 'Image to Video · 2 days ago · 10.1 s · order-7', value: one?.videos[0]?.id },
		]);
	});

	it('lists the tasks of the chosen kind for Get', async () => {
		const video = made('avatar');
		made('imageToVideo');
		const parameters = { resource: 'video', operation: 'get', videoType: 'avatar' };
		expect(await all('searchVideoTasks', parameters)).toMatchObject([{ value: video?.task_id }]);
	});
});

describe('Pickers that send no request', () => {
	it('list the models of the operation', async () => {
		const fromText = { resource: 'video', operation: 'textToVideo' };
		const fromImage = { resource: 'video', operation: 'imageToVideo' };
		const ids = async (parameters: IDataObject) =>
			(await all('searchModels', parameters)).map(({ value }) => value);
		expect(await ids(fromImage)).toContain('kling-v2-1');
		expect(await ids(fromText)).not.toContain('kling-v2-1');
		expect(await all('searchModels', fromImage, '2.6')).toMatchObject([{ value: 'kling-v2-6' }]);
	});

	it('list the voices of the chosen language', async () => {
		const english = await all('searchSpeechVoices', { resource: 'speech', operation: 'create' });
		expect(english).toHaveLength(27);
		const chinese = { resource: 'speech', operation: 'create', language: 'zh' };
		expect(await all('searchSpeechVoices', chinese, 'mengwa')).toEqual([
			{ name: '乖巧正太', value: 'mengwa-v1' },
		]);
	});

	it('list the endpoints with what they make', async () => {
		const results = await all('searchEndpoints', { resource: 'task', operation: 'create' });
		expect(results).toContainEqual({
			name: 'Virtual Try-On',
			value: '/v1/images/kolors-virtual-try-on',
			description: '/v1/images/kolors-virtual-try-on',
		});
	});

	afterEach(() => expect(sandboxOf().requests).toEqual([]));
});

describe('The picker of a face', () => {
	const parameters = {
		resource: 'video',
		operation: 'lipSync',
		videoSource: 'url',
		videoUrl: 'http://127.0.0.1:9/host.mp4',
	};

	it('looks for the faces of a video once', async () => {
		sandboxOf().options.faces = 2;
		for (let times = 0; times < 3; times += 1) {
			expect((await all('searchFaces', parameters)).map(({ value }) => value)).toEqual([
				'first',
				'0',
				'1',
			]);
		}
		expect(sandboxOf().requests).toHaveLength(1);
	});

	it('says which video to choose when Kling finds no face', async () => {
		sandboxOf().options.faces = 0;
		await expect(
			all('searchFaces', { ...parameters, videoUrl: 'http://127.0.0.1:9/empty.mp4' }),
		).rejects.toMatchObject({
			message: 'Kling found no face in the video',
			description: expect.stringContaining('Choose a video') as string,
		});
	});

	it('sends no request while the video is an expression', async () => {
		const unknown = { ...parameters, videoUrl: '={{ $json.url }}' };
		expect(await all('searchFaces', unknown)).toHaveLength(1);
		expect(sandboxOf().requests).toEqual([]);
	});
});
