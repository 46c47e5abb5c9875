import { LosslessNumber, parse } from 'lossless-json';
import type { EnvelopeName } from '../../sandbox/kling/server.cjs';
import { closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

const task = { task_id: expect.stringMatching(/^\d{18}$/) as unknown };
const body = { voice_name: 'Ada', voice_url: 'https://clips.test/a.mp3', external_task_id: 'e' };

/** What `create` and, after the end, `get` answer in each envelope. */
const shapes: Record<EnvelopeName, { created: object | undefined; got: object }> = {
	official: { created: { code: 0, data: task }, got: { code: 0, data: task } },
	codeWord: { created: { code: 'success', data: task }, got: { code: 'success', data: task } },
	code200: { created: { code: 200, data: task }, got: { code: 200, data: task } },
	codeTrue: { created: { code: true, data: task }, got: { code: true, data: task } },
	bare: { created: task, got: task },
	openAiVideo: {
		created: { ...task, id: task.task_id, object: 'video', status: 'queued' },
		got: { ...task, status: 'completed', task_result: { voices: [{ voice_name: 'Ada' }] } },
	},
	newApiFetch: {
		created: {
			code: 'success',
			data: { ...task, status: 'SUBMITTED', data: { code: 0, data: task } },
		},
		got: {
			code: 'success',
			data: {
				status: 'SUCCESS',
				data: { data: { task_result: { voices: [{ voice_name: 'Ada' }] } } },
			},
		},
	},
	noData: { created: { code: 0, message: 'SUCCEED' }, got: { code: 0, data: task } },
	echo: { created: body, got: { code: 0, data: task } },
	empty: { created: undefined, got: { code: 0, data: task } },
	emptyObject: { created: {}, got: { code: 0, data: task } },
};

it.each(Object.entries(shapes) as [EnvelopeName, (typeof shapes)[EnvelopeName]][])(
	'the sandbox answers in the envelope %s',
	async (envelope, { created, got }) => {
		const client = await open({ envelope });
		const reply = await client.create(body);
		expect(reply.status).toBe(200);
		if (created === undefined) expect(reply.text).toBe('');
		else expect(reply.json).toMatchObject(created);
		const id = client.sandbox.tasks[0]?.task_id ?? '';
		for (const wordless of ['noData', 'echo', 'empty', 'emptyObject']) {
			if (envelope === wordless) expect(reply.text).not.toContain(id);
		}
		await new Promise((resolve) => setTimeout(resolve, 60));
		expect((await client.get('e')).json).toMatchObject(got);
		expect((await client.list()).text).toContain(id);
	},
);

it('the sandbox leaves a read empty only by a fault', async () => {
	const client = await open({
		faults: [{ on: 'get', kind: 'envelope', envelope: 'empty', times: 1 }],
	});
	await client.create(body);
	expect((await client.get('e')).text).toBe('');
	expect((await client.get('e')).json.code).toBe(0);
});

it('the sandbox never wraps errors in an envelope', async () => {
	const client = await open({ envelope: 'codeTrue' });
	expect((await client.get('none')).json.code).toBe(1201);
});

it('the sandbox can write IDs as JSON numbers with every digit', async () => {
	const client = await open({ idsAsNumbers: true, flatVoiceId: true });
	const created = await client.create({
		voice_name: '"task_id":"123456789012345678"'.slice(0, 20),
		external_task_id: '123456789012345678',
	});
	const id = client.sandbox.tasks[0]?.task_id ?? '';
	expect(created.text).toContain(`"task_id":${id},`);
	expect(created.text).toContain('"external_task_id":"123456789012345678"');
	// A reader that uses JavaScript numbers must come out wrong, or the option tests nothing.
	expect(created.json.data.task_id).not.toBe(id);
	await new Promise((resolve) => setTimeout(resolve, 60));
	const { text } = await client.get(id);
	const voiceId = client.sandbox.tasks[0]?.voices[0]?.voice_id ?? '';
	expect(parse(text)).toMatchObject({
		data: {
			task_id: new LosslessNumber(id),
			voice_id: new LosslessNumber(voiceId),
			task_result: { voices: [{ voice_id: new LosslessNumber(voiceId) }] },
		},
	});
});

it('the sandbox can write times in seconds', async () => {
	const client = await open({ secondsTimestamps: true });
	const { created_at } = (await client.create()).json.data;
	expect(Math.abs(created_at - Date.now() / 1000)).toBeLessThan(5);
});

it.each([
	['legacy', 'submitted', 'succeed'],
	['newStandard', 'submitted', 'succeeded'],
	['newApi', 'SUBMITTED', 'SUCCESS'],
] as const)('the sandbox spells statuses in the %s way', async (statusSpelling, first, last) => {
	const client = await open({ statusSpelling });
	expect((await client.create(body)).json.data.task_status).toBe(first);
	await new Promise((resolve) => setTimeout(resolve, 60));
	expect((await client.get('e')).json.data.task_status).toBe(last);
});
