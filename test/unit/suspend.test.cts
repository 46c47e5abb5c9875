import type { IDataObject, INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';

import { cannotPause, suspend, suspended } from '../../nodes/Kling/tasks/pause/suspend';
import { resumeAddress } from '../../nodes/Kling/tasks/pause/address';
import { contextOf, kling, rowOf } from '../support/contexts.cjs';

const runAs = (type: string, executionId: string | undefined) =>
	contextOf({ getNode: () => ({ ...kling, type }), getExecutionId: () => executionId });

test.each([
	['n8n-nodes-kling-voice.kling', '5', undefined],
	['n8n-nodes-kling-voice.klingTool', '5', 'a tool of an AI agent cannot pause'],
	['n8n-nodes-kling-voice.kling', '', 'n8n does not store this execution'],
	['n8n-nodes-kling-voice.kling', undefined, 'n8n does not store this execution'],
	['n8n-nodes-kling-voice.toolKling', '5', undefined],
])(
	'a pause of the node type %s in execution "%s" has the obstacle: %s',
	(type, executionId, obstacle) => {
		expect(cannotPause(runAs(type, executionId))).toBe(obstacle);
	},
);

const resumingAt = (resumeUrl: unknown) =>
	contextOf({
		getNode: () => kling,
		getWorkflowDataProxy: () => ({ $execution: { resumeUrl }, $runIndex: 0 }),
	});

test.each([
	['https://n8n.example.com/webhook-waiting/5', '/webhook-waiting/5/kling', '?'],
	[
		'https://n8n.example.com/webhook-waiting/5?signature=ab%2Bc',
		'/webhook-waiting/5/kling',
		'?signature=ab%2Bc&',
	],
	['https://example.com/deep/er/webhook-waiting/5/', '/deep/er/webhook-waiting/5/kling', '?'],
])(
	'the resume address %s gets a path of its own, keeps its signature and names the pause',
	(address, pathname, search) => {
		const after = new URL(resumeAddress(resumingAt(address)));
		expect([after.origin, after.pathname, after.search]).toEqual([
			new URL(address).origin,
			pathname,
			expect.stringMatching(new RegExp(`^\\${search}pause=[\\da-f]{12}$`)),
		]);
	},
);

const NOTE = { taskId: '1', simple: true };

const named = {
	getNode: () => kling,
	getExecutionId: () => '5',
	getWorkflowDataProxy: () => ({ $runIndex: 0 }),
};

interface Stored {
	context: ReturnType<typeof contextOf>;
	waits: Date[];
	kept: IDataObject;
}

function storedIn(main: unknown, input: INodeExecutionData[] = []): Stored {
	const waits: Date[] = [];
	const kept: IDataObject = {};
	const context = contextOf({
		...named,
		getExecuteData: () => ({ data: { main } }),
		getInputData: () => input,
		getContext: () => kept,
		putExecutionToWait: async (until: Date) => {
			waits.push(until);
		},
	});
	return { context, waits, kept };
}

test.each([1, 3, 7])(
	'a pause replaces 3 stored items by %i rows in the same list',
	async (count) => {
		const list = [rowOf({ a: 1 }), rowOf({ a: 2 }), rowOf({ a: 3 })];
		const rows = Array.from({ length: count }, (_, row) => rowOf({ row }));
		const { context, waits, kept } = storedIn([list]);
		const before = Date.now();
		await suspend(context, rows, [NOTE, null], 90_000);
		expect(kept.klingPause).toEqual({
			v: 2,
			id: expect.stringMatching(/^[\da-f]{12}$/) as string,
			untilMs: waits[0]?.getTime(),
			notes: JSON.stringify([NOTE, null]),
		});
		expect(list).toEqual(rows);
		expect(waits).toHaveLength(1);
		expect(waits[0]?.getTime()).toBeGreaterThanOrEqual(before + 90_000);
		expect(waits[0]?.getTime()).toBeLessThan(before + 95_000);
	},
);

test.each([[undefined], [[]], [[null]]])(
	'a pause replaces the input data when n8n has stored %j',
	async (main) => {
		const input = [rowOf({ a: 1 })];
		await suspend(storedIn(main, input).context, [rowOf({ row: 0 })], [null], 60_000);
		expect(input).toEqual([rowOf({ row: 0 })]);
	},
);

test('a pause stores its rows before n8n is told to wait', async () => {
	const list = [rowOf({ a: 1 })];
	let seen: unknown;
	const context = contextOf({
		...named,
		getExecuteData: () => ({ data: { main: [list] } }),
		getContext: () => ({}),
		putExecutionToWait: async () => {
			seen = structuredClone(list);
		},
	});
	await suspend(context, [rowOf({ row: 0 })], [null], 60_000);
	expect(seen).toEqual([rowOf({ row: 0 })]);
});

const reading = (input: unknown, kept: unknown, name = 'Kling') => {
	const asked: string[] = [];
	const context = {
		getNode: () => ({ name }),
		evaluateExpression: (expression: string) => {
			asked.push(expression);
			return expression.includes('$input') ? input : kept;
		},
	};
	return { pause: suspended(context as object as IWebhookFunctions), asked };
};
const stored = (input: unknown) =>
	reading(input, { notes: [], untilMs: 5 }).pause?.rows.map(({ json }) => json);

test.each([[undefined], [null], ['x'], [[]], [{}], [{ notes: 'x' }]])(
	'a stored %j is not read as a pause',
	(kept) => {
		expect(reading([rowOf({})], kept).pause).toBeUndefined();
	},
);

const ROWS = [rowOf({ task_id: '1', external_task_id: 'e', timed_out: true }), rowOf({ row: 1 })];

test('the notes of a pause are read as they were stored', () => {
	const { pause } = reading(ROWS, { v: 1, untilMs: 5, notes: [NOTE, null] });
	expect(pause).toEqual({ rows: ROWS, untilMs: 5, notes: [NOTE, null] });
});

test('a pause whose notes are one text is read without its rows, which are read when asked for', () => {
	const notes = JSON.stringify([NOTE, null]);
	const { pause, asked } = reading(ROWS, { v: 2, id: 'a', untilMs: 5, notes });
	expect(pause).toMatchObject({ id: 'a', untilMs: 5, notes: [NOTE, null] });
	expect(asked).toHaveLength(1);
	expect(pause?.rows).toEqual(ROWS);
	expect(asked).toHaveLength(2);
});

test.each<[string, IDataObject]>([
	['no version', { notes: [NOTE, null] }],
	['version 3', { v: 3, notes: [NOTE, null] }],
	['half of a text', { v: 2, notes: '[{"taskId":' }],
	['version "1"', { v: '1', notes: [NOTE, null] }],
	['version 2 and nothing else', { v: 2 }],
	['notes that are no list', { v: 1, notes: 'x' }],
	['too few notes', { v: 1, notes: [] }],
	['a note that is a text', { v: 1, notes: ['x', null] }],
	['a note without a task', { v: 1, notes: [{ simple: true }, null] }],
	['a task ID that is a number', { v: 1, notes: [{ ...NOTE, taskId: 7 }, null] }],
	['a name that is an object', { v: 1, notes: [{ ...NOTE, name: {} }, null] }],
	['a field that is a list', { v: 1, notes: [{ ...NOTE, fileField: ['a'] }, null] }],
	['no Simplify', { v: 1, notes: [{ taskId: '1' }, null] }],
])('a stored pause with %s keeps the IDs of the row that waits', (_, kept) => {
	const { pause } = reading(ROWS, { untilMs: 5, ...kept });
	const lost = { taskId: '1', externalTaskId: 'e', isLost: true };
	expect(pause).toEqual({ rows: ROWS, untilMs: 5, notes: [lost, null] });
});

test('an unreadable note of a pause leaves the other notes as they are', () => {
	const { pause } = reading([ROWS[0], ROWS[0]], { v: 1, untilMs: 5, notes: [NOTE, 'x'] });
	expect(pause?.notes).toEqual([NOTE, expect.objectContaining({ isLost: true })]);
});

test('a pause without a readable time counts as not over', () => {
	expect(reading(ROWS, { v: 1, untilMs: '5', notes: [NOTE, null] }).pause?.untilMs).toBe(Infinity);
});

test('a stored row is read with its JSON and files only', () => {
	const row = { json: { a: 1 }, binary: { data: { mimeType: 'audio/mpeg' } }, error: 'x' };
	const { pause } = reading([row, { json: { a: 2 }, binary: 'x' }], { v: 1, notes: [null, null] });
	expect(pause?.rows).toEqual([{ json: row.json, binary: row.binary }, { json: { a: 2 } }]);
});

test.each([
	['Kling', '{{ $("Kling").context.klingPause }}'],
	['Say "}}"', '{{ $("Say \\"\\u007d\\u007d\\"").context.klingPause }}'],
])('the pause of a node named %s is found by its name', (name, expression) => {
	expect(reading([], {}, name).asked).toContain(expression);
});

test.each<[string, unknown, unknown]>([
	['items', [rowOf({ a: 1 }), rowOf({ b: 2 })], [{ a: 1 }, { b: 2 }]],
	['items with files', [{ json: { a: 1 }, binary: {} }], [{ a: 1 }]],
	['JSON alone', [{ task_id: '1' }, { error: {} }], [{ task_id: '1' }, { error: {} }]],
	['JSON that has "json" as a text', [{ json: 'text' }], [{ json: 'text' }]],
	['nothing', [], []],
	['no list', { json: {} }, undefined],
	['undefined', undefined, undefined],
	['things that are no items', [null, 'x', 5, [rowOf({})], rowOf({ a: 1 })], [{ a: 1 }]],
])('the stored items of a pause are read: %s', (_, input, rows) => {
	expect(stored(input)).toEqual(rows);
});
