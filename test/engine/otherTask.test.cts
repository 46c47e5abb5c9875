import type { IDataObject } from 'n8n-workflow';

import { photoOf } from '../../sandbox/kling/connection.cjs';
import {
	errorOf,
	NODE,
	outputOf,
	rowsOf,
	runKling,
	startOn,
	useInstance,
	useSandbox,
} from '../support/engine/kling.cjs';
import { useFastClock } from '../support/engine/fastClock.cjs';

useFastClock();
const sandboxOf = useSandbox();
const instanceOf = useInstance();
const official = useSandbox({ prefix: '' });

const byPath = (value: string) => ({ __rl: true, mode: 'id', value });

const task = (path: string, body: IDataObject, others: IDataObject = {}): IDataObject => ({
	resource: 'task',
	operation: 'create',
	path: byPath(path),
	body: JSON.stringify(body),
	...others,
});

const IMAGES = '/v1/images/generations';

describe('Other Task: Create', () => {
	it('makes several images, each of which becomes a file', async () => {
		const parameters = task(IMAGES, { prompt: 'A lamp', n: 3 });
		const run = await startOn(instanceOf(), sandboxOf(), { parameters }).finished;
		expect(errorOf(run)).toBeUndefined();
		const [item] = outputOf(run, NODE);
		expect(item?.json).toMatchObject({
			result_url: expect.stringMatching(/^http/) as string,
			results: [{}, {}, {}],
			task_status: 'succeed',
		});
		expect(Object.keys(item?.binary ?? {})).toEqual(['data', 'data_2', 'data_3']);
		expect(item?.binary?.data_2).toMatchObject({ mimeType: 'image/png' });
	});

	it.each<[string, string, IDataObject, IDataObject]>([
		[
			'a virtual try-on',
			'/v1/images/kolors-virtual-try-on',
			{ human_image: 'P', cloth_image: 'P' },
			{ result_url: expect.any(String) as string },
		],
		[
			'effects',
			'/v1/videos/effects',
			{ effect_scene: 'hug', input: { image: 'P' } },
			{ result_id: expect.any(String) as string, duration: expect.any(String) as string },
		],
		[
			'sound effects',
			'/v1/audio/text-to-audio',
			{ prompt: 'Rain', duration: 5 },
			{ mp3_url: expect.any(String) as string },
		],
		[
			'an element',
			'/v1/general/custom-elements',
			{
				element_name: 'Ada',
				element_description: 'A host',
				element_frontal_image: 'P',
				element_refer_list: [{ image_url: 'P' }],
			},
			{ element_id: expect.any(String) as string },
		],
	])('makes %s', async (_name, path, body, expected) => {
		const text = JSON.stringify(body).replaceAll('"P"', JSON.stringify(photoOf(sandboxOf())));
		const parameters = { ...task(path, {}), body: text, downloadResults: false };
		const [row] = await rowsOf(sandboxOf(), { parameters });
		expect(row).toMatchObject({ ...expected, task_status: 'succeed' });
		expect(row).not.toHaveProperty('hint');
	});

	it('waits for the callback like any other create, and downloads after it', async () => {
		const parameters = task(IMAGES, { prompt: 'A lamp' }, { waitFor: 'callback' });
		const run = startOn(instanceOf(), sandboxOf(), { parameters });
		expect((await run.paused).status).toBe('waiting');
		const [item] = outputOf(await run.finished, NODE);
		expect(item?.json).toMatchObject({ task_status: 'succeed' });
		expect(item?.binary?.data).toMatchObject({ mimeType: 'image/png' });
	});

	it('is created once although its answer was lost', async () => {
		official().addFault({ on: 'create', kind: 'answerLost', times: 1 });
		const parameters = task(IMAGES, { prompt: 'A lamp' }, { downloadResults: false });
		await rowsOf(official(), { parameters });
		expect(official().tasks).toHaveLength(1);
	});

	it('uses the new standard of Kling, with its ids among the options and its own list of tasks', async () => {
		const parameters = task(
			'/image-to-video/kling-2.6',
			{
				contents: [{ type: 'first_frame', url: photoOf(official()) }],
				options: { external_task_id: 'order-7' },
			},
			{ downloadResults: false },
		);
		const [row] = await rowsOf(official(), { parameters });
		expect(row).toMatchObject({ task_status: 'succeed', external_task_id: 'order-7' });
		const sent = official().requests.find(({ method }) => method === 'POST');
		expect(sent?.body).toMatchObject({
			options: { external_task_id: 'order-7' },
		});
		expect(official().requests.at(-1)?.path).toBe('/tasks');
	});

	it('looks for a task of the new standard after a lost answer, and makes it once', async () => {
		official().addFault({ on: 'create', kind: 'answerLost', times: 1 });
		const parameters = task(
			'/text-to-video/kling-2.6',
			{ prompt: 'A lamp' },
			{ downloadResults: false },
		);
		await rowsOf(official(), { parameters });
		expect(official().tasks).toHaveLength(1);
	});

	it('never repeats a request that knows no external ID, even with Retry On Fail', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'answerLost' });
		const run = await runKling(sandbox, {
			parameters: task('/v1/videos/image-recognize', { image: photoOf(sandbox) }),
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		});
		expect(errorOf(run)).toContain('not sent again');
		expect(sandbox.requests).toHaveLength(1);
	});

	it('marks regions of a video step by step, and edits them', async () => {
		const step = async (name: string, body: IDataObject) => {
			const path = `/v1/videos/multi-elements${name}`;
			const parameters = task(path, body, { downloadResults: false });
			const [row] = await rowsOf(sandboxOf(), { parameters });
			return row ?? {};
		};
		const { session_id } = await step('/init-selection', { video_id: '850087542757541250' });
		expect(session_id).toEqual(expect.stringMatching(/^\d+$/));
		const points = [{ x: 0.5, y: 0.25 }];
		expect(await step('/add-selection', { session_id, frame_index: 3, points })).toMatchObject({
			session_id,
			res: { frame_index: 3 },
		});
		expect(await step('/preview-selection', { session_id })).toMatchObject({ res: {} });
		expect(await step('/clear-selection', { session_id })).toMatchObject({ session_id });
		const body = { session_id, edit_mode: 'addition', prompt: 'A lamp' };
		expect(await step('', body)).toMatchObject({ task_status: 'succeed' });
		expect(sandboxOf().requests.filter(({ route }) => route === 'create')).toHaveLength(5);
		expect(sandboxOf().requests[1]?.body).toEqual({ session_id, frame_index: 3, points });
	});

	it.each([
		['that deletes', '/v1/general/delete-elements', 'does not delete'],
		['of the account', '/account/costs', 'does not reach the account'],
		['of the account, behind others', '/v1/account/billing', 'does not reach the account'],
		['that leads elsewhere', '/v1/../account/costs', 'is not a path of the API'],
		['with a query', '/v1/videos/effects?x=1', 'is not a path of the API'],
		['that is an address', 'https://example.com/v1/videos/effects', 'is not a path of the API'],
		['that is escaped', '/v1/%2e%2e/account', 'is not a path of the API'],
		['that is empty', '={{ "" }}', 'There is no path'],
	])('refuses a path %s before anything is sent', async (_name, path, what) => {
		const run = await runKling(sandboxOf(), { parameters: task(path, { a: 1 }) });
		expect(errorOf(run)).toContain(what);
		expect(sandboxOf().requests).toEqual([]);
	});

	it('refuses a path that an agent fills', async () => {
		const run = await runKling(sandboxOf(), {
			parameters: task('={{ "/v1/videos/effects" || $fromAI("path") }}', { a: 1 }),
		});
		expect(errorOf(run)).toContain('Path is filled by an AI agent');
	});

	it.each([
		['no JSON', 'prompt', 'Body is not a JSON object'],
		['empty', '{}', 'Body is empty'],
	])('refuses a body that is %s', async (_name, body, what) => {
		const run = await runKling(sandboxOf(), { parameters: { ...task(IMAGES, {}), body } });
		expect(errorOf(run)).toContain(what);
		expect(sandboxOf().requests).toEqual([]);
	});
});

describe('Other Task: Get', () => {
	it('reads a task of any endpoint, with its files', async () => {
		const [made] = await rowsOf(sandboxOf(), {
			parameters: task(IMAGES, { prompt: 'A lamp' }, { downloadResults: false }),
		});
		const parameters = {
			resource: 'task',
			operation: 'get',
			path: byPath(IMAGES),
			taskId: made?.task_id,
		};
		const run = await startOn(instanceOf(), sandboxOf(), { parameters }).finished;
		const [item] = outputOf(run, NODE);
		expect(item?.json).toMatchObject({ task_id: made?.task_id, task_status: 'succeed' });
		expect(item?.binary?.data).toMatchObject({ mimeType: 'image/png' });
	});
});
