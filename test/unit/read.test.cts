import { idFault, readId, readSwitch, readTimeout } from '../../nodes/Kling/operation/read';
import { problemOf, valueOf } from '../support/answers.cjs';

test.each([
	'..',
	'.',
	'a/b',
	'a\\b',
	'a%2fb',
	'a?b',
	'a#b',
	'a\u0000b',
	'a\nb',
	'\ud800',
	'x'.repeat(129),
])('an ID cannot be %j', (id) => {
	expect(idFault(id)).toBeDefined();
	expect(problemOf(readId(id, 'Task ID')).cause).toBe('refused');
});

test.each(['850087542757535834', 'order 1042', 'Auftrag-Ä', 'n8n-1042-0-5f1d0c2a9b7e4d31', '訂單'])(
	'an ID can be %j',
	(id) => {
		expect(valueOf(readId(` ${id} `, 'Task ID'))).toBe(id);
	},
);

test.each<[unknown, boolean]>([
	[true, true],
	['true', true],
	[' TRUE ', true],
	[false, false],
	['false', false],
	['', true],
	[undefined, true],
	[null, true],
])('a switch that is on by default reads %j as %j', (value, expected) => {
	expect(valueOf(readSwitch(value, 'Simplify', true))).toBe(expected);
});

test.each<unknown>([['yes'], [[true]], [{}], [1]])('a switch refuses %j', (value) => {
	expect(problemOf(readSwitch(value, 'Simplify', true)).cause).toBe('refused');
});

test.each<unknown>([[[[5]]], [[{}]], [[true]], [['']]])('a timeout refuses %j', (value) => {
	expect(problemOf(readTimeout(value, 300)).cause).toBe('refused');
});
