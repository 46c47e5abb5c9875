import {
	CLIP,
	NODE,
	TASK,
	VOICE,
	errorOf,
	outputOf,
	requestCounts,
	rowsOf,
	runKling,
	useSandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox();

describe('Create Custom Voice', () => {
	it('gives the finished voice, and sends no request after the task has ended', async () => {
		const sandbox = sandboxOf();
		const rows = await rowsOf(sandbox, { parameters: VOICE });
		const [task] = sandbox.tasks;
		expect(rows).toEqual([
			{
				task_id: task?.task_id,
				external_task_id: task?.external_task_id,
				units: 0.05,
				task_status: 'succeed',
				voice_id: task?.voices[0]?.voice_id,
				voice_name: 'Narrator A',
				trial_url: expect.stringMatching(/^http/) as string,
				owned_by: expect.any(String) as string,
				created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
				updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
			},
		]);
		expect(requestCounts(sandbox)).toEqual({ create: 1, get: 1 });
	});

	it.each([
		['a URL', VOICE, { voice_name: 'Narrator A', voice_url: CLIP }],
		[
			'a Kling video',
			{
				voiceName: 'V',
				voiceSource: 'video',
				videoId: '850087542757535834',
				voiceUrl: 'left over',
			},
			{ voice_name: 'V', video_id: '850087542757535834' },
		],
		[
			'every option',
			{
				...VOICE,
				options: {
					callbackUrl: 'http://127.0.0.1:9/hook',
					externalTaskId: 'order-1042',
					additionalFields: '{"model_name":"kling-custom-voices","big":850087542757535834}',
				},
			},
			{
				voice_name: 'Narrator A',
				voice_url: CLIP,
				callback_url: 'http://127.0.0.1:9/hook',
				external_task_id: 'order-1042',
				model_name: 'kling-custom-voices',
				big: '850087542757535834',
			},
		],
	])('sends only the fields that are set for %s', async (_name, parameters, body) => {
		const sandbox = sandboxOf();
		await rowsOf(sandbox, { parameters: { ...parameters, waitFor: 'none' } });
		// An ID of the user's is looked for first.
		const sent = sandbox.requests.find(({ method }) => method === 'POST');
		expect(sent?.body).toEqual({
			external_task_id: expect.stringMatching(/^n8n-\d+-0-[\da-f]{16}$/) as string,
			...body,
		});
	});

	it('outputs the task at once with Wait For: Nothing', async () => {
		const sandbox = sandboxOf();
		const [row] = await rowsOf(sandbox, { parameters: TASK });
		expect(row).toMatchObject({ task_id: sandbox.tasks[0]?.task_id, task_status: 'submitted' });
		expect(row).not.toHaveProperty('voice_id');
		expect(requestCounts(sandbox)).toEqual({ create: 1 });
	});

	it('gives the task as Kling sent it with Simplify off', async () => {
		const sandbox = sandboxOf();
		const [row] = await rowsOf(sandbox, { parameters: { ...VOICE, simplify: false } });
		expect(row).toMatchObject({
			task_id: sandbox.tasks[0]?.task_id,
			task_status: 'succeed',
			task_result: { voices: [{ voice_name: 'Narrator A' }] },
		});
		expect(row).toHaveProperty('final_unit_deduction');
	});

	it('keeps the order of the items and pairs each voice with its item, whichever is ready first', async () => {
		const sandbox = sandboxOf();
		const names = Array.from({ length: 12 }, (_, index) => `Voice ${index}`);
		sandbox.options.processingMs = 300;
		const run = await runKling(sandbox, {
			parameters: { voiceName: '={{ $json.name }}', voiceUrl: CLIP },
			items: names.map((name) => ({ name })),
		});
		const output = outputOf(run, NODE);
		expect(output.map(({ json }) => json.voice_name)).toEqual(names);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(names.map((_, item) => ({ item })));
		expect(new Set(sandbox.tasks.map(({ external_task_id: id }) => id)).size).toBe(12);
	});

	it.each(['codeWord', 'code200', 'codeTrue', 'bare', 'openAiVideo', 'newApiFetch'] as const)(
		'understands the envelope %s',
		async (envelope) => {
			const sandbox = sandboxOf();
			Object.assign(sandbox.options, { envelope, idsAsNumbers: true, secondsTimestamps: true });
			const [row] = await rowsOf(sandbox, { parameters: VOICE });
			const [task] = sandbox.tasks;
			expect(row).toMatchObject({
				task_id: task?.task_id,
				task_status: 'succeed',
				voice_id: task?.voices[0]?.voice_id,
				voice_name: 'Narrator A',
			});
			expect(Date.parse(String(row?.created_at))).toBeGreaterThan(Date.UTC(2024, 0));
			expect(sandbox.tasks).toHaveLength(1);
		},
	);

	it('gives an error that names item, task and reason when the task failed', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'taskFails', message: 'Two voices were heard' });
		const run = await runKling(sandbox, { parameters: VOICE });
		expect(errorOf(run)).toContain('Two voices were heard');
		expect(errorOf(run)).toContain(`[item 0, task ${sandbox.tasks[0]?.task_id ?? ''}]`);
		expect(errorOf(run)).toContain('5 to 30 seconds');
	});

	it.each([
		['continueErrorOutput', 1, ['Good 1', 'Good 2']],
		['continueRegularOutput', 0, ['Good 1', undefined, 'Good 2']],
	] as const)('continues after a failed item with On Error: %s', async (onError, branch, names) => {
		const sandbox = sandboxOf();
		sandbox.addFault({
			on: 'create',
			kind: 'taskFails',
			match: { voice_name: 'Bad' },
			message: 'noise',
		});
		const run = await runKling(sandbox, {
			parameters: { voiceName: '={{ $json.name }}', voiceUrl: CLIP },
			items: [{ name: 'Good 1' }, { name: 'Bad' }, { name: 'Good 2' }],
			settings: { onError },
		});
		expect(outputOf(run, NODE).map(({ json }) => json.voice_name)).toEqual(names);
		const failure = outputOf(run, NODE, branch).find(({ json }) => 'error' in json);
		const task = sandbox.tasks.find(({ voice_name: name }) => name === 'Bad');
		expect(failure).toMatchObject({
			json: {
				error: {
					message: expect.stringContaining('noise') as string,
					description: expect.stringContaining('5 to 30 seconds') as string,
					task_id: task?.task_id,
					task_status: 'failed',
					task_status_msg: 'noise',
				},
			},
			pairedItem: { item: 1 },
		});
	});

	it('names no tasks in its error when nothing was created', async () => {
		const sandbox = sandboxOf();
		sandbox.options.createMs = 50;
		sandbox.addFault({ on: 'create', kind: 'errorBefore', error: 'contentPolicy' });
		const run = await runKling(sandbox, {
			parameters: { voiceName: 'A', voiceUrl: CLIP, options: { maxConcurrency: 1 } },
			items: [{}, {}, {}, {}],
		});
		expect(errorOf(run)).toContain('[item 0]');
		expect(errorOf(run)).not.toContain('have tasks already');
	});

	it('stops creating after the first error, and names the tasks that exist', async () => {
		const sandbox = sandboxOf();
		sandbox.options.createMs = 50;
		sandbox.addFault({
			on: 'create',
			kind: 'errorBefore',
			error: 'contentPolicy',
			match: { voice_name: 'Voice 2' },
		});
		const run = await runKling(sandbox, {
			parameters: {
				voiceName: '={{ $json.name }}',
				voiceUrl: CLIP,
				options: { maxConcurrency: 2 },
			},
			items: Array.from({ length: 40 }, (_, index) => ({ name: `Voice ${index}` })),
		});
		expect(errorOf(run)).toContain('[item 2]');
		expect(sandbox.tasks.length).toBeLessThan(10);
		expect(errorOf(run)).toContain(sandbox.tasks[0]?.task_id);
	});

	it('never has more creates in flight than Max Concurrency', async () => {
		const sandbox = sandboxOf();
		Object.assign(sandbox.options, { createMs: 500, slotHeldBy: 'request' });
		await rowsOf(sandbox, {
			parameters: {
				voiceName: 'A',
				voiceUrl: CLIP,
				waitFor: 'none',
				options: { maxConcurrency: 3 },
			},
			items: Array.from({ length: 9 }, () => ({})),
		});
		expect(sandbox.maxSeenInFlight).toBe(3);
	});
});
