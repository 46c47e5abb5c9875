import type { IDataObject } from 'n8n-workflow';

import { problemFrom } from '../../nodes/Kling/api/errors';
import { failed, ok, type Cause, type Reply } from '../../nodes/Kling/api/reply';
import { TASK_KINDS } from '../../nodes/Kling/tasks/kinds';
import { isUnfinished, readMany } from '../../nodes/Kling/tasks/readMany';
import type { Task } from '../../nodes/Kling/tasks/task';
import { clientOf, type Said } from '../support/contexts.cjs';
import { taskOf } from '../support/answers.cjs';

const KIND = TASK_KINDS.customVoice;
const NO_ROUTE: Said = { status: 404, body: { error: { message: 'Invalid URL' } } };

const done = (id: string | number): IDataObject => ({
	task_id: id,
	task_status: 'succeed',
	task_result: { voices: [{ voice_id: `voice-${id}` }] },
});
const busy = (id: string): IDataObject => ({ task_id: id, task_status: 'processing' });

interface Gateway {
	list?: IDataObject[];
	/** Tasks by the last part of their path; what is not there is unknown. */
	one?: Record<string, IDataObject>;
}

async function read(ids: string[], { list, one = {} }: Gateway, untilUnfinished = false) {
	const { client, requests } = await clientOf(({ path }) => {
		if (path === KIND.path) return list ? { data: list } : NO_ROUTE;
		const task = one[path.slice(KIND.path.length + 1)];
		return task ? { data: task } : { status: 404, body: { code: 1203, message: 'no such task' } };
	});
	const found = await readMany(client, KIND, ids, untilUnfinished);
	const asked = requests.map(({ path }) => path.slice(KIND.path.length + 1) || 'list');
	return { found, asked, requests };
}

const statuses = (found: Map<string, Reply<Task>>) =>
	Object.fromEntries(
		[...found].map(([id, reply]) => [id, reply.ok ? reply.value.status : reply.problem.cause]),
	);

test('readMany sends no request for no tasks', async () => {
	const { found, asked } = await read([], { list: [] });
	expect([found.size, asked]).toEqual([0, []]);
});

test('readMany reads a single task by its ID', async () => {
	const { found, asked } = await read(['1'], { list: [done('1')], one: { 1: done('1') } });
	expect(asked).toEqual(['1']);
	expect(statuses(found)).toEqual({ 1: 'succeed' });
});

test('readMany finds several tasks on one page, in any order and among others', async () => {
	const list = [done('9'), busy('3'), { no: 'id' }, done('1'), done('2'), done('8')];
	const { found, asked } = await read(['1', '2', '3'], { list });
	expect(asked).toEqual(['list']);
	expect(statuses(found)).toEqual({ 1: 'succeed', 2: 'succeed', 3: 'processing' });
});

test.each([
	[2, 100],
	[50, 100],
	[51, 102],
	[500, 1000],
	[600, 1000],
])('readMany asks, for %i tasks, for a page of %i rows', async (count, pageSize) => {
	const ids = Array.from({ length: count }, (_, index) => String(index));
	const { requests } = await read(ids, { list: ids.map((id) => done(id)) });
	expect(requests.map(({ query }) => query)).toEqual([{ pageNum: 1, pageSize }]);
});

test.each<[string, IDataObject]>([
	['a success without its result', { task_id: '2', task_status: 'succeed' }],
	['an unknown status', { task_id: '2', task_status: 'thinking' }],
	['no status', { task_id: '2' }],
	['another spelling of the ID', done('gateway-2')],
	['no ID at all', { task_status: 'succeed', task_result: { voices: [{ voice_id: '7' }] } }],
])('readMany reads a task again whose row has %s', async (_, row) => {
	const { found, asked } = await read(['1', '2'], {
		list: [done('1'), row],
		one: { 2: done('2') },
	});
	expect(asked).toEqual(['list', '2']);
	expect(statuses(found)).toEqual({ 1: 'succeed', 2: 'succeed' });
});

test('readMany finds IDs that came as numbers', async () => {
	const { asked } = await read(['1', '850087542757535834'], {
		list: [done(1), done('850087542757535834')],
	});
	expect(asked).toEqual(['list']);
});

test.each<[string, IDataObject[] | undefined]>([
	['has no list', undefined],
	['lists others', Array.from({ length: 100 }, (_, row) => done(`other-${row}`))],
	['lists nothing', []],
])('readMany reads tasks one by one at a gateway that %s', async (_, list) => {
	const { found, asked } = await read(['1', '2'], { list, one: { 1: done('1'), 2: busy('2') } });
	expect(asked).toEqual(['list', '1', '2']);
	expect(statuses(found)).toEqual({ 1: 'succeed', 2: 'processing' });
});

test('readMany gives a problem for each task that does not exist', async () => {
	const { found } = await read(['1', '2'], { list: [done('1')] });
	expect(statuses(found)).toEqual({ 1: 'succeed', 2: 'missing' });
});

test('readMany never gives one voice to two tasks', async () => {
	const { found } = await read(['1', '2'], { list: [done('1'), done('2')] });
	const voices = [...found.values()].map((reply) => reply.ok && reply.value.results[0]?.voice_id);
	expect(voices).toEqual(['voice-1', 'voice-2']);
});

describe('readMany until one task is unfinished', () => {
	test('stops when the list shows one', async () => {
		const { found, asked } = await read(['1', '2', '3'], { list: [busy('2')] }, true);
		expect(asked).toEqual(['list']);
		expect([...found.values()].some(isUnfinished)).toBe(true);
	});

	test('reads the newest task first, and no other if it is unfinished', async () => {
		const one = { 1: done('1'), 2: done('2'), 3: busy('3') };
		const { asked } = await read(['1', '2', '3'], { list: [], one }, true);
		expect(asked).toEqual(['list', '3']);
	});

	test('reads all tasks when all are final', async () => {
		const one = { 1: done('1'), 2: { task_id: '2', task_status: 'failed' }, 3: done('3') };
		const { found, asked } = await read(['1', '2', '3'], { list: [], one }, true);
		expect(asked).toEqual(['list', '3', '2', '1']);
		expect(statuses(found)).toEqual({ 1: 'succeed', 2: 'failed', 3: 'succeed' });
	});

	test('stops when a task cannot be read at the moment', async () => {
		const { client, requests } = await clientOf(({ path }) =>
			path === KIND.path ? { data: [] } : { status: 401, body: { code: 1000, message: 'no' } },
		);
		const found = await readMany(client, KIND, ['1', '2'], true);
		expect(requests.map(({ path }) => path)).toEqual([KIND.path, `${KIND.path}/2`]);
		expect(found.has('1')).toBe(false);
	});

	test('leaves the list of IDs as it was given', async () => {
		const ids = ['1', '2', '3'];
		await read(ids, { list: [] }, true);
		expect(ids).toEqual(['1', '2', '3']);
	});
});

test.each<[string, Reply<Task>, boolean]>([
	['submitted', ok(taskOf({ task_id: '1', task_status: 'submitted' })), true],
	['processing', ok(taskOf({ task_id: '1', task_status: 'processing' })), true],
	['unknown', ok(taskOf({ task_id: '1', task_status: '?' })), true],
	['succeed', ok(taskOf({ task_id: '1', task_status: 'succeed' })), false],
	['failed', ok(taskOf({ task_id: '1', task_status: 'failed' })), false],
	['no such task', failed(problemFrom({ httpStatus: 404, code: '1203' })), false],
	['no such route', failed(problemFrom({ httpStatus: 404 })), true],
	['a server error', failed(problemFrom({ httpStatus: 503 })), true],
	['a wrong key', failed(problemFrom({ httpStatus: 401 })), true],
	['too many requests', failed(problemFrom({ httpStatus: 429, code: '1302' })), true],
])('the reply %s leaves something to wait for: %s', (_, reply, unfinished) => {
	expect(isUnfinished(reply)).toBe(unfinished);
});

test('a wait ends without a result only when the task does not exist', () => {
	const causes: Cause[] = [
		'account',
		'busy',
		'cancelled',
		'notOffered',
		'rate',
		'server',
		'timeout',
		'unreachable',
		'unreadable',
	];
	for (const cause of causes) {
		expect(isUnfinished(failed({ cause, retry: 'never', what: '', advice: '' }))).toBe(true);
	}
});
