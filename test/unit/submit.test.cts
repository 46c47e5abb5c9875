import type { IDataObject } from 'n8n-workflow';

import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import { memoryOf } from '../../nodes/Kling/tasks/memory';
import { submit, type IdOrigin } from '../../nodes/Kling/tasks/submit';
import { problemOf, valueOf } from '../support/answers.cjs';
import { clientOf, type Said } from '../support/contexts.cjs';

const PATH = CUSTOM_VOICE.path;
const BODY = { voice_name: 'Anna', external_task_id: 'order-1' };
const made = (name = 'Anna'): IDataObject => ({
	task_id: '7',
	task_info: { external_task_id: 'order-1' },
	task_status: 'succeed',
	task_result: { voices: [{ voice_id: '9', voice_name: name }] },
});
const USED: Said = {
	status: 400,
	body: { code: 1201, message: 'external_task_id already exists' },
};
const BUSY: Said = { status: 503, body: { code: 5001, message: 'maintenance' } };
const LOST: Said = { status: 504, body: { code: 5002, message: 'timeout' } };
const NONE: Said = { status: 400, body: { code: 1201, message: 'Task not found' } };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

interface Given {
	idOrigin?: IdOrigin;
	/** Whether the address is known to lead to one account. */
	singleAccount?: boolean;
	/** What the node's context holds; the derived ids are order-1, order-1-1 and so on. */
	kept?: IDataObject;
	/** In milliseconds. */
	timeoutMs?: number;
	id?: string;
}

/** Submits once. The API gives `answers` to creates, one after the other, and `look` to every look-up. */
async function submitted(answers: Said[], look: Said | ((id: string) => Said), given: Given = {}) {
	const { idOrigin = 'given', kept = {}, id = 'order-1', singleAccount = true } = given;
	const left = [...answers];
	const { client, requests } = await clientOf(
		({ method, path }) => {
			if (method === 'POST') return left.shift() ?? LOST;
			return typeof look === 'function' ? look(path.slice(PATH.length + 1)) : look;
		},
		{ singleAccount },
	);
	const started = Date.now();
	let endedAfterMs = 0;
	const reply = submit(client, CUSTOM_VOICE, {
		body: { ...BODY, external_task_id: id },
		idOrigin,
		nextId: (attempt) => (attempt === 0 ? id : `${id}-${String(attempt)}`),
		withTag: async (named) => await Promise.resolve(named),
		timeoutMs: given.timeoutMs ?? 300_000,
		memory: memoryOf({ getContext: () => kept }),
	}).finally(() => {
		endedAfterMs = Date.now() - started;
	});
	await jest.advanceTimersByTimeAsync(200_000);
	const creates = requests.filter(({ method }) => method === 'POST').length;
	const paths = requests.map(({ path }) => path);
	return { reply: await reply, creates, endedAfterMs, paths, kept };
}

test('submit looks a used external ID up at once, also after a temporary refusal', async () => {
	const { reply, creates, endedAfterMs } = await submitted([BUSY, USED], { data: made() });
	expect(valueOf(reply)).toMatchObject({ task: { taskId: '7' }, origin: 'earlier' });
	expect(creates).toBe(2);
	// The pause after the refusal, and none before the look.
	expect(endedAfterMs).toBeLessThan(2_000);
});

test('submit looks a create up after a pause when its answer was lost, and gives it to its item', async () => {
	const { reply, creates, endedAfterMs } = await submitted(
		[LOST],
		{ data: made() },
		{ idOrigin: 'derived' },
	);
	expect(valueOf(reply)).toMatchObject({ task: { taskId: '7' }, origin: 'created' });
	expect(creates).toBe(1);
	expect(endedAfterMs).toBeGreaterThanOrEqual(3_000);
});

test('submit refuses a task of the given external ID that has another name', async () => {
	const { reply, creates } = await submitted([USED], { data: made('Bert') });
	expect(problemOf(reply)).toMatchObject({
		cause: 'duplicate',
		task: { external_task_id: 'order-1' },
	});
	expect(creates).toBe(1);
});

test('submit sends an unknown create again, five times at most, and then says that it may exist', async () => {
	const { reply, creates } = await submitted([], NONE, { idOrigin: 'derived' });
	expect(problemOf(reply)).toMatchObject({ mayExist: true, task: { external_task_id: 'order-1' } });
	expect(problemOf(reply).advice).toMatch(/^The task may exist although the answer was lost\./);
	expect(creates).toBe(5);
});

test('submit sends nothing again when the look-up fails', async () => {
	const { reply, creates } = await submitted([LOST], BUSY, { idOrigin: 'derived' });
	expect(problemOf(reply)).toMatchObject({ mayExist: true });
	expect(creates).toBe(1);
});

test.each<[string, Said, string]>([
	['an empty object', { status: 200, body: {} }, 'nameless'],
	['an echo of the request', { status: 200, body: BODY }, 'nameless'],
	['a status alone', { status: 200, body: { status: 'success' } }, 'nameless'],
	['a voice without a task', { status: 200, body: { voice_id: '9' } }, 'created'],
])(
	'submit keeps the external ID of a create that is answered with %s, and does not send it again',
	async (_, answer, origin) => {
		const { reply, creates } = await submitted([answer], NONE, { idOrigin: 'derived' });
		expect(valueOf(reply)).toMatchObject({ task: { externalTaskId: 'order-1' }, origin });
		expect(creates).toBe(1);
	},
);

test('submit finds a create that is answered without an ID by its external ID', async () => {
	const { reply, paths } = await submitted(
		[{ status: 200, body: {} }],
		{ data: made() },
		{ idOrigin: 'derived' },
	);
	expect(valueOf(reply)).toMatchObject({ task: { taskId: '7' }, origin: 'created' });
	expect(paths).toEqual([PATH, `${PATH}/order-1`]);
});

const other = (id: string, status = 'succeed'): IDataObject => ({
	task_id: id,
	task_status: status,
	...(status === 'succeed' && { task_result: { voices: [{ voice_id: '9', voice_name: 'Anna' }] } }),
});
const derived: Given = { idOrigin: 'derived', singleAccount: false };

test.each<[string, Said | ((id: string) => Said)]>([
	['Kling says not found, as another account may', NONE],
	['its own words say not found', { status: 404, body: { code: 'task_not_exist', message: 'x' } }],
	['every list is empty', { data: [] }],
	['it answers with another task', { data: other('8') }],
	[
		'its list has old tasks without external IDs',
		(id) => (id === '' ? { data: [{ ...other('8'), created_at: '2020-01-01 00:00:00' }] } : NONE),
	],
])('submit sends an unclear create once at a gateway when %s', async (_, look) => {
	const { reply, creates, kept } = await submitted([LOST], look, derived);
	expect(creates).toBe(1);
	expect(problemOf(reply)).toMatchObject({ mayExist: true, task: { external_task_id: 'order-1' } });
	expect(kept).toEqual({ 'kling:order-1': 'sent' });
	const retry = await submitted([], look, { ...derived, kept });
	expect(retry.creates).toBe(0);
	expect(problemOf(retry.reply)).toMatchObject({ mayExist: true });
});

test.each<[string, Said]>([
	['an undocumented complaint with HTTP 200', { status: 200, body: { code: -1, message: 'no' } }],
	['a redirect without a body', { status: 301, body: '' }],
])('submit never sends a create again after %s, not even at Kling', async (_, answer) => {
	const { reply, creates } = await submitted([answer], NONE, { idOrigin: 'derived' });
	expect(reply.ok).toBe(false);
	expect(creates).toBe(1);
});

test('submit ends within its timeout and two seconds when the answer was lost', async () => {
	const { reply, endedAfterMs } = await submitted([LOST], NONE, { ...derived, timeoutMs: 10_000 });
	expect(problemOf(reply)).toMatchObject({ mayExist: true });
	expect(endedAfterMs).toBeLessThanOrEqual(12_000);
});

test('submit reads the task of an earlier try by its task ID and sends nothing', async () => {
	const kept = { 'kling:order-1': 'made:7' };
	const { reply, paths } = await submitted([], { data: other('7') }, { ...derived, kept });
	expect(valueOf(reply)).toMatchObject({ task: { taskId: '7' }, origin: 'created' });
	expect(paths).toEqual([`${PATH}/7`]);
});

test('submit takes the next ID after a task that Kling failed', async () => {
	const kept = { 'kling:order-1': 'made:7' };
	const look = { data: other('7', 'failed') };
	const { reply, creates } = await submitted([{ data: other('8') }], look, { ...derived, kept });
	expect(valueOf(reply)).toMatchObject({ task: { taskId: '8' } });
	expect(creates).toBe(1);
	expect(kept).toEqual({ 'kling:order-1': 'failed', 'kling:order-1-1': 'made:8' });
});

test("submit sends nothing again after a gateway's own end of a task", async () => {
	const kept = { 'kling:order-1': 'made:7' };
	const { reply, creates } = await submitted(
		[],
		{ data: other('7', 'cancelled') },
		{ ...derived, kept },
	);
	expect(valueOf(reply)).toMatchObject({ task: { status: 'failed' } });
	expect(creates).toBe(0);
});

test('submit takes the next ID in a retry after a refusal with the code of Kling', async () => {
	const refusal: Said = { status: 400, body: { code: 1301, message: 'unsafe' } };
	const { kept } = await submitted([refusal], NONE, derived);
	expect(kept).toEqual({ 'kling:order-1': 'failed' });
	const { reply } = await submitted([{ data: other('8') }], NONE, { ...derived, kept });
	expect(valueOf(reply)).toMatchObject({ task: { taskId: '8' } });
	expect(kept).toMatchObject({ 'kling:order-1-1': 'made:8' });
});

test('submit forgets a create that the gateway refused', async () => {
	const { kept } = await submitted([{ status: 401, body: { error: 'key' } }], NONE, derived);
	expect(kept).toEqual({});
});

test('submit does not take another ID when a used one leads to no task', async () => {
	const { kept, reply } = await submitted([USED], NONE, derived);
	expect(problemOf(reply)).toMatchObject({ cause: 'duplicate', mayExist: true });
	expect(kept).toEqual({ 'kling:order-1': 'sent' });
});

describe('submit at a gateway, with an external ID that the user typed,', () => {
	const typed: Given = { singleAccount: false };

	test('finds its task without sending anything', async () => {
		const { reply, creates } = await submitted([], { data: made() }, typed);
		expect(valueOf(reply)).toMatchObject({ origin: 'earlier' });
		expect(creates).toBe(0);
	});

	test('creates the task when the gateway does not know the ID', async () => {
		const { reply, creates } = await submitted([{ data: other('8') }], NONE, typed);
		expect(valueOf(reply)).toMatchObject({ origin: 'created', task: { taskId: '8' } });
		expect(creates).toBe(1);
	});

	test('never sends an ID that an earlier error named', async () => {
		const { reply, creates } = await submitted([], NONE, { ...typed, id: 'n8n-7-0-abc' });
		expect(problemOf(reply)).toMatchObject({ mayExist: true });
		expect(creates).toBe(0);
	});
});

test('submit remembers in the process where n8n keeps no context', () => {
	const context = {
		getContext: () => {
			throw new Error('no context');
		},
	};
	memoryOf(context).write('order-9', { state: 'made', taskId: '7' });
	expect(memoryOf(context).read('order-9')).toEqual({ state: 'made', taskId: '7' });
	memoryOf(context).write('order-9', undefined);
	expect(memoryOf(context).read('order-9')).toBeUndefined();
});
