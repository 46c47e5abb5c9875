import type { IDataObject } from 'n8n-workflow';

import {
	CLIP,
	NODE,
	errorOf,
	outputOf,
	requestCounts,
	rowsOf,
	runKling,
	useSandbox,
	type Sandbox,
} from '../support/engine/kling.cjs';

const sandboxOf = useSandbox({ submittedMs: 0, processingMs: 0 });

const create = {
	voiceName: '={{ $json.name }}',
	voiceUrl: CLIP,
	waitFor: 'none',
	options: { maxConcurrency: 20 },
};
const many = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ name: `Voice ${index}` }));

async function fill(sandbox: Sandbox, count: number): Promise<IDataObject[]> {
	const rows = await rowsOf(sandbox, { parameters: create, items: many(count) });
	sandbox.requests.splice(0);
	return rows;
}

describe('Get Custom Voice', () => {
	const get = { operation: 'get' };

	it('finds a task by its task ID and by its external task ID', async () => {
		const sandbox = sandboxOf();
		const [made] = await fill(sandbox, 1);
		const rows = await rowsOf(sandbox, {
			parameters: { ...get, voice: '={{ $json.id }}' },
			items: [{ id: made?.task_id }, { id: ` ${String(made?.external_task_id)} ` }],
		});
		expect(rows.map(({ voice_name: name }) => name)).toEqual(['Voice 0', 'Voice 0']);
		expect(requestCounts(sandbox)).toEqual({ get: 2 });
	});

	it('finds a voice by its voice ID', async () => {
		const sandbox = sandboxOf();
		await fill(sandbox, 3);
		const value = sandbox.tasks[1]?.voices[0]?.voice_id;
		const voice = { __rl: true, mode: 'voiceId', value } as IDataObject;
		const rows = await rowsOf(sandbox, { parameters: { ...get, voice } });
		expect(rows.map(({ voice_name: name }) => name)).toEqual(['Voice 1']);
	});

	it('says where a voice ID belongs when one was entered as a task ID', async () => {
		const sandbox = sandboxOf();
		await fill(sandbox, 1);
		const taskId = sandbox.tasks[0]?.voices[0]?.voice_id;
		const run = await runKling(sandbox, { parameters: { ...get, voice: taskId } });
		expect(errorOf(run)).toContain('For a voice ID, choose By Voice ID');
	});

	it('gives a failed task as an item, and as an error with Wait Until Finished', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'create', kind: 'taskFails', message: 'no voice' });
		sandbox.options.processingMs = 60_000;
		const [made] = await rowsOf(sandbox, { parameters: create, items: many(1) });
		sandbox.finish(String(made?.task_id), 'failed', 'no voice');
		const [row] = await rowsOf(sandbox, { parameters: { ...get, voice: made?.task_id } });
		expect(row).toMatchObject({ task_status: 'failed', task_status_msg: 'no voice' });
		const waited = await runKling(sandbox, {
			parameters: { ...get, voice: made?.task_id, options: { waitUntilFinished: true } },
		});
		expect(errorOf(waited)).toContain('no voice');
	});

	it('waits for a task that another node created', async () => {
		const sandbox = sandboxOf();
		sandbox.options.processingMs = 2_000;
		const [made] = await rowsOf(sandbox, { parameters: create, items: many(1) });
		const [row] = await rowsOf(sandbox, {
			parameters: { ...get, voice: made?.external_task_id, options: { waitUntilFinished: true } },
		});
		expect(row).toMatchObject({
			task_id: made?.task_id,
			task_status: 'succeed',
			voice_name: 'Voice 0',
		});
	});

	it('gives an error for an unknown ID after one request', async () => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, { parameters: { ...get, voice: '42' } });
		expect(errorOf(run)).toContain('does not know this ID');
		expect(errorOf(run)).toContain('[item 0, task 42]');
		expect(requestCounts(sandbox)).toEqual({ get: 1 });
	});

	it('sends nothing for an ID that would be another path', async () => {
		const sandbox = sandboxOf();
		const run = await runKling(sandbox, { parameters: { ...get, voice: 'a/../b?c' } });
		expect(errorOf(run)).toContain('has characters that no ID has');
		expect(sandbox.requests).toEqual([]);
	});
});

describe('Get Many Custom Voices', () => {
	const getAll = { operation: 'getAll' };

	it('gives as many voices as the limit with one request', async () => {
		const sandbox = sandboxOf();
		await fill(sandbox, 70);
		const rows = await rowsOf(sandbox, { parameters: getAll });
		expect(rows).toHaveLength(50);
		expect(rows[0]).toHaveProperty('voice_id');
		expect(sandbox.requests.map(({ query }) => query)).toEqual([
			{ pageNum: '1', pageSize: '1000' },
		]);
	});

	it('reads pages of 1000 with Return All, and gives every task once', async () => {
		const sandbox = sandboxOf();
		for (const { name } of many(2_030)) sandbox.createTask({ voice_name: name });
		const rows = await rowsOf(sandbox, { parameters: { ...getAll, returnAll: true } });
		expect(new Set(rows.map(({ task_id: id }) => id)).size).toBe(2_030);
		expect(sandbox.requests.map(({ query }) => query)).toEqual(
			['1', '2', '3'].map((pageNum) => ({ pageNum, pageSize: '1000' })),
		);
	});

	it('leaves out voices that are gone and tasks without a voice, unless Status asks for them', async () => {
		const sandbox = sandboxOf();
		await fill(sandbox, 3);
		const gone = sandbox.tasks[0]?.voices[0]?.voice_id;
		const voiceId = { __rl: true, mode: 'id', value: gone } as IDataObject;
		await rowsOf(sandbox, { parameters: { operation: 'delete', voiceId } });
		sandbox.options.processingMs = 60_000;
		await rowsOf(sandbox, { parameters: create, items: [{ name: 'In the making' }] });
		const namesWith = async (filters?: IDataObject) =>
			(await rowsOf(sandbox, { parameters: { ...getAll, ...(filters && { filters }) } })).map(
				({ voice_name: name }) => name,
			);
		const existing = ['Voice 1', 'Voice 2'];
		expect((await namesWith()).sort()).toEqual(existing);
		expect(await namesWith({})).toHaveLength(4);
		expect(await namesWith({ existingOnly: true, status: ['processing'] })).toEqual([undefined]);
		const succeeded = await namesWith({ existingOnly: true, status: ['succeed'] });
		expect(succeeded.sort()).toEqual(existing);
	});

	it('filters by status and by part of the name', async () => {
		const sandbox = sandboxOf();
		await fill(sandbox, 12);
		sandbox.options.processingMs = 60_000;
		await rowsOf(sandbox, { parameters: create, items: [{ name: 'In the making' }] });
		const byStatus = { ...getAll, filters: { status: ['submitted', 'processing'] } };
		expect(await rowsOf(sandbox, { parameters: byStatus })).toHaveLength(1);
		const byName = { ...getAll, filters: { voiceName: 'voice 1', status: ['succeed'] } };
		const names = (await rowsOf(sandbox, { parameters: byName })).map(
			({ voice_name: name }) => name,
		);
		expect(names.sort()).toEqual(['Voice 1', 'Voice 10', 'Voice 11']);
	});

	it('gives tasks as Kling sent them with Simplify off', async () => {
		const sandbox = sandboxOf();
		await fill(sandbox, 1);
		const [row] = await rowsOf(sandbox, { parameters: { ...getAll, simplify: false } });
		expect(row).toMatchObject({ task_result: { voices: [{ voice_name: 'Voice 0' }] } });
	});

	it('pairs every voice with the item that asked', async () => {
		const sandbox = sandboxOf();
		await fill(sandbox, 2);
		const run = await runKling(sandbox, { parameters: getAll, items: [{}, {}] });
		expect(outputOf(run, NODE).map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 0, 1, 1].map((item) => ({ item })),
		);
	});

	it('says that the gateway has no list', async () => {
		const sandbox = sandboxOf();
		sandbox.options.routes = { list: false };
		const run = await runKling(sandbox, { parameters: getAll });
		expect(errorOf(run)).toContain('This gateway does not offer this operation');
	});
});

describe('Get Many Preset Voices', () => {
	const presets = { resource: 'presetVoice', operation: 'getAll', returnAll: true };

	it.each(['tasks', 'voices', 'list', 'voicesKey', 'items', 'rows'] as const)(
		'gives one item per voice from the shape "%s"',
		async (presetsShape) => {
			const sandbox = sandboxOf();
			sandbox.options.presetsShape = presetsShape;
			const rows = await rowsOf(sandbox, { parameters: presets });
			expect(rows.length).toBeGreaterThan(30);
			expect(Object.keys(rows[0] ?? {}).sort()).toEqual([
				'owned_by',
				'trial_url',
				'voice_id',
				'voice_name',
			]);
			expect(rows[0]?.owned_by).toBe('kling');
		},
	);

	it('stops at the limit', async () => {
		const parameters = { ...presets, returnAll: false, limit: 3 };
		expect(await rowsOf(sandboxOf(), { parameters })).toHaveLength(3);
	});

	it('repeats a read that failed with HTTP 500 or a cut connection', async () => {
		const sandbox = sandboxOf();
		sandbox.addFault({ on: 'presets', kind: 'errorBefore', status: 500, times: 1 });
		sandbox.addFault({ on: 'presets', kind: 'resetBefore', times: 1 });
		expect(await rowsOf(sandbox, { parameters: presets })).not.toHaveLength(0);
		// Two that failed, the first page, and one more as a gateway may cap pages at 40 rows.
		expect(requestCounts(sandbox)).toEqual({ presets: 4 });
	});
});
