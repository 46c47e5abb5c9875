import { kinds, taskKinds } from '../../sandbox/kling/kinds/index.cjs';
import type { TaskKind } from '../../sandbox/kling/server.cjs';
import { type CallbackReceiver, startReceiver } from '../support/receiver.cjs';
import { makeVideo, makeVoice, orders } from '../support/orders.cjs';
import { Client, closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

const isNew = (kind: TaskKind) => kinds[kind].isNewStandard === true;
const pathOf = (kind: TaskKind) => kinds[kind].path.replace(':model', 'kling-2.6');
const later = taskKinds.filter((kind) => !kinds[kind].isInstant);
const listed = later.filter((kind) => !isNew(kind));

/** Sends a good order with an external ID, where the kind has a place for it. */
async function place(client: Client, kind: TaskKind, ids: Record<string, unknown> = {}) {
	const body = await orders[kind](client);
	const withIds = isNew(kind) ? { ...body, options: ids } : { ...body, ...ids };
	return await client.send('POST', pathOf(kind), withIds);
}

const read = async (client: Client, kind: TaskKind, id: string) => {
	const path = isNew(kind) ? `/tasks?external_task_ids=${id}` : `${pathOf(kind)}/${id}`;
	const { json } = await client.send('GET', path);
	return (Array.isArray(json.data) ? json.data[0] : json.data) as unknown;
};

const resultKeys = {
	voice: ['voices'],
	video: ['videos'],
	image: ['images'],
	audio: ['audios'],
	sound: ['audios'],
	scoredVideo: ['videos', 'audios'],
	element: ['elements'],
	faces: [],
};

describe.each(later)('A task of the kind %s at the sandbox', (kind) => {
	it('is made once, found by its external ID, and ends with its result and its price', async () => {
		const client = await open({ submittedMs: 60_000 });
		expect((await place(client, kind, { external_task_id: 'e1' })).status).toBe(200);
		const task = client.sandbox.tasks.at(-1);
		client.sandbox.finish(task?.task_id ?? '');
		expect(task).toMatchObject({ kind, external_task_id: 'e1', task_status: 'succeed' });
		const shown = await read(client, kind, 'e1');
		if (isNew(kind)) {
			expect(shown).toMatchObject({
				status: 'succeeded',
				external_id: 'e1',
				outputs: [{ type: 'video' }],
				billing: [{ charge_type: 'unit', package_type: 'video' }],
			});
		} else {
			expect(shown).toMatchObject({
				task_status: 'succeed',
				final_unit_deduction: String(task?.units),
			});
			const { task_result } = shown as { task_result: Record<string, unknown[]> };
			expect(Object.keys(task_result)).toEqual(resultKeys[kinds[kind].makes]);
			for (const rows of Object.values(task_result)) expect(rows).toHaveLength(1);
		}
		expect((await place(client, kind, { external_task_id: 'e1' })).json.code).toBe(1201);
	});

	it('is made although the answer is lost, and fails with its reason', async () => {
		const client = await open();
		const match = { kind };
		client.sandbox.addFault({ on: 'create', kind: 'answerLost', match, times: 1 });
		await expect(place(client, kind, { external_task_id: 'lost' })).rejects.toThrow();
		expect(await read(client, kind, 'lost')).toBeDefined();
		client.sandbox.addFault({ on: 'create', kind: 'taskFails', message: 'too dark', match });
		await place(client, kind, { external_task_id: 'dark' });
		client.sandbox.hurry();
		expect(JSON.stringify(await read(client, kind, 'dark'))).toContain('too dark');
	});

	it('is found by its external ID only in the account that is asked', async () => {
		const client = await open({ accounts: 2 });
		const body = await orders[kind](client);
		for (const external_task_id of ['a', 'b']) {
			const ids = isNew(kind) ? { options: { external_task_id } } : { external_task_id };
			await client.send('POST', pathOf(kind), { ...body, ...ids });
		}
		const found = await Promise.all(['a', 'b'].map(async (id) => await read(client, kind, id)));
		expect(found.filter((task) => task !== undefined)).toHaveLength(1);
	});
});

it.each(listed)(
	'the sandbox lists tasks of the kind %s in pages, capped and behind, as voices',
	async (kind) => {
		const client = await open({ submittedMs: 60_000, pageCap: 2 });
		const ids = [1, 2, 3].map(() => client.sandbox.createTask({ kind }).task_id).reverse();
		const page = async (query: string) =>
			(await client.send('GET', `${pathOf(kind)}?${query}`)).rows.map(({ task_id }) => task_id);
		expect(await page('pageSize=30')).toEqual(ids.slice(0, 2));
		expect(await page('pageSize=30&pageNum=2')).toEqual(ids.slice(2));
		const most = kinds[kind].pageSize ?? 500;
		expect((await client.send('GET', `${pathOf(kind)}?pageSize=${most + 1}`)).json.code).toBe(1201);
		client.sandbox.options.lagMs = 60_000;
		expect(await page('pageSize=30')).toEqual([]);
	},
);

describe('A gateway whose table is behind', () => {
	it('does not know a new task, and shows one that ended as still at work', async () => {
		const client = await open({ submittedMs: 60_000, lagMs: 60_000 });
		const old = { created_at: Date.now() - 120_000 };
		const { task_id } = client.sandbox.createTask({ kind: 'avatar', ...old });
		client.sandbox.finish(task_id);
		const fresh = client.sandbox.createTask({ kind: 'avatar' });
		expect(await read(client, 'avatar', task_id)).toMatchObject({
			task_status: 'processing',
			task_result: {},
		});
		expect(await read(client, 'avatar', fresh.task_id)).toBeUndefined();
	});
});

describe('Callbacks of the sandbox for a video', () => {
	let receiver: CallbackReceiver;

	beforeEach(async () => {
		receiver = await startReceiver();
	});
	afterEach(async () => {
		await receiver.close();
	});

	const last = async (kind: TaskKind) => {
		const client = await open({ submittedMs: 0, processingMs: 0 });
		await place(client, kind, { callback_url: receiver.origin });
		while (receiver.received.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
		return receiver.received[2]?.task as unknown;
	};

	it('have every list and no charge, as recorded', async () => {
		const task = await last('imageToVideo');
		expect(task).toMatchObject({
			task_status: 'succeed',
			task_info: {},
			task_result: { images: [], videos: [{ duration: '5.1' }], audios: [] },
		});
		expect(task).not.toHaveProperty('final_unit_deduction');
	});

	it('have the form of the new standard when its model stands in the path', async () => {
		expect(await last('newImageToVideo')).toMatchObject({
			status: 'succeeded',
			outputs: [{ type: 'video', duration: '5.1' }],
			billing: [{ amount: '1.5' }],
		});
	});
});

describe('The new standard at the sandbox', () => {
	const PATH = '/image-to-video/kling-2.6';
	const frame = { type: 'first_frame', url: 'https://a.test/a.png' };
	const voice = (voice_id: string) => ({ type: 'voice', voice_id, id: 'a' });

	it('answers an unknown ID with an empty list, and takes 20 IDs', async () => {
		const client = await open();
		const ask = async (count: number) =>
			await client.send(
				'GET',
				`/tasks?task_ids=${Array.from({ length: count }, (_, i) => i).join(',')}`,
			);
		expect((await ask(20)).json).toMatchObject({ code: 0, data: [] });
		expect((await ask(21)).json.code).toBe(1201);
		expect((await ask(0)).json.code).toBe(1201);
	});

	it('shows tasks of the older form, too', async () => {
		const client = await open();
		makeVoice(client);
		const { task_id = '' } = client.sandbox.tasks[0] ?? {};
		expect((await client.send('GET', `/tasks?task_ids=${task_id}`)).rows).toMatchObject([
			{ id: task_id, outputs: [{ type: 'voice', name: 'Ada' }] },
		]);
	});

	it.each<[string, Record<string, unknown>, string]>([
		['a body of the older form', { image: 'https://a.test/a.png' }, 'contents cannot be empty'],
		['sound in 720p', { contents: [frame], settings: { audio: 'native' } }, '1080p'],
		[
			'an unknown voice',
			{ contents: [frame, voice('1')], settings: { audio: 'native', resolution: '1080p' } },
			'Voice id not found',
		],
		['half seconds', { contents: [frame], settings: { duration: 5.5 } }, "duration value '5.5'"],
	])('refuses %s', async (_what, body, message) => {
		expect((await (await open()).send('POST', PATH, body)).json).toMatchObject({
			code: 1201,
			message: expect.stringContaining(message) as string,
		});
	});

	it('makes a video that speaks', async () => {
		const client = await open({ submittedMs: 60_000 });
		const settings = { audio: 'native', resolution: '1080p', duration: 10 };
		const contents = [frame, voice(makeVoice(client))];
		const { json } = await client.send('POST', PATH, { contents, settings });
		expect(json.data).toMatchObject({ status: 'submitted' });
		client.sandbox.finish(client.sandbox.tasks.at(-1)?.task_id ?? '');
		expect(client.sandbox.tasks.at(-1)).toMatchObject({ units: 10, files: [{ hasSound: true }] });
	});

	it('takes an API key only', async () => {
		const { sandbox } = await open();
		const { json } = await new Client(sandbox, 'Bearer wrong').send('GET', '/tasks?task_ids=1');
		expect(json).toBeDefined();
		expect(sandbox.requests.at(-1)?.status).toBe(401);
	});
});

describe('What a gateway offers', () => {
	const offered = async (client: Client, kind: TaskKind) =>
		(await client.send('POST', pathOf(kind), {})).status !== 404;
	const offeredBy = async (client: Client) => {
		const all = await Promise.all(
			taskKinds.map(async (kind) => ((await offered(client, kind)) ? [kind] : [])),
		);
		return all.flat();
	};

	it('is all by default, and by KKI AI what its pages say', async () => {
		expect(await offeredBy(await open())).toEqual(taskKinds);
		const kkiai = await offeredBy(await open({ offers: 'kkiai' }));
		expect(kkiai).toEqual(
			expect.arrayContaining(['imageToVideo', 'textToVideo', 'avatar', 'speech', 'identifyFace']),
		);
		expect(kkiai).not.toContain('lipSync');
		const sibling = await offeredBy(await open({ offers: 'sibling' }));
		expect(taskKinds.filter((kind) => !sibling.includes(kind))).toEqual([
			'aiMultiShot',
			...taskKinds.filter(isNew),
		]);
	});

	it('may lack a kind, or have one more', async () => {
		const routes = { kinds: { avatar: false, lipSync: true } };
		const client = await open({ offers: 'kkiai', routes });
		expect(await offered(client, 'avatar')).toBe(false);
		expect(await offered(client, 'lipSync')).toBe(true);
		expect((await client.send('GET', `${pathOf('avatar')}/1`)).status).toBe(404);
		expect((await client.send('GET', pathOf('imageToVideo'))).status).toBe(404);
	});

	it('wants more of a text to video order as KKI AI', async () => {
		const client = await open({ offers: 'kkiai' });
		const ask = async (body: object) =>
			(await client.send('POST', pathOf('textToVideo'), { prompt: 'A', ...body })).json;
		expect((await ask({})).message).toContain('model_name is required');
		expect((await ask({ model_name: 'kling-v3' })).message).toContain('multi_shot is required');
		expect((await ask({ model_name: 'kling-v2-6', multi_shot: false })).code).toBe(1203);
		expect((await ask({ model_name: 'kling-v3', multi_shot: false })).code).toBe(0);
	});
});

describe('The account of the sandbox', () => {
	const packsOf = async (client: Client, days: number) => {
		const period = `start_time=${Date.now() - days * 86_400_000}&end_time=${Date.now()}`;
		const { json } = await client.send('GET', `/account/costs?${period}`);
		const { data } = json as unknown as {
			data: { resource_pack_subscribe_infos: { status: string; remaining_quantity: number }[] };
		};
		return data.resource_pack_subscribe_infos.map((pack) => [pack.status, pack.remaining_quantity]);
	};

	it('shows packs by when they were bought, and what is left', async () => {
		const client = await open({ submittedMs: 60_000 });
		makeVideo(client, 'imageToVideo', { sound: 'on' });
		expect(await packsOf(client, 400)).toEqual([
			['online', 995],
			['expired', 12.5],
			['runOut', 0],
			['toBeOnline', 1000],
		]);
		expect(await packsOf(client, 1)).toEqual([]);
		const { data } = await client.http.get<string>(`${client.sandbox.origin}/api/usage/token/`);
		expect(JSON.parse(data)).toMatchObject({ data: { total_used: 350_000 } });
	});

	it('refuses creates once its pack is used up', async () => {
		const client = await open({ packUnits: 5, submittedMs: 60_000 });
		makeVideo(client, 'imageToVideo', { sound: 'on' });
		const reply = await place(client, 'avatar');
		expect([reply.status, reply.json.code]).toEqual([429, 1102]);
		expect(await packsOf(client, 60)).toEqual([
			['runOut', 0],
			['toBeOnline', 5],
		]);
	});

	it('counts each picture of one task as one in flight', async () => {
		const client = await open({ maxInFlight: 4, submittedMs: 60_000 });
		const ask = async (n: number) =>
			(await client.send('POST', pathOf('image'), { prompt: 'A', n })).json.code;
		expect([await ask(3), await ask(2), await ask(1), await ask(1)]).toEqual([0, 1303, 0, 1303]);
	});
});
