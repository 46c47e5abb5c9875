import { adviceOf } from '../../nodes/Kling/operation/advice';
import fc from 'fast-check';
import { isKlingCode, isKnownCode, problemFrom } from '../../nodes/Kling/api/errors';
import type { Cause, Retry } from '../../nodes/Kling/api/reply';

type Row = [httpStatus: number, code: string, cause: Cause, retry: Retry];

/** What Kling's page on errors says, and what may be done next. */
const KLING: Row[] = [
	[401, '1000', 'account', 'never'],
	[401, '1001', 'account', 'never'],
	[401, '1002', 'account', 'never'],
	[401, '1003', 'account', 'never'],
	[401, '1004', 'account', 'never'],
	[429, '1100', 'account', 'never'],
	[429, '1101', 'account', 'never'],
	[429, '1102', 'account', 'never'],
	[403, '1103', 'account', 'never'],
	[400, '1200', 'invalid', 'never'],
	[400, '1201', 'invalid', 'never'],
	[404, '1202', 'notOffered', 'never'],
	[404, '1203', 'missing', 'never'],
	[400, '1300', 'invalid', 'never'],
	[400, '1301', 'invalid', 'never'],
	[429, '1302', 'rate', 'afterPause'],
	[429, '1303', 'busy', 'afterPause'],
	[429, '1304', 'account', 'never'],
	[500, '5000', 'server', 'afterLook'],
	[503, '5001', 'server', 'afterPause'],
	[504, '5002', 'server', 'afterLook'],
];

const GATEWAY: Row[] = [
	[503, 'model_not_found', 'account', 'never'],
	[500, 'get_channel_failed', 'account', 'never'],
	[400, 'task_not_exist', 'missing', 'never'],
	[400, 'invalid_request', 'invalid', 'never'],
	[500, 'do_request_failed', 'server', 'afterLook'],
	[403, 'insufficient_user_quota', 'account', 'never'],
];

describe('The error table by code', () => {
	test.each([...KLING, ...GATEWAY])(
		'reads HTTP %i with %s as %s, retry %s',
		(httpStatus, code, cause, retry) => {
			const problem = problemFrom({ httpStatus, code, message: 'because.', requestId: 'r' });
			expect(problem).toMatchObject({ cause, retry, code, httpStatus, requestId: 'r' });
			expect(problem.what).toMatch(/^[A-Z][^:]+: because$/);
			expect(adviceOf(problem)).toMatch(/^[A-Z].{15,}\.$/);
		},
	);

	test.each(KLING)(
		'goes by the code, whatever the status (%i, %s)',
		(_status, code, cause, retry) => {
			fc.assert(
				fc.property(fc.integer({ min: 100, max: 599 }), (httpStatus) => {
					expect(problemFrom({ httpStatus, code })).toMatchObject({ cause, retry });
				}),
			);
		},
	);

	test('keeps the permanent 429s permanent, whatever their words', () => {
		const permanent = fc.constantFrom('1100', '1101', '1102', '1304');
		fc.assert(
			fc.property(permanent, fc.string(), (code, message) => {
				expect(problemFrom({ httpStatus: 429, code, message, retryAfterMs: 1 }).retry).toBe(
					'never',
				);
			}),
		);
	});

	test('goes by HTTP 429, not by the word that a gateway puts in its place', () => {
		for (const [, code] of GATEWAY) {
			expect(problemFrom({ httpStatus: 429, code })).toMatchObject({
				cause: 'rate',
				retry: 'afterPause',
			});
		}
	});

	test('tells Kling’s codes from other known ones', () => {
		expect(KLING.every(([, code]) => isKlingCode(code) && isKnownCode(code))).toBe(true);
		expect(GATEWAY.every(([, code]) => !isKlingCode(code) && isKnownCode(code))).toBe(true);
		for (const code of ['0', '200', '429', '12345', '', 'toString']) {
			expect(isKlingCode(code) || isKnownCode(code)).toBe(false);
		}
	});
});

describe('The error table by status, without a known code', () => {
	test.each<[number, Cause, Retry]>([
		[200, 'invalid', 'afterLook'],
		[301, 'invalid', 'never'],
		[400, 'invalid', 'never'],
		[401, 'account', 'never'],
		[402, 'account', 'never'],
		[403, 'account', 'never'],
		[404, 'notOffered', 'never'],
		[408, 'server', 'afterLook'],
		[413, 'invalid', 'never'],
		[418, 'invalid', 'never'],
		[429, 'rate', 'afterPause'],
		[500, 'server', 'afterLook'],
		[502, 'server', 'afterLook'],
		[503, 'server', 'afterLook'],
		[504, 'server', 'afterLook'],
		[524, 'server', 'afterLook'],
	])('reads HTTP %i as %s, retry %s', (httpStatus, cause, retry) => {
		for (const code of [undefined, 'something_new', '1999', 'constructor']) {
			const problem = problemFrom({ httpStatus, code });
			expect(problem).toMatchObject({ cause, retry });
			expect(adviceOf(problem)).toMatch(/^[A-Z].{15,}\.$/);
		}
	});
});

describe('The error table by wording', () => {
	test.each<[number, string | undefined, string, Cause]>([
		[400, '1201', 'external_task_id already exists', 'duplicate'],
		[400, '1201', 'external id has already been used', 'duplicate'],
		[400, '1201', 'duplicate external_task_id', 'duplicate'],
		[400, '1201', '外部任务ID已存在', 'duplicate'],
		[400, '1200', 'Duplicated task', 'duplicate'],
		[409, undefined, 'task already exist', 'duplicate'],
		[400, undefined, 'The external task ID is already used', 'duplicate'],
		[400, undefined, 'external_task_id is already in use', 'duplicate'],
		[409, undefined, 'This ID has already been taken', 'duplicate'],
		[400, '1201', 'Task not found by id', 'missing'],
		[400, '1201', 'Voice id not found', 'missing'],
		[400, '1201', 'Voice could not be found', 'missing'],
		[400, '1201', 'Element does not exist', 'missing'],
		[400, '1201', 'The voice was already deleted', 'missing'],
		[400, '1201', 'voice has already been deleted', 'missing'],
		[400, '1201', '音色不存在', 'missing'],
		[404, '1203', 'resource not found', 'missing'],
		[404, undefined, 'task not found', 'missing'],
		[400, '1201', 'voice_name is too long', 'invalid'],
		[400, '1201', 'voice_url is not valid', 'invalid'],
		[404, undefined, 'Invalid URL (POST /x)', 'notOffered'],
		[401, '1002', 'user not found', 'account'],
		[403, undefined, 'token already exists', 'account'],
		[500, '5000', 'row already exists', 'server'],
		[429, '1303', 'duplicate request', 'busy'],
		[503, 'model_not_found', 'model not found', 'account'],
	])('reads HTTP %i, code %s, "%s" as %s', (httpStatus, code, message, cause) => {
		const problem = problemFrom({ httpStatus, code, message });
		expect(problem.cause).toBe(cause);
		expect(problem.what).toContain(message);
	});

	test('a create with a duplicate ID and a read of a missing task are never repeated', () => {
		for (const message of ['already exists', 'not found']) {
			expect(problemFrom({ httpStatus: 400, code: '1201', message }).retry).toBe('never');
		}
	});
});

test('the message of an error is one line of bounded length', () => {
	const { what } = problemFrom({ httpStatus: 400, message: `a\n\tb  c. ${'x'.repeat(2_000)}` });
	expect(what).toMatch(/^The request was refused: a b c\. x+$/);
	expect(what.length).toBeLessThan(600);
});
