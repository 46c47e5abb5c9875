import type { Problem } from '../../nodes/Kling/api/reply';
import { refusalOf } from '../support/answers.cjs';

const newApi = (message: string, code = '') => ({
	error: { message, type: 'new_api_error', code },
});
const upstream = (code: number, message: string) =>
	JSON.stringify({ code, message, request_id: 'req-1' });
const SATURATED = '当前分组上游负载已饱和，请稍后再试';

type Case = [name: string, httpStatus: number, body: unknown, expected: Partial<Problem>];

const says = (text: string): string => expect.stringContaining(text) as string;

describe('A refusal of Kling', () => {
	test.each<Case>([
		[
			'a duplicate external id',
			400,
			{ code: 1201, message: 'external_task_id already exists', request_id: 'r-9', data: null },
			{ cause: 'duplicate', retry: 'never', code: '1201', requestId: 'r-9' },
		],
		[
			'an unknown task',
			400,
			{ code: 1201, message: 'Task not found by id / external id', request_id: 'r' },
			{ cause: 'missing', retry: 'never', httpStatus: 400 },
		],
		[
			'no balance behind 429',
			429,
			{ code: 1102, message: 'Account balance not enough', request_id: 'r' },
			{ cause: 'account', retry: 'never', code: '1102', what: says('Account balance not enough') },
		],
		[
			'too many tasks at once, no data',
			429,
			{ code: 1303, message: 'parallel task over resource pack limit', request_id: 'r' },
			{ cause: 'busy', retry: 'afterPause', code: '1303' },
		],
		['a code as text', 429, { code: '1302', message: 'slow' }, { cause: 'rate', code: '1302' }],
		[
			'a code behind HTTP 200',
			200,
			{ code: 1002, message: 'no' },
			{ cause: 'account', code: '1002' },
		],
		['msg instead of message', 400, { code: 1200, msg: 'bad clip' }, { what: says('bad clip') }],
	])('is read: %s', (_name, httpStatus, body, expected) => {
		expect(refusalOf(httpStatus, body)).toMatchObject({ httpStatus, ...expected });
	});
});

describe('A refusal of a gateway', () => {
	test.each<Case>([
		['a wrong key', 401, newApi('Invalid token'), { cause: 'account', retry: 'never' }],
		['no quota', 403, newApi('quota used up'), { cause: 'account', what: says('quota used up') }],
		['a bare 429', 429, newApi(SATURATED), { cause: 'rate', retry: 'afterPause', code: undefined }],
		[
			'429 under a word',
			429,
			{ code: 'fail_to_fetch_task', message: SATURATED, data: null },
			{ cause: 'rate', retry: 'afterPause', code: 'fail_to_fetch_task' },
		],
		[
			'no channel for the model',
			503,
			newApi('No available channel for model kling-custom-voices', 'model_not_found'),
			{
				cause: 'account',
				retry: 'never',
				code: 'model_not_found',
				advice: says('model restriction'),
			},
		],
		[
			'no such route',
			404,
			{
				error: {
					message: 'Invalid URL (POST /kling/v1/general/custom-voices)',
					type: 'invalid_request_error',
					param: '',
					code: '',
				},
			},
			{
				cause: 'notOffered',
				retry: 'never',
				what: says('does not offer this operation: Invalid URL'),
			},
		],
		[
			'an unknown task',
			400,
			{ code: 'task_not_exist', message: 'x', data: null },
			{ cause: 'missing' },
		],
		[
			'bad request',
			400,
			{ code: 'invalid_request', message: 'x', data: null },
			{ cause: 'invalid' },
		],
		[
			'no channel',
			500,
			{ code: 'get_channel_failed', message: 'x' },
			{ cause: 'account', retry: 'never' },
		],
		['no way to Kling', 500, { code: 'do_request_failed', message: 'x' }, { retry: 'afterLook' }],
		[
			"Kling's answer as text in the message",
			400,
			{ code: 'fail_to_fetch_task', message: upstream(1201, 'Task not found by id'), data: null },
			{ cause: 'missing', code: '1201', what: says('Task not found by id'), requestId: 'req-1' },
		],
		[
			"Kling's balance as text in a 429",
			429,
			{ code: 'fail_to_fetch_task', message: upstream(1102, 'balance not enough'), data: null },
			{ cause: 'account', retry: 'never', code: '1102' },
		],
		[
			'a message that only looks like JSON',
			500,
			{ code: 'fail_to_fetch_task', message: '{oops', data: null },
			{ cause: 'server', retry: 'afterLook', what: says('{oops') },
		],
		[
			"CometAPI's nested 1201",
			400,
			{
				message: 'Voice id not found',
				data: {
					message: 'x',
					data: { code: 1201, message: 'Voice id not found', request_id: 'r-3' },
				},
			},
			{ cause: 'missing', code: '1201', requestId: 'r-3' },
		],
		[
			'two codes of Kling: the innermost counts',
			429,
			{ code: 1303, message: 'x', data: { code: 1102, message: 'balance not enough' } },
			{ cause: 'account', retry: 'never', code: '1102', what: says('balance not enough') },
		],
		["CometAPI's route gap", 404, { code: null, message: '404' }, { cause: 'notOffered' }],
		["CometAPI's route gap in a 200", 200, { code: null, message: '404' }, { cause: 'notOffered' }],
		[
			'a missing route that is called a bad request',
			400,
			{
				error: {
					message: 'Invalid URL (GET /kling/v1/x)',
					type: 'invalid_request_error',
					code: '',
				},
			},
			{ cause: 'notOffered' },
		],
		[
			'a status in place of a code',
			200,
			{ code: 504, message: 'upstream timeout' },
			{ cause: 'server', retry: 'afterLook', what: says('upstream timeout') },
		],
		[
			'success false in a 200',
			200,
			{ success: false, message: 'Invalid Bearer token' },
			{ retry: 'never', what: says('Invalid Bearer token') },
		],
		[
			'code false',
			200,
			{ code: false, message: 'nope' },
			{ retry: 'afterLook', what: says('nope') },
		],
		['error as text', 400, { error: 'bad clip' }, { cause: 'invalid', what: says('bad clip') }],
		['error as text in a 200', 200, { error: 'bad clip' }, { what: says('bad clip') }],
		[
			'error.message before message',
			400,
			{ message: 'outside', error: { message: 'inside' } },
			{ what: says('inside') },
		],
		[
			'fail_reason',
			400,
			{ code: 'task_failed', data: { fail_reason: 'no voice' } },
			{ what: says('no voice') },
		],
	])('is read: %s', (_name, httpStatus, body, expected) => {
		expect(refusalOf(httpStatus, body)).toMatchObject({ httpStatus, ...expected });
	});

	test('is shown without the JSON that its message quotes', () => {
		const message = upstream(1201, 'voice_url is invalid');
		expect(refusalOf(400, { code: 'task_failed', message }).what).not.toContain('{');
	});
});
