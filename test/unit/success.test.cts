import { rowsOf } from '../../nodes/Kling/api/envelope';
import { OFFICIAL, payloadOf, taskOf } from '../support/answers.cjs';

const { task_id: taskId } = OFFICIAL;
const [voice] = OFFICIAL.task_result.voices;

describe('A finished task', () => {
	test.each<[string, unknown]>([
		['official', { code: 0, message: 'SUCCEED', request_id: 'r', data: OFFICIAL }],
		['code as numeric text', { code: '0', data: OFFICIAL }],
		['code 200', { code: 200, data: OFFICIAL }],
		['code "200"', { code: '200', data: OFFICIAL }],
		['code "success"', { code: 'success', message: '', data: OFFICIAL }],
		['code "SUCCEED"', { code: 'SUCCEED', data: OFFICIAL }],
		['code "ok"', { code: 'ok', data: OFFICIAL }],
		['code true', { code: true, message: 'ok', data: OFFICIAL }],
		['code null beside data', { code: null, data: OFFICIAL }],
		['success true', { success: true, data: OFFICIAL }],
		['success true and code 0', { success: true, code: 0, message: '', data: OFFICIAL }],
		['no error in it', { code: 0, error: null, data: OFFICIAL }],
		['empty error text', { code: 0, error: '', data: OFFICIAL }],
		['data alone', { data: OFFICIAL }],
		['bare', OFFICIAL],
		['a list of one', { code: 0, data: [OFFICIAL] }],
		['a bare list of one', [OFFICIAL]],
	])('is read from the envelope: %s', (_name, body) => {
		expect(taskOf(body)).toMatchObject({
			taskId,
			externalTaskId: 'order-1042',
			status: 'succeed',
			createdAt: '2026-06-10T08:39:38.802Z',
			updatedAt: '2026-06-10T08:39:54.151Z',
			results: [voice],
		});
	});
});

test.each([
	{ code: 0 },
	{ code: 'success', message: '' },
	{ code: null },
	{ success: true },
	{ message: 'ok' },
])('the raw task has no field of the envelope %j', (envelope) => {
	expect(taskOf({ ...envelope, data: OFFICIAL }).raw).toEqual(OFFICIAL);
	expect(taskOf({ ...envelope, data: [OFFICIAL] }).raw).toEqual(OFFICIAL);
});

describe('The task of a gateway', () => {
	test("is read from New-API's OpenAI-style video, with times in seconds", () => {
		const body = {
			id: 'v_1',
			task_id: taskId,
			object: 'video',
			status: 'queued',
			created_at: 1781080778,
		};
		expect(taskOf(body)).toMatchObject({
			taskId,
			status: 'submitted',
			createdAt: '2026-06-10T08:39:38.000Z',
		});
	});

	test("is read from New-API's OpenAI-style video with an ID only", () => {
		expect(taskOf({ id: taskId, object: 'video', status: 'in_progress' })).toMatchObject({
			taskId,
			status: 'processing',
		});
	});

	const upstream = { ...OFFICIAL, task_id: 'upstream' };
	test.each<[string, unknown]>([
		['data.data', upstream],
		['data.data.data', { code: 0, message: 'SUCCEED', data: upstream }],
	])("keeps the gateway's ID in New-API's fetch with Kling's task in %s", (_name, inner) => {
		const outer = {
			task_id: taskId,
			status: 'SUCCESS',
			progress: '100%',
			fail_reason: '',
			data: inner,
		};
		expect(taskOf({ code: 'success', message: '', data: outer })).toMatchObject({
			taskId,
			externalTaskId: 'order-1042',
			status: 'succeed',
			results: [voice],
		});
	});

	test.each(['NOT_START', 'SUBMITTED', 'QUEUED'])("is not finished with New-API's %s", (status) => {
		const task = taskOf({ code: 'success', data: { task_id: taskId, status, fail_reason: '' } });
		expect(task).toMatchObject({ taskId, status: 'submitted', results: [] });
	});

	test("has its reason with New-API's FAILURE", () => {
		const data = { task_id: taskId, status: 'FAILURE', fail_reason: 'two voices in the clip' };
		expect(taskOf({ code: 'success', message: '', data })).toMatchObject({
			status: 'failed',
			statusMessage: 'two voices in the clip',
		});
	});

	test('is an answer, not a refusal, when it failed', () => {
		const data = { task_id: taskId, task_status: 'failed', task_status_msg: 'no voice found' };
		expect(taskOf({ code: 0, message: 'SUCCEED', data })).toMatchObject({
			status: 'failed',
			statusMessage: 'no voice found',
		});
	});
});

describe('An answer without an ID', () => {
	const echo = {
		voice_name: 'Narrator A',
		voice_url: '',
		video_id: '1',
		callback_url: '',
		external_task_id: 'order-1042',
	};
	test.each<[string, unknown, string | undefined]>([
		['an echo of the request', echo, 'order-1042'],
		['{}', {}, undefined],
		['empty text', '', undefined],
		['blanks', ' \r\n', undefined],
		['code 0 without data', { code: 0, message: 'SUCCEED', request_id: 'r' }, undefined],
		['code 0 with data null', { code: 0, data: null }, undefined],
	])('is neither an error nor a result: %s', (_name, body, externalTaskId) => {
		const { raw, ...task } = taskOf(body);
		expect(task).toEqual({ status: 'unknown', results: [], externalTaskId });
		expect(raw).toBeInstanceOf(Object);
	});

	test('is accepted with 201 and 204 as with 200', () => {
		expect(payloadOf({ code: 0, data: OFFICIAL }, 201)).toEqual(OFFICIAL);
		expect(payloadOf('', 204)).toBeUndefined();
	});
});

describe('A list of an answer', () => {
	const rows = [OFFICIAL, { ...OFFICIAL, task_id: '2' }];
	test.each<[string, unknown]>([
		['data', { code: 0, message: 'SUCCEED', data: rows }],
		['a bare array', rows],
		['data.list', { code: 0, data: { list: rows, total: 2 } }],
		['data.voices', { code: 0, data: { voices: rows } }],
		['data.items', { code: 0, data: { items: rows } }],
		['data.rows', { code: 0, data: { rows } }],
		['data.records', { code: 0, data: { records: rows } }],
		['data.tasks', { code: 0, data: { tasks: rows } }],
		['data.results', { code: 0, data: { results: rows } }],
		['the text of its JSON', { code: 0, data: JSON.stringify(rows) }],
		['data.data', { code: 'success', data: { data: rows } }],
		['data.data.list', { code: 'success', data: { code: 0, data: { list: rows } } }],
		['list at the top', { list: rows }],
		['null rows between', { code: 0, data: [null, ...rows, 'x', 3] }],
	])('is found in %s', (_name, body) => {
		expect(rowsOf(payloadOf(body), 'voices')).toEqual(rows);
	});

	test.each<[string, unknown]>([
		['[]', []],
		['data []', { code: 0, data: [] }],
		['data null', { code: 0, data: null }],
		['{}', {}],
		['empty text', ''],
		['a single task', { code: 0, data: OFFICIAL }],
	])('is empty in %s', (_name, body) => {
		expect(rowsOf(payloadOf(body), 'voices')).toEqual([]);
	});
});
