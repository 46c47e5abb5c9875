import type { IDataObject, INodeType, IRun } from 'n8n-workflow';

import { CLIP, requestCounts, rowsOf } from '../support/engine/kling.cjs';
import {
	enter,
	errorText,
	given,
	KLING_TOOL,
	klingTool,
	MANUAL,
	one,
	template,
	useTemplates,
} from '../support/engine/templates.cjs';

const { sandbox, start, created, voiceId, clipUrl } = useTemplates();

describe('voices-from-a-table.json', () => {
	const row = (id: number, name: string, file = 'narrator.mp3') => ({
		json: {
			id,
			voice_name: name,
			voice_url: clipUrl(file),
			voice_id: null,
			task_id: null,
			problem: null,
			createdAt: '2026-11-22T20:00:00.000Z',
			updatedAt: '2026-11-22T20:00:00.000Z',
		},
	});
	const written = (run: IRun, node: string) =>
		given(run, node).map(({ filters, columns }) => ({
			where: (filters as { conditions: unknown[] }).conditions,
			values: (columns as { value: IDataObject }).value,
		}));
	const rowWith = (id: number) => [{ keyName: 'id', keyValue: id }];

	it('writes each voice, or its problem, into the row that asked for it', async () => {
		Object.assign(sandbox().options, { createMs: 500, slotHeldBy: 'request' });
		const rows = [
			row(11, 'First'),
			row(12, 'Too short', 'short.mp3'),
			row(13, 'A name that is far too long'),
			row(14, 'Fourth', 'narrator.wav'),
			row(15, 'Fifth'),
			row(16, 'Sixth'),
		];
		const run = await start(template('voices-from-a-table.json'), {
			items: { [MANUAL]: one(), 'Rows to Do': rows },
		}).finished;
		const task = (name: string) => sandbox().tasks.find(({ voice_name }) => voice_name === name);
		const done = (id: number, name: string) => ({
			where: rowWith(id),
			values: { voice_id: task(name)?.voices[0]?.voice_id, task_id: task(name)?.task_id },
		});
		expect(written(run, 'Write Voice ID')).toEqual([
			done(11, 'First'),
			done(14, 'Fourth'),
			done(15, 'Fifth'),
			done(16, 'Sixth'),
		]);
		expect(written(run, 'Write Problem')).toEqual([
			{
				where: rowWith(12),
				values: {
					problem: expect.stringContaining('too short: 2.1 s') as string,
					task_id: task('Too short')?.task_id,
				},
			},
			{
				where: rowWith(13),
				values: { problem: expect.stringContaining('Kling allows 20') as string, task_id: '' },
			},
		]);
		expect(sandbox().maxSeenInFlight).toBe(3);
		expect(requestCounts(sandbox()).create).toBe(5);
	});

	it('reads only rows that have neither a voice nor a problem', () => {
		const { nodes } = template('voices-from-a-table.json');
		const read = nodes.find(({ name }) => name === 'Rows to Do');
		expect(read?.parameters).toMatchObject({
			matchType: 'allConditions',
			filters: {
				conditions: [
					{ keyName: 'voice_id', condition: 'isEmpty' },
					{ keyName: 'problem', condition: 'isEmpty' },
				],
			},
		});
	});
});

describe('agent-makes-voices.json', () => {
	interface Tool {
		name: string;
		description: string;
		invoke(given: IDataObject): Promise<string>;
	}

	/** Stands where the model would be: calls the tool as n8n hands it to an agent. */
	const chat = async (filledIn: IDataObject): Promise<{ run: IRun; tools: Tool[] }> => {
		const file = template('agent-makes-voices.json');
		const tools: Tool[] = [];
		const agent: INodeType = {
			description: {
				displayName: 'Agent',
				name: 'agent',
				group: ['transform'],
				version: 1.9,
				description: 'Calls its tool once',
				defaults: {},
				inputs: ['main', { type: 'ai_tool' }],
				outputs: ['main'],
				properties: [],
			},
			async execute() {
				tools.push(...((await this.getInputConnectionData('ai_tool', 0)) as Tool[]));
				const output = (await tools[0]?.invoke(filledIn)) ?? '';
				return [[{ json: { output }, pairedItem: { item: 0 } }]];
			},
		};
		const message = { sessionId: 's1', action: 'sendMessage', chatInput: 'Make a voice' };
		const run = await start(file, {
			items: { 'When chat message received': one(message) },
			nodeTypes: { [KLING_TOOL]: klingTool(), '@n8n/n8n-nodes-langchain.agent': agent },
		}).finished;
		return { run, tools };
	};

	it('makes the voice that the model asks for, and gives it to the agent', async () => {
		const filledIn = { voice_name: 'Narrator A', voice_url: clipUrl('narrator.mp3') };
		const { run, tools } = await chat(filledIn);
		expect(tools.map(({ name, description }) => [name, description])).toEqual([
			['Make_Voice', expect.stringContaining('Makes a Kling custom voice') as string],
		]);
		expect(created()).toMatchObject([filledIn]);
		const [answer] = given(run, 'AI Agent');
		expect(JSON.parse(String(answer?.output))).toMatchObject([
			{ voice_id: voiceId(), voice_name: 'Narrator A', task_status: 'succeed' },
		]);
	});

	it('requires both fields from the model', async () => {
		const { run } = await chat({ voice_name: 'Narrator A' });
		expect(errorText(run)).toContain('did not match expected schema');
		expect(created()).toEqual([]);
	});

	it('tells the agent in words what is wrong', async () => {
		const { run } = await chat({ voice_name: 'Narrator A', voice_url: clipUrl('short.mp3') });
		// An error that is thrown reaches the model of an n8n agent before version 3 as an empty text.
		const [answer] = given(run, 'AI Agent');
		expect(answer?.output).toContain('too short: 2.1 s');
	});
});

describe('clean-up-old-voices.json', () => {
	const DAY_MS = 24 * 60 * 60 * 1000;

	/** @param ages in days, by voice name */
	const makeVoices = async (ages: Record<string, number>): Promise<void> => {
		Object.assign(sandbox().options, { submittedMs: 0, processingMs: 0, fetchClips: false });
		await rowsOf(sandbox(), {
			parameters: { voiceName: '={{ $json.name }}', voiceUrl: CLIP, waitFor: 'none' },
			items: Object.keys(ages).map((name) => ({ name })),
		});
		for (const task of sandbox().tasks) task.created_at -= (ages[task.voice_name] ?? 0) * DAY_MS;
	};
	const cleanUp = async (settings: IDataObject = {}, disabled = false): Promise<IDataObject[]> => {
		const file = template('clean-up-old-voices.json', (node) => {
			enter(node('Settings'), settings);
			expect(node('Delete Voices').disabled).toBe(true);
			node('Delete Voices').disabled = disabled;
		});
		const items = { 'Every Night': one({ timestamp: '2026-11-22T03:00:00.000-05:00' }) };
		const run = await start(file, { items }).finished;
		expect(errorText(run)).toBeUndefined();
		return given(run, 'Delete Voices');
	};
	const left = () =>
		sandbox().tasks.flatMap(({ voices }) =>
			voices.filter((voice) => !voice.deleted).map((voice) => voice.voice_name),
		);

	it('deletes nothing while its last node is deactivated', async () => {
		await makeVoices({ 'test-old': 31 });
		await cleanUp({}, true);
		expect(left()).toEqual(['test-old']);
	});

	it('deletes only voices that are old and begin with the prefix', async () => {
		await makeVoices({
			'test-old': 31,
			'test-new': 29,
			'test-today': 0,
			'Narrator A': 400,
			'my test-old': 400,
			'Test-old': 400,
		});
		expect(await cleanUp()).toEqual([
			{
				deleted: true,
				voice_id: sandbox().tasks.find((task) => task.voice_name === 'test-old')?.voices[0]
					?.voice_id,
			},
		]);
		expect(left().sort()).toEqual(
			['test-new', 'test-today', 'Narrator A', 'my test-old', 'Test-old'].sort(),
		);
		expect(await cleanUp()).toEqual([]);
	});

	it('follows its settings, and deletes nothing without a prefix', async () => {
		await makeVoices({ 'draft 1': 8, 'draft 2': 6, 'Narrator A': 8 });
		expect(await cleanUp({ prefix: '', days: 7 })).toEqual([]);
		expect(left()).toHaveLength(3);
		expect(await cleanUp({ prefix: 'draft', days: 7 })).toHaveLength(1);
		expect(left().sort()).toEqual(['Narrator A', 'draft 2']);
	});

	it('counts missing voices as deleted, and continues after an error', async () => {
		await makeVoices({ 'test-1': 40, 'test-2': 40, 'test-3': 40 });
		sandbox().addFault({ on: 'delete', kind: 'errorBefore', status: 404, code: 1203, times: 1 });
		sandbox().addFault({
			on: 'delete',
			kind: 'errorBefore',
			status: 403,
			code: 1103,
			skip: 1,
			times: 1,
		});
		const rows = await cleanUp();
		expect(rows.filter(({ deleted }) => deleted)).toHaveLength(2);
		expect(rows.filter(({ error }) => error)).toHaveLength(1);
		expect(left()).toHaveLength(2);
	});
});
