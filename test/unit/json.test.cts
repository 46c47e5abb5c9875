import fc from 'fast-check';
import { readJson } from '../../nodes/Kling/api/losslessJson';

test.each<[string, unknown]>([
	['850087542757535834', '850087542757535834'],
	['-850087542757535834', '-850087542757535834'],
	['9007199254740991', 9007199254740991],
	['9007199254740993', '9007199254740993'],
	['-9007199254740993', '-9007199254740993'],
	['123456789012345678901234567890', '123456789012345678901234567890'],
	['0', 0],
	['-7', -7],
	['1781080778802', 1781080778802],
	['1.5', 1.5],
	['-0.25', -0.25],
	['1e3', 1000],
	['1E+2', 100],
	['5e-1', 0.5],
	['0.1234567890123456789', 0.12345678901234568],
	['true', true],
	['null', null],
	['"850087542757535834"', '850087542757535834'],
	[' [1, {"a": []}] ', [1, { a: [] }]],
	['{"a":1,"a":2}', { a: 2 }],
	['{"a":850087542757535834,"a":{"b":850087542757535834}}', { a: { b: '850087542757535834' } }],
	['"\\u00e9 \\ud83c\\udf99"', 'é 🎙'],
])('the JSON reader reads %s', (text, expected) => {
	expect(readJson(text)).toEqual(expected);
});

test.each([
	'',
	' ',
	'undefined',
	'NaN',
	'{a:1}',
	"{'a':1}",
	'[1,]',
	'{"a":1',
	'01',
	'1 2',
	'<html>',
	'\u0000',
])('the JSON reader refuses %j', (text) => {
	expect(readJson(text)).toBeUndefined();
});

test.each([
	'{"__proto__":{"task_id":"evil"}}',
	'{"data":{"__proto__":{"task_id":"evil"}}}',
	'{"constructor":{"prototype":{"task_id":"evil"}}}',
	'{"__proto__":1,"__proto__":{"task_id":"evil"}}',
])('the JSON reader sets no prototype from %s', (text) => {
	const value = readJson(text);
	expect(({} as { task_id?: string }).task_id).toBeUndefined();
	expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
	expect(value).not.toHaveProperty('task_id');
	expect(value).not.toHaveProperty('data.task_id');
});

test('the JSON reader keeps any number of digits', () => {
	fc.assert(
		fc.property(fc.stringMatching(/^-?[1-9]\d{0,40}$/), (digits) => {
			expect(String((readJson(`{"id":${digits}}`) as { id: unknown }).id)).toBe(digits);
		}),
	);
});

test('the JSON reader agrees with JSON.parse on texts without big integers', () => {
	const leaf = fc.oneof(
		fc.string(),
		fc.boolean(),
		fc.constant(null),
		fc.maxSafeInteger(),
		fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
	);
	const { value } = fc.letrec((tie) => ({
		value: fc.oneof(
			{ depthSize: 'small' },
			leaf,
			fc.array(tie('value')),
			fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
		),
	}));
	fc.assert(
		fc.property(value, fc.constantFrom(undefined, 2), (given, space) => {
			const text = JSON.stringify(given, null, space);
			expect(readJson(text)).toEqual(JSON.parse(text));
		}),
	);
});

test('the JSON reader never throws', () => {
	fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readJson(text)));
});
