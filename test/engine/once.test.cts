import {
	credentialsFor,
	NODE,
	TASK,
	errorItems,
	errorOf,
	outputOf,
	requestCounts,
	rowsOf,
	runKling,
	useSandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox();

/** Says that the sandbox is one account, as Kling's own hosts are. */
const asKling = () => ({ ...credentialsFor(sandboxOf()), singleAccount: true });

describe('A create', () => {
	it.each([
		['the answer is lost', { kind: 'answerLost' }],
		['HTTP 500 comes after the voice was made', { kind: 'errorAfter', status: 500 }],
		['code 5002 comes after the voice was made', { kind: 'errorAfter', code: 5002 }],
		['a proxy answers 502 after the voice was made', { kind: 'errorAfter', status: 502 }],
		['a CDN gives up with 524', { kind: 'errorAfter', error: 'cloudflareTimeout' }],
		['a web page answers 200', { kind: 'errorAfter', error: 'spaPage' }],
	] as const)('finds its voice and makes no second one when %s', async (_name, fault) => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', times: 1, ...fault });
		const [row] = await rowsOf(sandbox, { parameters: TASK });
		expect(row?.task_id).toBe(sandbox.tasks[0]?.task_id);
		expect(requestCounts(sandbox)).toEqual({ create: 1, get: 1 });
	});

	it.each([
		['the connection is reset before the voice is made', { kind: 'resetBefore' }],
		['HTTP 500 comes before the voice is made', { kind: 'errorBefore', status: 500 }],
		['a web page with 503 comes before the voice is made', { kind: 'htmlPage', status: 503 }],
		['Kling is under maintenance (5001)', { kind: 'errorBefore', code: 5001 }],
	] as const)('is sent again with the same external ID when %s', async (_name, fault) => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', times: 2, ...fault });
		await rowsOf(sandbox, { parameters: TASK, credentials: asKling() });
		const ids = sandbox.requests
			.filter(({ route }) => route === 'create')
			.map(({ body }) => (body as { external_task_id: string }).external_task_id);
		expect(ids).toHaveLength(3);
		expect(new Set(ids).size).toBe(1);
		expect(sandbox.tasks).toHaveLength(1);
	});

	it.each([['echo'], ['empty'], ['emptyObject'], ['noData']] as const)(
		'finds its task by the external ID when the answer is "%s"',
		async (envelope) => {
			const sandbox = sandboxOf();
			sandbox.addFault({ on: 'create', kind: 'envelope', envelope });
			const [row] = await rowsOf(sandbox, { parameters: TASK });
			expect(row?.task_id).toBe(sandbox.tasks[0]?.task_id);
			expect(requestCounts(sandbox)).toEqual({ create: 1, get: 1 });
		},
	);

	it('finds its task in the list when the gateway does not know external IDs', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { findByExternalId: false };
		sandbox.addFault({ on: 'create', kind: 'envelope', envelope: 'echo' });
		const [row] = await rowsOf(sandbox, { parameters: { ...TASK, waitFor: 'poll' } });
		expect(row).toMatchObject({ task_id: sandbox.tasks[0]?.task_id, voice_name: 'Narrator A' });
		expect(requestCounts(sandbox).create).toBe(1);
	});

	it('gives its external ID with a hint when the gateway cannot look tasks up', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { get: false, list: false };
		sandbox.addFault({ on: 'create', kind: 'envelope', envelope: 'echo' });
		const [row] = await rowsOf(sandbox, { parameters: { ...TASK, waitFor: 'poll' } });
		expect(row).toMatchObject({
			external_task_id: sandbox.tasks[0]?.external_task_id,
			hint: expect.stringContaining('Nothing was sent twice') as string,
		});
		expect(requestCounts(sandbox).create).toBe(1);
	});

	it('is not sent again when the look-up fails, and the error names its external ID', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { get: false };
		sandbox.addFault({ on: 'create', kind: 'answerLost' });
		const run = await runKling(sandbox, { parameters: TASK });
		expect(sandbox.tasks).toHaveLength(1);
		expect(requestCounts(sandbox).create).toBe(1);
		expect(errorOf(run)).toContain(sandbox.tasks[0]?.external_task_id);
		expect(errorOf(run)).toContain('may exist');
	});

	it('finds the task of the first try with Retry On Fail', async () => {
		const sandbox = sandboxOf();
		// The first try makes the task and then cannot read it; the second try makes the same request.
		sandbox.addFault({ on: 'get', kind: 'errorBefore', code: 1103, times: 1 });
		const rows = await rowsOf(sandbox, {
			parameters: { ...TASK, waitFor: 'poll' },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
		});
		expect(rows[0]).toMatchObject({ task_status: 'succeed', voice_name: 'Narrator A' });
		expect(requestCounts(sandbox).create).toBe(1);
		expect(sandbox.tasks).toHaveLength(1);
	});

	it('takes a new external ID with Retry On Fail after a task that Kling failed', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'taskFails', message: 'noise', times: 1 });
		const rows = await rowsOf(sandbox, {
			parameters: { ...TASK, waitFor: 'poll' },
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 },
		});
		expect(rows[0]).toMatchObject({ task_status: 'succeed' });
		expect(new Set(sandbox.tasks.map(({ external_task_id: id }) => id)).size).toBe(2);
		expect(requestCounts(sandbox).create).toBe(2);
	});

	it('is sent once to a gateway with two accounts that loses the answer, even with Retry On Fail', async () => {
		const sandbox = sandboxOf();
		sandbox.options.accounts = 2;
		sandbox.addFault({ on: 'create', kind: 'errorAfter', status: 504 });
		const run = await runKling(sandbox, {
			parameters: { ...TASK, options: { timeout: 6 } },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
		});
		expect(requestCounts(sandbox).create).toBe(1);
		expect(errorOf(run)).toContain('may exist');
		expect(errorOf(run)).toContain(sandbox.tasks[0]?.external_task_id);
	});

	it('ends in time when the gateway never answers', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'any', kind: 'slow', delayMs: 60_000 });
		const started = Date.now();
		const run = await runKling(sandbox, { parameters: { ...TASK, options: { timeout: 3 } } });
		expect(Date.now() - started).toBeLessThan(8_000);
		expect(errorOf(run)).toContain('may exist');
		expect(requestCounts(sandbox).create).toBe(1);
	});

	it('has an external ID of its own for each item and each execution', async () => {
		const sandbox = sandboxOf();
		const run = { parameters: TASK, items: [{}, {}] };
		await rowsOf(sandbox, run);
		await rowsOf(sandbox, run);
		expect(new Set(sandbox.tasks.map(({ external_task_id: id }) => id)).size).toBe(4);
	});

	it('finds its task when the same execution runs again', async () => {
		const sandbox = sandboxOf();
		const run = { parameters: TASK, items: [{}, {}], executionId: '77' };
		const first = await rowsOf(sandbox, run);
		const second = await rowsOf(sandbox, run);
		expect(second.map(({ task_id: id }) => id)).toEqual(first.map(({ task_id: id }) => id));
		expect(sandbox.tasks).toHaveLength(2);
	});

	it('is refused when its external ID belongs to a task of another voice', async () => {
		const sandbox = sandboxOf();
		const options = { externalTaskId: 'order-1042' };
		await rowsOf(sandbox, { parameters: { ...TASK, waitFor: 'poll', options } });
		const run = await runKling(sandbox, {
			parameters: { ...TASK, voiceName: 'Narrator B', options },
			settings: { onError: 'continueErrorOutput' },
		});
		expect(outputOf(run, NODE)).toEqual([]);
		const [error] = errorItems(run);
		expect(error?.message).toContain('belongs to another task');
		// With its ID a Get behind this node would continue with the voice of another task.
		expect(error).not.toHaveProperty('task_id');
		expect(sandbox.tasks).toHaveLength(1);
	});

	describe('with the external ID of an earlier create', () => {
		const again = { ...TASK, waitFor: 'poll', options: { externalTaskId: 'order-17' } };

		it.each(['poll', 'callback'])(
			'says that the earlier task failed (Wait For: %s)',
			async (waitFor) => {
				const sandbox = sandboxOf();
				sandbox.addFault({ on: 'create', kind: 'taskFails', message: 'noise', times: 1 });
				const first = await runKling(sandbox, { parameters: again });
				expect(errorOf(first)).toContain('could not make');
				expect(errorOf(first)).not.toContain('earlier');
				const second = await runKling(sandbox, { parameters: { ...again, waitFor } });
				expect(errorOf(second)).toContain('earlier task with this external task ID has failed');
				expect(errorOf(second)).toContain('change External Task ID');
				expect(sandbox.tasks).toHaveLength(1);
			},
		);

		it('is an error when the earlier voice was deleted', async () => {
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
