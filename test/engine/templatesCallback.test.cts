import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import type { IDataObject, INode, IRun } from 'n8n-workflow';

import { requestCounts } from './support.cjs';
import {
	enter,
	errorText,
	given,
	MANUAL,
	one,
	reached,
	template,
	useTemplates,
} from './templateSupport.cjs';

const { instance, sandbox, start, created, voiceId, clipUrl } = useTemplates();

const manually = { items: { [MANUAL]: one() } };

/** Puts a clip that the sandbox has in place of the example. */
const useClip = (recording: INode, file = 'narrator.mp3') =>
	enter(recording, { voice_url: clipUrl(file) });

describe('create-and-pause.json', () => {
	const begin = (file?: string) =>
		start(
			template('create-and-pause.json', (node) => useClip(node('Recording'), file)),
			manually,
		);
	const ends = ['Pick the Voice Up', 'Voice Is Ready', 'What Went Wrong'];

	it('pauses, and goes on with the voice when Kling has called', async () => {
		const execution = begin();
		expect((await execution.paused).status).toBe('waiting');
		expect(created()).toMatchObject([
			{
				voice_name: 'Narrator A',
				voice_url: clipUrl('narrator.mp3'),
				callback_url: expect.stringContaining(`${instance().url}webhook-waiting/`) as string,
			},
		]);
		const run = await execution.finished;
		expect(reached(run, ...ends)).toEqual(['Voice Is Ready']);
		expect(given(run, 'Voice Is Ready')).toMatchObject([
			{ voice_id: voiceId(), voice_name: 'Narrator A' },
		]);
		expect(sandbox().callbacks.at(-1)).toMatchObject({ task_status: 'succeed' });
	});

	it('takes the error branch with a voice that Kling cannot make', async () => {
		const run = await begin('short.mp3').finished;
		expect(reached(run, ...ends)).toEqual(['What Went Wrong']);
		expect(given(run, 'What Went Wrong')[0]?.error).toMatchObject({
			message: expect.stringContaining('too short: 2.1 s') as string,
			task_id: sandbox().tasks[0]?.task_id,
		});
	});

	it('takes the error branch before the pause with a name that cannot be', async () => {
		const file = template('create-and-pause.json', (node) => {
			node('Create and Pause').parameters.voiceName = '={{ "long ".repeat(5) }}';
		});
		const run = await start(file, manually).finished;
		expect(reached(run, ...ends)).toEqual(['What Went Wrong']);
		expect(created()).toEqual([]);
	});

	it.each([
		['picks the voice up', 'narrator.mp3', 'Voice Is Ready', { voice_name: 'Narrator A' }],
		['finds the reason', 'short.mp3', 'What Went Wrong', { error: { task_status: 'failed' } }],
	])('%s when the time is up and no call has come', async (_, clipName, end, row) => {
		Object.assign(sandbox().options, { callbackFaults: { dropped: 1 }, submittedMs: 3_000 });
		const execution = begin(clipName);
		await execution.paused;
		await execution.timeLimitPasses();
		const run = await execution.finished;
		const [task] = sandbox().tasks;
		expect(given(run, 'Create and Pause')).toMatchObject([
			{ task_id: task?.task_id, timed_out: true, task_status: 'submitted' },
		]);
		expect(reached(run, ...ends)).toEqual(['Pick the Voice Up', end]);
		expect(given(run, end)).toMatchObject([row]);
		expect(requestCounts(sandbox()).create).toBe(1);
	});
});

describe('create-then-continue-1.json and create-then-continue-2.json', () => {
	/** What n8n's Webhook node would be called with, by the sandbox itself. */
	const callsTo = async (act: (url: string) => Promise<unknown>): Promise<IDataObject[]> => {
		const bodies: IDataObject[] = [];
		const server = createServer((req, res) => {
			void json(req).then((body) => {
				bodies.push(body as IDataObject);
				res.end();
			});
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		try {
			await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/kling-voice`);
			const isOver = () => sandbox().callbacks.filter(({ status }) => status !== undefined);
			while (isOver().length < 3) await sleep(20);
		} finally {
			server.close();
		}
		return bodies;
	};
	const create = async (url: string, file?: string): Promise<IRun> => {
		const workflow = template('create-then-continue-1.json', (node) => {
			useClip(node('Recording'), file);
			const { options } = node('Create Custom Voice').parameters;
			Object.assign(options as IDataObject, { callbackUrl: url });
		});
		return await start(workflow, manually).finished;
	};
	const call = async (body: IDataObject): Promise<IRun> => {
		const request = { headers: {}, params: {}, query: {}, body, executionMode: 'production' };
		const items = { 'Kling Calls': one(request) };
		return await start(template('create-then-continue-2.json'), { items }).finished;
	};
	const ends = ['Go On with the Voice', 'Tell That It Failed'];

	it('ends at once, and goes on elsewhere with what Kling has, at the last call only', async () => {
		let first: IRun | undefined;
		const bodies = await callsTo(async (url) => {
			first = await create(url);
			expect(created()).toMatchObject([{ voice_name: 'Narrator A', callback_url: url }]);
		});
		const [task] = sandbox().tasks;
		expect(first && given(first, 'Create Custom Voice')).toMatchObject([
			{ task_id: task?.task_id, task_status: 'submitted' },
		]);
		expect(bodies.map((body) => body.task_status)).toEqual(['submitted', 'processing', 'succeed']);
		expect(requestCounts(sandbox())).toEqual({ create: 1 });

		const runs = [];
		for (const body of bodies) runs.push(await call(body));
		expect(runs.map((run) => reached(run, ...ends))).toEqual([[], [], [ends[0]]]);
		expect(requestCounts(sandbox())).toEqual({ create: 1, get: 1 });
		expect(runs[2] && given(runs[2], 'Go On with the Voice')).toMatchObject([
			{ task_id: task?.task_id, voice_id: voiceId(), voice_name: 'Narrator A' },
		]);
	});

	it('tells of a voice that Kling could not make', async () => {
		const bodies = await callsTo(async (url) => await create(url, 'short.mp3'));
		const run = await call(bodies[2] ?? {});
		expect(reached(run, ...ends)).toEqual(['Tell That It Failed']);
		expect(given(run, 'Tell That It Failed')).toMatchObject([
			{ task_status_msg: expect.stringContaining('too short') as string },
		]);
	});

	it('believes nothing of a call but the task ID', async () => {
		sandbox().options.submittedMs = 60_000;
		sandbox().options.callbacks = false;
		await create('https://n8n.example.com/webhook/kling-voice');
		const forged = {
			task_id: sandbox().tasks[0]?.task_id,
			task_status: 'succeed',
			task_result: { voices: [{ voice_id: 'evil', voice_name: 'Narrator A' }] },
		};
		expect(reached(await call(forged), ...ends)).toEqual([]);
		const unknown = await call({ ...forged, task_id: '1' });
		expect(reached(unknown, ...ends)).toEqual([]);
		expect(errorText(unknown)).toContain('does not know this ID');
		sandbox().finish(String(forged.task_id));
		const run = await call(forged);
		expect(given(run, 'Go On with the Voice')).toMatchObject([{ voice_id: voiceId() }]);
	});
});
