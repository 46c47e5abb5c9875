import { Client, type SandboxReply, VOICES, closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

const idsOf = (reply: SandboxReply) => reply.rows.map(({ task_id }) => task_id);

describe('A task of the sandbox', () => {
	it('goes from submitted over processing to succeed and makes one voice', async () => {
		// A busy machine may not look between two of them, so time is ours.
		let now = Date.now();
		const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
		const client = await open({ submittedMs: 150, processingMs: 150 });
		const created = await client.create({ external_task_id: 'wf/1 a' });
		expect(created.status).toBe(200);
		expect(created.json).toMatchObject({
			code: 0,
			message: 'SUCCEED',
			data: { task_status: 'submitted', task_info: { external_task_id: 'wf/1 a' } },
		});
		const id = created.json.data.task_id;
		expect(id).toMatch(/^\d{18}$/);
		const seen: string[] = [];
		for (const passed of [149, 1, 149, 1]) {
			now += passed;
			seen.push((await client.get(id)).json.data.task_status);
		}
		clock.mockRestore();
		expect(seen).toEqual(['submitted', 'processing', 'processing', 'succeed']);
		const { json } = await client.get('wf/1 a');
		expect(json.data).toMatchObject({
			task_id: id,
			final_unit_deduction: '0.05',
			task_result: { voices: [{ voice_name: 'Ada', owned_by: '100200300' }] },
		});
		const task = client.sandbox.tasks[0];
		expect(task?.updated_at).toBe((task?.created_at ?? 0) + 300);
	});

	it('shows no result before the end', async () => {
		const client = await open({ submittedMs: 5000 });
		const { data } = (await client.create()).json;
		expect((await client.get(data.task_id)).json.data).not.toHaveProperty('task_result');
	});

	it('is not made when its external ID exists', async () => {
		const client = await open();
		await client.create({ external_task_id: 'same' });
		const again = await client.create({ external_task_id: 'same' });
		expect(again.status).toBe(400);
		expect(again.json).toMatchObject({ code: 1201, message: 'external_task_id already exists' });
		expect(client.sandbox.tasks).toHaveLength(1);
	});

	it('is answered with 400 and code 1201 when its ID is unknown', async () => {
		const client = await open();
		const { status, json } = await client.get('404');
		expect(status).toBe(400);
		expect(json).toMatchObject({ code: 1201, message: 'Task not found by id / external id' });
	});

	it('can be ended by a test, once', async () => {
		const client = await open({ submittedMs: 60_000 });
		const id = (await client.create()).json.data.task_id;
		client.sandbox.finish(id, 'failed', 'two voices heard');
		expect((await client.get(id)).json.data).toMatchObject({
			task_status: 'failed',
			task_status_msg: 'two voices heard',
		});
		expect(() => client.sandbox.finish(id)).toThrow('has ended');
		expect(() => client.sandbox.finish('nobody')).toThrow('no task nobody');
	});

	it('has the first ID and the first options again after a reset', async () => {
		const client = await open({ seed: 5 });
		const first = (await client.create()).json.data.task_id;
		client.sandbox.options.envelope = 'empty';
		client.sandbox.options.maxInFlight = 1;
		client.sandbox.addFault({ on: 'any', kind: 'rateLimited' });
		client.sandbox.reset();
		expect(client.sandbox.tasks).toHaveLength(0);
		expect(client.sandbox.options).not.toHaveProperty('maxInFlight');
		expect((await client.create()).json.data.task_id).toBe(first);
	});
});

describe('A create at the sandbox', () => {
	it.each([
		['that has no name', { voice_name: undefined }, 'voice_name is required'],
		['that has a blank name', { voice_name: ' ' }, 'voice_name is required'],
		['that has a name of 21 characters', { voice_name: 'x'.repeat(21) }, 'at most 20'],
		['that has no source', { voice_url: '' }, 'exactly one of'],
		['that has two sources', { video_id: '12' }, 'exactly one of'],
		['that has an ftp address', { voice_url: 'ftp://a.test/b.mp3' }, 'http(s)'],
		['that has a relative callback URL', { callback_url: '/hook' }, 'callback_url'],
		['that has a number instead of a text', { external_task_id: 12 }, 'must be strings'],
	])('%s is refused', async (_what, body, message) => {
		const client = await open();
		const reply = await client.create(body);
		expect(reply.status).toBe(400);
		expect(reply.json.code).toBe(1201);
		expect(reply.json.message).toContain(message);
		expect(client.sandbox.tasks).toHaveLength(0);
	});

	it('accepts a name of 20 emoji, as it counts code points', async () => {
		const client = await open();
		expect((await client.create({ voice_name: '🎙'.repeat(20) })).status).toBe(200);
		expect((await client.create({ voice_name: '🎙'.repeat(21) })).status).toBe(400);
	});

	it('accepts an empty video_id beside a voice_url, as in Kling’s example', async () => {
		const client = await open();
		expect((await client.create({ video_id: '' })).status).toBe(200);
	});

	it('refuses a body that is not JSON', async () => {
		const client = await open();
		const { status, data } = await client.http.post<string>(VOICES, '{"voice_name"', {
			headers: { 'content-type': 'application/json' },
		});
		expect([status, (JSON.parse(data) as { code: number }).code]).toEqual([400, 1200]);
	});
});

describe('The lists of the sandbox', () => {
	it('give the tasks in pages, newest first', async () => {
		const client = await open();
		const ids: string[] = [];
		for (let i = 0; i < 7; i++) ids.push((await client.create()).json.data.task_id);
		ids.reverse();
		expect(idsOf(await client.list())).toEqual(ids);
		expect(idsOf(await client.list('?pageNum=1&pageSize=3'))).toEqual(ids.slice(0, 3));
		expect(idsOf(await client.list('?pageNum=3&pageSize=3'))).toEqual(ids.slice(6));
		expect(idsOf(await client.list('?pageNum=4&pageSize=3'))).toEqual([]);
	});

	it('have 30 rows a page by default', async () => {
		const client = await open();
		for (let i = 0; i < 31; i++) await client.create();
		expect(idsOf(await client.list())).toHaveLength(30);
	});

	it.each([
		'pageNum=0',
		'pageNum=1001',
		'pageSize=0',
		'pageSize=1001',
		'pageSize=ten',
		'pageNum=-1',
	])('refuse %s', async (query) => {
		const client = await open();
		for (const path of [VOICES, '/v1/general/presets-voices']) {
			const { status, json } = await client.send('GET', `${path}?${query}`);
			expect([status, json.code]).toEqual([400, 1201]);
		}
	});

	it('give 40 preset voices, each with its own ID', async () => {
		const client = await open();
		const path = '/v1/general/presets-voices';
		const { rows } = await client.send('GET', `${path}?pageSize=1000`);
		const voices = rows.flatMap((row) => row.task_result.voices);
		expect(new Set(voices.map(({ voice_id }) => voice_id)).size).toBe(40);
		expect(new Set(voices.map(({ owned_by }) => owned_by))).toEqual(new Set(['kling']));
		expect((await client.send('GET', `${path}?pageNum=2&pageSize=39`)).rows).toHaveLength(1);
	});

	it.each(['list', 'items', 'rows'] as const)(
		'can wrap the preset voices in "%s"',
		async (shape) => {
			const client = await open({ presetsShape: shape });
			const { json } = await client.send('GET', '/v1/general/presets-voices');
			expect(json.data).toHaveProperty([shape, 'length'], 30);
		},
	);
});

describe('A delete at the sandbox', () => {
	it('removes the voice once, and leaves its task', async () => {
		const client = await open();
		const id = (await client.create()).json.data.task_id;
		const { task_result } = await client.ended(id);
		const voiceId = task_result.voices[0]?.voice_id;
		const first = await client.delete(voiceId);
		expect(first.json).toMatchObject({ code: 0, data: { task_status: 'succeed' } });
		const { rows } = await client.list();
		expect(rows[0]).toMatchObject({ task_id: id, task_result: { voices: [] } });
		const second = await client.delete(voiceId);
		expect(second.status).toBe(400);
		expect(second.json).toMatchObject({ code: 1201, message: 'Voice has been already deleted' });
	});

	it('refuses a preset voice, an unknown one, a task ID and a number', async () => {
		const client = await open();
		const { rows } = await client.send('GET', '/v1/general/presets-voices');
		const official = rows[0]?.task_result.voices[0]?.voice_id;
		const taskId = (await client.create()).json.data.task_id;
		for (const [voiceId, message] of [
			[official, 'Only custom voices'],
			['123', 'not found'],
			[taskId, 'not found'],
			[123, 'must be a string'],
		]) {
			const { status, json } = await client.delete(voiceId);
			expect([status, json.code]).toEqual([400, 1201]);
			expect(json.message).toContain(message);
		}
	});
});

describe('The seed of the sandbox', () => {
	const run = async (seed: number) => {
		const client = await open({
			seed,
			faults: [{ on: 'create', kind: 'errorBefore', status: 500, probability: 0.4 }],
		});
		const answers: unknown[] = [];
		for (let i = 0; i < 30; i++) {
			const { status, json } = await client.create();
			answers.push([status, status === 200 && json.data.task_id, json.request_id]);
		}
		return answers;
	};

	it('decides all IDs and faults', async () => {
		const first = await run(11);
		expect(await run(11)).toEqual(first);
		expect(await run(12)).not.toEqual(first);
	});
});

it('the sandbox answers an unknown path in the words of a gateway, or of Kling without a prefix', async () => {
	const gateway = await open();
	const { status, json } = await gateway.send('POST', '/v1/general/voices', {});
	expect(status).toBe(404);
	expect(json.error.message).toBe('Invalid URL (POST /kling/v1/general/voices)');
	const official = new Client((await open({ prefix: '' })).sandbox);
	expect((await official.send('GET', '/v1/nothing')).json.code).toBe(1202);
});
