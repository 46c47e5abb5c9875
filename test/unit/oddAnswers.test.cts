import { IMAGE_TO_VIDEO_KEYS, recordedShapes } from '../support/recordedShapes.cjs';
import { readTask } from '../../nodes/Kling/tasks/task';
import { OFFICIAL, payloadOf, refusalOf, taskOf } from '../support/answers.cjs';

const { task_id: taskId } = OFFICIAL;
const [voice] = OFFICIAL.task_result.voices;
const VOICE = { taskId, status: 'succeed', results: [voice] };

describe('A finished task is read from an odd envelope:', () => {
	test.each<[string, unknown]>([
		['an empty error object beside the data', { code: 0, data: OFFICIAL, error: {} }],
		[
			'an error that says that there is none',
			{ code: 0, data: OFFICIAL, error: { code: 0, message: 'ok' } },
		],
		['data as the text of its JSON', { code: 0, data: JSON.stringify(OFFICIAL) }],
		[
			'data as text around another envelope',
			{ code: 0, data: JSON.stringify({ code: 0, data: OFFICIAL }) },
		],
		[
			'a result as the text of its JSON',
			{ code: 0, data: { ...OFFICIAL, task_result: JSON.stringify(OFFICIAL.task_result) } },
		],
		[
			'a result of another kind beside it',
			{
				code: 0,
				data: { ...OFFICIAL, task_result: { images: [], ...OFFICIAL.task_result, audios: [] } },
			},
		],
	])('%s', (_name, body) => {
		expect(taskOf(body)).toMatchObject(VOICE);
	});
});

describe('A task of the new standard', () => {
	const output = { type: 'voice', id: '9', name: 'Anna', url: 'https://files.example.com/a.wav' };
	const task = {
		id: '900000000000000001',
		status: 'succeeded',
		external_id: 'order-1',
		message: '',
		create_time: 1781080778802,
		outputs: [output],
		billing: [
			{ charge_type: 'unit', amount: '0.05' },
			{ charge_type: 'unit', amount: '0.1' },
			{ charge_type: 'cash', amount: '7' },
		],
	};

	test.each([
		['a row of a list', { code: 0, data: [task] }],
		['a bare callback', task],
	])('is read with its voice and units as %s', (_name, body) => {
		expect(taskOf(body)).toMatchObject({
			taskId: '900000000000000001',
			externalTaskId: 'order-1',
			status: 'succeed',
			units: 0.15,
			results: [
				{ voice_id: '9', voice_name: 'Anna', trial_url: 'https://files.example.com/a.wav' },
			],
		});
	});

	test('has its reason in the message when it failed', () => {
		const failed = { ...task, status: 'failed', message: 'Risk control', outputs: [] };
		expect(taskOf({ code: 0, message: 'SUCCEED', data: [failed] })).toMatchObject({
			status: 'failed',
			statusMessage: 'Risk control',
			results: [],
		});
	});

	test.each(['constructor', '__proto__', 'toString', { toString: 1 }, 5, null])(
		'is read with an output of the type %j',
		(type) => {
			const read = taskOf({ ...task, outputs: [{ ...output, type }, output, null, 'x'] });
			expect(read.results).toHaveLength(1);
		},
	);
});

describe('A failed task is an answer with its reason:', () => {
	test.each<[string, object]>([
		[
			'in the style of OpenAI',
			{
				id: 'q-1',
				object: 'video',
				status: 'failed',
				error: { code: '0', message: 'risk control' },
			},
		],
		[
			'with a message of success around it',
			{
				code: 0,
				message: 'SUCCEED',
				data: { task_id: '1', task_status: 'failed', task_status_msg: 'risk control' },
			},
		],
		['in an error text', { id: 'q-1', status: 'FAILURE', error: 'risk control' }],
		[
			'in a nested error',
			{ task_id: '1', status: 'failed', error: { error: { message: 'risk control' } } },
		],
		['in error_msg', { task_id: '1', status: 'failed', error_msg: 'risk control' }],
		['rejected', { task_id: '1', status: 'REJECTED', reason: 'risk control' }],
	])('%s', (_name, body) => {
		expect(taskOf(body)).toMatchObject({ status: 'failed', statusMessage: 'risk control' });
	});
});

describe('A refusal has its reason from', () => {
	const why = 'voice_name is too long';
	test.each<[string, number, object]>([
		['detail', 400, { detail: why }],
		['detail[].msg', 422, { detail: [{ loc: ['body', 'x'], msg: why, type: 'value_error' }] }],
		['errors as texts', 400, { errors: [why] }],
		['errors as objects', 400, { errors: [{ code: 'too_long', message: why }] }],
		['errors by field', 422, { errors: { voice_name: [why] } }],
		['errors beside a message', 422, { message: 'The given data was invalid', errors: [why] }],
		['error_msg', 200, { error_code: 17, error_msg: why }],
		['errmsg', 200, { errcode: 40001, errmsg: why }],
		['error_description', 400, { error: 'invalid_request', error_description: why }],
		['a fault', 400, { fault: { faultstring: why, detail: { errorcode: 'x' } } }],
		['a title', 400, { type: 'about:blank', title: why, status: 400 }],
		['a list in error', 400, { error: [why, 'x'] }],
		['a list in message', 400, { statusCode: 400, message: [why] }],
		['an error called err', 400, { err: { description: why } }],
		['words with a capital', 400, { Code: '1201', Message: why }],
		['a message that is an object', 400, { code: 400, message: { error: { message: why } } }],
		['an error object in a message', 400, { message: { zh: 1, msg: why } }],
		['JSON as text in a message', 500, { message: JSON.stringify({ code: 1201, message: why }) }],
		['a status that is the whole answer', 200, { status: 'error', message: why }],
		[
			'inside a success',
			200,
			{ code: 200, message: 'success', data: { code: 1201, message: why } },
		],
		['an error without a code key', 200, { error: { message: why, type: 'api_error' } }],
	])('%s', (_name, httpStatus, body) => {
		expect(refusalOf(httpStatus, body).what).toContain(why);
	});

	test('no object that only looks like one', () => {
		const odd = { toString: 1, valueOf: 1 };
		const body = { code: 1201, message: odd, msg: odd, detail: odd, errors: odd, request_id: odd };
		expect(refusalOf(400, body).what).toBe('Kling refused a value');
	});
});

test.each(recordedShapes)(
	'the answer "$name" is read as what it is',
	({ body, status, expected }) => {
		if (status >= 400 || expected.refusal !== undefined) {
			expect(refusalOf(status, body)).toMatchObject(expected.refusal ?? {});
			return;
		}
		expect(readTask(payloadOf(body, status), IMAGE_TO_VIDEO_KEYS)).toMatchObject(
			expected.task ?? {},
		);
	},
);
