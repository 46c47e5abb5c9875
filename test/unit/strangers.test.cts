import fc from 'fast-check';
import type { IExecuteFunctions } from 'n8n-workflow';

import { readTag, taggedAddress } from '../../nodes/Kling/api/callbackTag';
import { isCallId } from '../../nodes/Kling/api/callId';
import { readJson } from '../../nodes/Kling/api/losslessJson';
import { isOwnWebhook } from '../../nodes/Kling/api/ownAddress';
import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import { readHint } from '../../nodes/Kling/tasks/pause/hint';
import { noteLook, waitBefore } from '../../nodes/Kling/tasks/pause/pace';
import { isLarge } from '../../nodes/Kling/tasks/pause/size';

const TASK = { path: '/v1/x', externalTaskId: 'Bestellung 7 & 8' };
const queryOf = (address: string) => Object.fromEntries(new URL(address).searchParams);

test.each([
	['an API key', { apiKey: 'sk-1' }, { apiKey: 'Bearer sk-1' }, { apiKey: 'sk-2' }],
	[
		'a secret key',
		{ authentication: 'accessKey', apiKey: 'old', secretKey: 's1' },
		{ authentication: 'accessKey', secretKey: 's1' },
		{ authentication: 'accessKey', secretKey: 's2' },
	],
])('a tag made with %s is known by the same key only', (_, key, same, other) => {
	const address = taggedAddress('https://n8n.example.com/webhook/a?b=%20', TASK, key);
	expect(address).toContain('?b=%20&kling_kind=');
	expect(readTag(queryOf(address), same)).toEqual(TASK);
	expect(readTag(queryOf(address), other)).toBeUndefined();
	expect(readTag({ ...queryOf(address), kling_id: 'another' }, same)).toBeUndefined();
});

test('an address gets no tag without a key', () => {
	expect(taggedAddress('https://a.example/x', TASK, { apiKey: '' })).toBe('https://a.example/x');
	expect(readTag({ kling_kind: '', kling_id: '', kling_tag: '' }, {})).toBeUndefined();
});

test.each([undefined, null, 'x', { kling_kind: ['a'], kling_id: {}, kling_tag: 1 }])(
	'the query %j has no tag',
	(query) => {
		expect(readTag(query, { apiKey: 'sk-1' })).toBeUndefined();
	},
);

test.each([
	['https://n8n.example.com/webhook/kling', true],
	['https://n8n.example.com/webhook-test/kling?x=1', true],
	['https://n8n.example.com/webhook-waiting/5/kling', false],
	['https://other.example.com/webhook/kling', false],
	['http://n8n.example.com/webhook/kling', false],
	['kling', false],
	[7, false],
])('the address %s is a webhook of the n8n at n8n.example.com: %s', (address, expected) => {
	const context = {
		getWorkflowDataProxy: () => ({
			$execution: { resumeUrl: 'https://n8n.example.com/webhook-waiting/5?signature=a' },
		}),
	};
	expect(isOwnWebhook(context as unknown as IExecuteFunctions, address)).toBe(expected);
});

test.each([
	['850087542757535834', true],
	['Bestellung 7/ä 🎙', true],
	['constructor', true],
	['', false],
	['.', false],
	['..', false],
	['a\u0000b', false],
	['\ud800', false],
	['x'.repeat(128), true],
	['x'.repeat(129), false],
])('the ID %j of a call may be looked up: %s', (id, expected) => {
	expect(isCallId(id)).toBe(expected);
});

test.each<[string, string[] | undefined]>([
	['{"task_id":850087542757535834,"task_status":"succeed"}', ['850087542757535834']],
	['{"id":"a1","task_info":{"external_task_id":"e1"},"status":"processing"}', undefined],
	['{"task_status":"succeed"}', []],
	['{"task_status":"成功"}', []],
	['{"data":{"task":[{"id":"a1"}]}}', ['a1']],
	['{"hello":"world"}', undefined],
	['{}', undefined],
	['[]', undefined],
	['null', undefined],
	['', undefined],
	[`{"task_id":"${'x'.repeat(129)}"}`, undefined],
])('a call with %s names: %j', (text, ids) => {
	expect(readHint(text, CUSTOM_VOICE)).toEqual(ids);
});

test('reading a call never throws and never names more than ten short IDs', () => {
	const holds = (text: string) => {
		const ids = readHint(text, CUSTOM_VOICE) ?? [];
		expect(ids.length).toBeLessThanOrEqual(10);
		expect(ids.every((id) => id.length <= 128)).toBe(true);
	};
	fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), holds), { numRuns: 500 });
	fc.assert(
		fc.property(fc.anything({ maxDepth: 5, withNullPrototype: true }), (body) => {
			holds(JSON.stringify({ body }));
		}),
		{ numRuns: 500 },
	);
});

test('reading a text takes at most twice its size in memory', () => {
	// By way of bytes, as a text that is put together takes its place only when it is first read.
	const text = Buffer.from(`{"task_id":"${'1'.repeat(12_000_000)}"}`).toString('latin1');
	global.gc?.();
	const before = process.memoryUsage().heapUsed;
	const body = readJson(text);
	expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 * text.length);
	expect(body).toHaveProperty('task_id');
});

test.each([
	['nested a million deep', '['.repeat(1_000_000)],
	['with a million values', `[${'0,'.repeat(1_000_000)}0]`],
	['with a million keys', `{${Array.from({ length: 1_000_000 }, (_, n) => `"${n}":0`).join()}}`],
])('a text %s is refused within a moment', (_, text) => {
	const startedAt = performance.now();
	expect(readJson(text)).toBeUndefined();
	expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test('the JSON reader leaves what is no long integer as JSON.parse reads it', () => {
	fc.assert(
		fc.property(fc.json({ maxDepth: 4 }), (text) => {
			fc.pre(!/\d{16}/.test(text));
			expect(readJson(text)).toEqual(JSON.parse(text));
		}),
	);
	const text =
		'{"a\\"1234567890123456789":"\\\\","b":[-1234567890123456789,1.0000000000000000001]}';
	expect(readJson(text)).toEqual({
		'a"1234567890123456789': '\\',
		b: ['-1234567890123456789', 1],
	});
});

test('the first call that names a task of the pause is looked at once, a stranger’s waits', () => {
	const ours = new Set(['1', '2']);
	const called = new Set(['1', 'stranger']);
	expect(waitBefore('p', called)).toBe(0);
	noteLook('p', ours, called);
	expect([...called]).toEqual(['1']);
	expect(waitBefore('p', new Set(['other']))).toBeGreaterThan(2_000);
	expect(waitBefore('p', new Set(['1']))).toBeGreaterThan(2_000);
	expect(waitBefore('p', new Set(['other', '2']))).toBe(0);
});

test('data counts as large from five million characters or a hundred thousand values on', () => {
	expect(isLarge([{ json: { a: 'x'.repeat(1_000) } }])).toBe(false);
	expect(isLarge([{ json: { a: 'x'.repeat(5_000_000) } }])).toBe(true);
	expect(isLarge(Array.from({ length: 100_001 }, () => 0))).toBe(true);
});
