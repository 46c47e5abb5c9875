import fc from 'fast-check';

import { foreignText, idText, plainText } from '../../nodes/Kling/api/foreign';
import { problemFrom, problemFromText } from '../../nodes/Kling/api/errors';
import { SecretCleaner } from '../../nodes/Kling/api/secrets';
import { refusalOf, taskOf } from '../support/answers.cjs';

/** The best of a few, as other tests may take the processor meanwhile. */
function quickest(work: () => unknown): number {
	const times = Array.from({ length: 3 }, () => {
		const started = performance.now();
		work();
		return performance.now() - started;
	});
	return Math.min(...times);
}

const JWT = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.c-_9`;

describe('A foreign text', () => {
	test.each<[string, unknown, string | undefined]>([
		['line breaks', 'a\r\n\tb', 'a b'],
		['control characters', 'a\u0000\u001b[31mb', 'a [31mb'],
		['turned writing', 'a\u202eb', 'a b'],
		['a picture', 'see <img src=x onerror=alert(1)> this', 'see this'],
		['a tag that does not end', 'see <img src=x', 'see'],
		['a script', '<script>alert(1)</script>no', 'no'],
		['a comparison', 'duration must be < 30', 'duration must be ‹ 30'],
		['a token', `bad ${JWT}!`, 'bad ***!'],
		['a key', 'bad sk-0123456789abcdef', 'bad ***'],
		['a header', 'Bearer abc123def456 is bad', 'Bearer *** is bad'],
		[
			'the words for a header',
			'Bearer authentication is missing',
			'Bearer authentication is missing',
		],
		['half a character', 'a\ud800b', 'a b'],
		['a number', 5, '5'],
		['blanks', ' \n ', undefined],
		['an object', { toString: 1 }, undefined],
		['a list', ['a'], undefined],
		['nothing', undefined, undefined],
	])('is made fit to be shown when it has %s', (_name, given, shown) => {
		expect(foreignText(given)).toBe(shown);
	});

	test('never ends with part of a token that is cut', () => {
		for (let place = 440; place < 520; place += 1) {
			expect(foreignText(`${'x'.repeat(place)} ${JWT}`)).not.toContain('eyJ');
		}
	});

	test('is one bounded line without "<", whatever it holds', () => {
		const parts = fc.constantFrom(
			'<',
			'<img ',
			'>',
			'&lt;',
			'no ',
			'-',
			'http://a?b',
			'\ud83d',
			JWT,
		);
		const text = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.array(parts).map((all) => all.join('')),
		);
		fc.assert(
			fc.property(text, (given) => {
				const shown = foreignText(given) ?? '';
				expect(shown.length).toBeLessThanOrEqual(500);
				expect(shown).not.toMatch(/[<\p{Cc}\p{Cs}]|eyJa/u);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe('A foreign ID', () => {
	test.each<[string, unknown]>([
		['half a character', '\ud800'],
		['one dot', '.'],
		['two dots', '..'],
		['300,000 digits', '1'.repeat(300_000)],
		['a line break', '1\n2'],
		['a tag', '<img>'],
		['an object', { toString: 1 }],
	])('is none when it is %s', (_name, id) => {
		expect(idText(id)).toBeUndefined();
		expect(taskOf({ task_id: id, task_status: 'submitted' }).taskId).toBeUndefined();
	});

	test.each([
		'850087542757535834',
		'CjikY2gHPbcAAAAADfR_DQ',
		'v_1',
		'a/b+c=',
		'é-1',
		'订单1',
		'a b',
	])('is taken as it is: %s', (id) => {
		expect(idText(id)).toBe(id);
		expect(() => encodeURIComponent(id)).not.toThrow();
	});
});

test('a name that cannot be turned into text is an empty one', () => {
	expect([{ toString: 1 }, [], null, undefined, Symbol('x')].map(plainText)).toEqual(
		Array(5).fill(''),
	);
});

describe('A refusal of hundreds of thousands of characters is read within 100 ms:', () => {
	test.each<[string, object]>([
		['"no no no …"', { code: 200, success: false, message: 'no '.repeat(60_000) }],
		['a code of dashes', { code: '-'.repeat(180_000), message: 'x' }],
		['a reason of 3 MB', { code: 1201, message: 'already '.repeat(400_000) }],
		['beginnings of tags', { code: 1201, message: '<script '.repeat(30_000) }],
		['beginnings of tokens', { code: 1201, message: 'eyJ'.repeat(80_000) }],
		['"Bearer"', { code: 1201, message: 'Bearer '.repeat(40_000) }],
		['many reasons', { errors: Array(50_000).fill({ msg: 'x'.repeat(20) }) }],
	])('%s', (_name, body) => {
		const text = JSON.stringify(body);
		for (const httpStatus of [200, 400]) {
			const { what, code = '' } = refusalOf(httpStatus, text);
			expect(what.length + code.length).toBeLessThan(800);
			expect(quickest(() => refusalOf(httpStatus, text))).toBeLessThan(100);
		}
	});

	test('a page of tags', () => {
		const page = '<script <style '.repeat(100_000);
		expect(quickest(() => problemFromText(502, page))).toBeLessThan(100);
	});
});

test.each(['a\\/b-key-1', 'a/b\\u002dkey-1', '\\u0061/b-key-1'])(
	'a key that JSON writes as %s is found',
	(written) => {
		const cleaner = new SecretCleaner(['a/b-key-1']);
		const cleaned = cleaner.clean(`{"message":"bad ${written} \\\\u0041 \\u0022x\\u0022"}`);
		expect(JSON.parse(cleaned)).toEqual({ message: 'bad *** \\u0041 "x"' });
	},
);

test('a code and a request ID are short, plain texts', () => {
	const { code, requestId } = problemFrom({
		httpStatus: 400,
		code: `<b>${'x'.repeat(900)}`,
		message: 'x',
	});
	expect(code).toBe('x'.repeat(64));
	expect(requestId).toBeUndefined();
});
