import {
	CLIP,
	NODE,
	errorItems,
	errorOf,
	outputOf,
	requestCounts,
	rowsOf,
	runKling,
	useSandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox();

const task = { voiceName: 'Narrator A', voiceUrl: CLIP, waitFor: 'none' };

describe('A voice is created once', () => {
	it.each([
		['the answer is lost', { kind: 'answerLost' }],
		['500 comes after it was made', { kind: 'errorAfter', status: 500 }],
		['5002 comes after it was made', { kind: 'errorAfter', code: 5002 }],
		['a proxy answers 502 after it was made', { kind: 'errorAfter', status: 502 }],
		['a CDN gives up with 524', { kind: 'errorAfter', error: 'cloudflareTimeout' }],
		['a web page answers 200', { kind: 'errorAfter', error: 'spaPage' }],
	] as const)('when %s, it is found and not made again', async (_name, fault) => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', times: 1, ...fault });
		const [row] = await rowsOf(sandbox, { parameters: task });
		expect(row?.task_id).toBe(sandbox.tasks[0]?.task_id);
		expect(requestCounts(sandbox)).toEqual({ create: 1, get: 1 });
	});

	it.each([
		['the connection is reset before', { kind: 'resetBefore' }],
		['500 comes before', { kind: 'errorBefore', status: 500 }],
		['a web page with 503 comes before', { kind: 'htmlPage', status: 503 }],
		['it is under maintenance (5001)', { kind: 'errorBefore', code: 5001 }],
	] as const)('when %s, it is sent again with the same id', async (_name, fault) => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', times: 2, ...fault });
		await rowsOf(sandbox, { parameters: task });
		const ids = sandbox.requests
			.filter(({ route }) => route === 'create')
			.map(({ body }) => (body as { external_task_id: string }).external_task_id);
		expect(ids).toHaveLength(3);
		expect(new Set(ids).size).toBe(1);
		expect(sandbox.tasks).toHaveLength(1);
	});

	it.each([['echo'], ['empty'], ['emptyObject'], ['noData']] as const)(
		'when the create answers with %s, it is found by its external id',
		async (envelope) => {
			const sandbox = sandboxOf();
			sandbox.addFault({ on: 'create', kind: 'envelope', envelope });
			const [row] = await rowsOf(sandbox, { parameters: task });
			expect(row?.task_id).toBe(sandbox.tasks[0]?.task_id);
			expect(requestCounts(sandbox)).toEqual({ create: 1, get: 1 });
		},
	);

	it('finds it by the list where ids of the caller are not looked up', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { findByExternalId: false };
		sandbox.addFault({ on: 'create', kind: 'envelope', envelope: 'echo' });
		const [row] = await rowsOf(sandbox, { parameters: { ...task, waitFor: 'poll' } });
		expect(row).toMatchObject({ task_id: sandbox.tasks[0]?.task_id, voice_name: 'Narrator A' });
		expect(requestCounts(sandbox).create).toBe(1);
	});

	it('hands on the external id with a hint where nothing can be looked up', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { get: false, list: false };
		sandbox.addFault({ on: 'create', kind: 'envelope', envelope: 'echo' });
		const [row] = await rowsOf(sandbox, { parameters: { ...task, waitFor: 'poll' } });
		expect(row).toMatchObject({
			external_task_id: sandbox.tasks[0]?.external_task_id,
			hint: expect.stringContaining('Nothing was sent twice') as string,
		});
		expect(requestCounts(sandbox).create).toBe(1);
	});

	it('does not send again what may exist when the look-up fails, and names the id', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { get: false };
		sandbox.addFault({ on: 'create', kind: 'answerLost' });
		const run = await runKling(sandbox, { parameters: task });
		expect(sandbox.tasks).toHaveLength(1);
		expect(requestCounts(sandbox).create).toBe(1);
		expect(errorOf(run)).toContain(sandbox.tasks[0]?.external_task_id);
		expect(errorOf(run)).toContain('may exist');
	});

	it("n8n's own Retry On Fail finds the task instead of paying twice", async () => {
		const sandbox = sandboxOf();
		// The first try makes the task and then cannot read it; the second try makes the same request.
		sandbox.addFault({ on: 'get', kind: 'errorBefore', code: 1103, times: 1 });
		const rows = await rowsOf(sandbox, {
			parameters: { ...task, waitFor: 'poll' },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
		});
		expect(rows[0]).toMatchObject({ task_status: 'succeed', voice_name: 'Narrator A' });
		expect(requestCounts(sandbox).create).toBe(2);
		expect(sandbox.tasks).toHaveLength(1);
	});

	it('gives every item, node run and execution an id of its own', async () => {
		const sandbox = sandboxOf();
		const run = { parameters: task, items: [{}, {}] };
		await rowsOf(sandbox, run);
		await rowsOf(sandbox, run);
		expect(new Set(sandbox.tasks.map(({ external_task_id: id }) => id)).size).toBe(4);
	});

	it('the same execution tried again asks for the same task', async () => {
		const sandbox = sandboxOf();
		const run = { parameters: task, items: [{}, {}], executionId: '77' };
		const first = await rowsOf(sandbox, run);
		const second = await rowsOf(sandbox, run);
		expect(second.map(({ task_id: id }) => id)).toEqual(first.map(({ task_id: id }) => id));
		expect(sandbox.tasks).toHaveLength(2);
	});

	it("refuses another task's external id instead of giving out the wrong voice", async () => {
		const sandbox = sandboxOf();
		const options = { externalTaskId: 'order-1042' };
		await rowsOf(sandbox, { parameters: { ...task, waitFor: 'poll', options } });
		const run = await runKling(sandbox, {
			parameters: { ...task, voiceName: 'Narrator B', options },
			settings: { onError: 'continueErrorOutput' },
		});
		expect(outputOf(run, NODE)).toEqual([]);
		const [error] = errorItems(run);
		expect(error?.message).toContain('belongs to another task');
		// With its ID somebody's Get would go on with the other's voice.
		expect(error).not.toHaveProperty('task_id');
		expect(sandbox.tasks).toHaveLength(1);
	});

	describe('an external id of an earlier create', () => {
		const again = { ...task, waitFor: 'poll', options: { externalTaskId: 'order-17' } };

		it.each(['poll', 'callback'])('whose task failed says so (%s)', async (waitFor) => {
			const sandbox = sandboxOf();
			sandbox.addFault({ on: 'create', kind: 'taskFails', message: 'noise', times: 1 });
			const first = await runKling(sandbox, { parameters: again });
			expect(errorOf(first)).toContain('could not make');
			expect(errorOf(first)).not.toContain('earlier');
			const second = await runKling(sandbox, { parameters: { ...again, waitFor } });
			expect(errorOf(second)).toContain('earlier task of this external task ID has failed');
			expect(errorOf(second)).toContain('change External Task ID');
			expect(sandbox.tasks).toHaveLength(1);
		});

		it('whose voice was deleted is an error, and not a voice without an ID', async () => {
			const sandbox = sandboxOf();
			const [made] = await rowsOf(sandbox, { parameters: again });
			const voiceId = { __rl: true, mode: 'id', value: made?.voice_id };
			await rowsOf(sandbox, { parameters: { operation: 'delete', voiceId } });
			const run = await runKling(sandbox, { parameters: again });
			expect(errorOf(run)).toContain(
				'The custom voice with this external task ID has been deleted',
			);
			expect(errorOf(run)).toContain(String(made?.task_id));
			expect(sandbox.tasks).toHaveLength(1);
		});
	});
});
