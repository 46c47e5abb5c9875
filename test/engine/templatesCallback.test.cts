import { setTimeout as sleep } from 'node:timers/promises';

import type { IDataObject, INode, IRun } from 'n8n-workflow';

import type { ActiveWorkflow } from '../../sandbox/engine/instance/index.cjs';
import type { RecordedCallback } from '../../sandbox/kling/server.cjs';
import { requestCounts } from '../support/engine/kling.cjs';
import {
	enter,
	given,
	MANUAL,
	one,
	reached,
	template,
	useTemplates,
} from '../support/engine/templates.cjs';
import { call } from '../support/engine/trigger.cjs';

const { instance, sandbox, start, activate, created, voiceId, clipUrl } = useTemplates();

const manually = { items: { [MANUAL]: one() } };

/** Puts a clip that the sandbox has in place of the example. */
const useClip = (recording: INode, file = 'narrator.mp3') =>
	enter(recording, { voice_url: clipUrl(file) });

describe('create-and-pause.json', () => {
	/** Nothing becomes of a task before the pause is stored. */
	const begin = (file?: string) => {
		sandbox().options.submittedMs = 60_000;
		return start(
			template('create-and-pause.json', (node) => useClip(node('Recording'), file)),
			manually,
		);
	};
	const ends = ['Pick the Voice Up', 'Voice Is Ready', 'What Went Wrong'];

	it('pauses, and continues with the voice when Kling has called back', async () => {
		const execution = begin();
		expect((await execution.paused).status).toBe('waiting');
		expect(created()).toMatchObject([
			{
				voice_name: 'Narrator A',
				voice_url: clipUrl('narrator.mp3'),
				callback_url: expect.stringContaining(`${instance().url}webhook-waiting/`) as string,
			},
		]);
		sandbox().hurry();
		const run = await execution.finished;
		expect(reached(run, ...ends)).toEqual(['Voice Is Ready']);
		expect(given(run, 'Voice Is Ready')).toMatchObject([
			{ voice_id: voiceId(), voice_name: 'Narrator A' },
		]);
		expect(sandbox().callbacks.at(-1)).toMatchObject({ task_status: 'succeed' });
	});

	it('takes the error branch when Kling cannot make the voice', async () => {
		const execution = begin('short.mp3');
		await execution.paused;
		sandbox().hurry();
		const run = await execution.finished;
		expect(reached(run, ...ends)).toEqual(['What Went Wrong']);
		expect(given(run, 'What Went Wrong')[0]?.error).toMatchObject({
			message: expect.stringContaining('too short: 2.1 s') as string,
			task_id: sandbox().tasks[0]?.task_id,
		});
	});

	it('takes the error branch before the pause when the name is too long', async () => {
		const file = template('create-and-pause.json', (node) => {
			node('Create and Pause').parameters.voiceName = '={{ "long ".repeat(5) }}';
		});
		const run = await start(file, manually).finished;
		expect(reached(run, ...ends)).toEqual(['What Went Wrong']);
		expect(created()).toEqual([]);
	});

	it.each([
		['gives the voice', 'narrator.mp3', 'Voice Is Ready', { voice_name: 'Narrator A' }],
		[
			'gives the reason of the failure',
			'short.mp3',
			'What Went Wrong',
			{ error: { task_status: 'failed' } },
		],
	])('%s when the time limit passes without a callback', async (_, clipName, end, row) => {
		sandbox().options.callbackFaults = { dropped: 1 };
		const execution = begin(clipName);
		await execution.paused;
		await execution.timeLimitPasses();
		sandbox().hurry();
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
	const ends = ['Continue with the Voice', 'Report the Failure'];
	let activations = 0;
	let second: ActiveWorkflow;
	beforeEach(async () => {
		// Each sandbox begins with the same IDs, and the trigger remembers those of its workflow.
		const id = `continue-${(activations += 1)}`;
		second = await activate({ ...template('create-then-continue-2.json'), id });
	});
	afterEach(async () => {
		await second.deactivate();
	});

	const create = async (file?: string, url = second.url): Promise<IRun> => {
		const workflow = template('create-then-continue-1.json', (node) => {
			useClip(node('Recording'), file);
			const { options } = node('Create Custom Voice').parameters;
			Object.assign(options as IDataObject, { callbackUrl: url });
		});
		return await start(workflow, manually).finished;
	};
	/** What the second workflow did, once Kling has called for the last time. */
	const continued = async (): Promise<IRun[]> => {
		const isOver = ({ task_status: status, status: answer }: RecordedCallback) =>
			['succeed', 'failed'].includes(status) && answer !== undefined;
		while (!sandbox().callbacks.some(isOver)) await sleep(20);
		await second.idle();
		return second.executions;
	};

	it('ends the first workflow at once, and runs the second when the voice is ready', async () => {
		expect(template('create-then-continue-1.json').nodes.at(-1)?.parameters.options).toEqual({
			callbackUrl: second.url.replace(instance().url, 'https://n8n.example.com/'),
		});
		const first = await create();
		expect(created()).toMatchObject([
			{
				voice_name: 'Narrator A',
				callback_url: expect.stringContaining(`${second.url}?kling_kind=`) as string,
			},
		]);
		const [task] = sandbox().tasks;
		expect(given(first, 'Create Custom Voice')).toMatchObject([
			{ task_id: task?.task_id, task_status: 'submitted' },
		]);
		const [run, ...more] = await continued();
		expect(more).toEqual([]);
		expect(run && reached(run, ...ends)).toEqual([ends[0]]);
		expect(run && given(run, 'Continue with the Voice')).toMatchObject([
			{ task_id: task?.task_id, voice_id: voiceId(), voice_name: 'Narrator A' },
		]);
	});

	it('runs the second workflow with the reason when Kling could not make the voice', async () => {
		await create('short.mp3');
		const [run] = await continued();
		expect(run && reached(run, ...ends)).toEqual(['Report the Failure']);
		expect(run && given(run, 'Report the Failure')).toMatchObject([
			{ task_status_msg: expect.stringContaining('too short') as string },
		]);
	});

	it('trusts nothing in a callback but the task ID', async () => {
		sandbox().options.submittedMs = 60_000;
		await create(undefined, 'https://n8n.example.com/elsewhere');
		const task_id = sandbox().tasks[0]?.task_id;
		const forged = {
			task_id,
			task_status: 'succeed',
			task_result: { voices: [{ voice_id: 'evil', voice_name: 'Narrator A' }] },
		};
		for (const body of [forged, { ...forged, task_id: '1' }]) await call(second, body);
		await second.idle();
		expect(second.executions).toEqual([]);
		sandbox().finish(String(task_id));
		await call(second, forged);
		await second.idle();
		expect(second.executions.map((run) => given(run, 'Continue with the Voice'))).toMatchObject([
			[{ voice_id: voiceId() }],
		]);
	});
});
