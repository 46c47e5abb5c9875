import type { IDataObject } from 'n8n-workflow';

import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
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

/** Submits once. The API gives `answers` to creates, one after the other, and `look` to every look-up. */
async function submitted(answers: Said[], look: Said, idOrigin: IdOrigin = 'given') {
	const left = [...answers];
	const { client, requests } = await clientOf(({ method }) =>
		method === 'POST' ? (left.shift() ?? LOST) : look,
	);
	const started = Date.now();
	let endedAfterMs = 0;
	const reply = submit(client, CUSTOM_VOICE, BODY, idOrigin).finally(() => {
		endedAfterMs = Date.now() - started;
	});
	await jest.advanceTimersByTimeAsync(200_000);
	const creates = requests.filter(({ method }) => method === 'POST').length;
	return { reply: await reply, creates, endedAfterMs, paths: requests.map(({ path }) => path) };
}

test('submit looks a used external ID up at once, also after a temporary refusal', async () => {
	const { reply, creates, endedAfterMs } = await submitted([BUSY, USED], { data: made() });
	expect(valueOf(reply)).toMatchObject({ task: { taskId: '7' }, origin: 'earlier' });
	expect(creates).toBe(2);
	// The pause after the refusal, and none before the look.
	expect(endedAfterMs).toBeLessThan(2_000);
});

test('submit looks a create up after a pause when its answer was lost, and gives it to its item', async () => {
	const { reply, creates, endedAfterMs } = await submitted([LOST], { data: made() }, 'derived');
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
	const { reply, creates } = await submitted([], NONE, 'derived');
	expect(problemOf(reply)).toMatchObject({ mayExist: true, task: { external_task_id: 'order-1' } });
	expect(problemOf(reply).advice).toMatch(/^The task may exist although the answer was lost\./);
	expect(creates).toBe(5);
});

test('submit sends nothing again when the look-up fails', async () => {
	const { reply, creates } = await submitted([LOST], BUSY, 'derived');
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
		const { reply, creates } = await submitted([answer], NONE, 'derived');
		expect(valueOf(reply)).toMatchObject({ task: { externalTaskId: 'order-1' }, origin });
		expect(creates).toBe(1);
	},
);

test('submit finds a create that is answered without an ID by its external ID', async () => {
	const { reply, paths } = await submitted(
		[{ status: 200, body: {} }],
		{ data: made() },
		'derived',
	);
	expect(valueOf(reply)).toMatchObject({ task: { taskId: '7' }, origin: 'created' });
	expect(paths).toEqual([PATH, `${PATH}/order-1`]);
});
