import fc from 'fast-check';
import { layers, rowsOf, unwrap } from '../../nodes/Kling/api/envelope';
import { adviceOf } from '../../nodes/Kling/operation/advice';
import { CUSTOM_VOICE } from '../../nodes/Kling/tasks/kinds';
import { readTask } from '../../nodes/Kling/tasks/task';
import { OFFICIAL, payloadOf, taskOf } from '../support/answers.cjs';

/** The keys that the reader looks at, and those that trip up careless readers. */
const KEYS = [
	...['code', 'data', 'error', 'message', 'msg', 'success', 'request_id', 'id', 'status', 'list'],
	...['task_id', 'task_info', 'task_status', 'task_result', 'voices', 'voice_id', 'created_at'],
	...['toString', 'valueOf', '__proto__', 'constructor', 'length'],
];

/** JSON that looks like an envelope gone wrong. */
const strangeBody = fc.letrec((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		fc.constantFrom(null, true, false, 0, 200, 1201, 1e300, '', '0', 'success', '{"code":1303}'),
		fc.array(tie('value'), { maxLength: 3 }),
		fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 5, noNullPrototype: true }),
	),
})).value;

const anyStatus = fc.oneof(
	fc.integer({ min: 0, max: 599 }),
	fc.constantFrom(200, 201, 400, 401, 404, 429, 500, 503),
);

const anyText = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.json(),
	fc.jsonValue().map((value) => JSON.stringify(value)),
	strangeBody.map((value) => JSON.stringify(value)),
);

test('no answer of a gateway makes the readers throw', () => {
	fc.assert(
		fc.property(anyStatus, anyText, (httpStatus, text) => {
			const reply = unwrap({ httpStatus, text });
			if (reply.ok) {
				readTask(reply.value, CUSTOM_VOICE);
				for (const row of rowsOf(reply.value, 'voices')) readTask(row, CUSTOM_VOICE);
			} else {
				expect(reply.problem.what).not.toBe('');
				expect(adviceOf(reply.problem)).not.toBe('');
			}
		}),
		{ numRuns: 3000 },
	);
});

test.each([
	['code', { code: { toString: 1 } }],
	['code in a list', { code: [{ toString: 1, valueOf: 1 }] }],
	['created_at', { code: 0, data: { task_id: '1', created_at: { toString: 1 } } }],
])('an answer with an object that cannot be turned into text is read as %s', (_name, body) => {
	const text = JSON.stringify(body);
	expect(() => {
		const reply = unwrap({ httpStatus: 200, text });
		if (reply.ok) readTask(reply.value, CUSTOM_VOICE);
	}).not.toThrow();
});

test.each([
	['arrays', '[', ']'],
	['data', '{"data":', '}'],
	['errors', '{"error":', '}'],
])('an answer with %s nested far too deep is read', (_name, open, close) => {
	for (const depth of [10, 1_000, 100_000]) {
		for (const httpStatus of [200, 500]) {
			const text = open.repeat(depth) + '0' + close.repeat(depth);
			expect(() => layers(payloadOrNothing(httpStatus, text))).not.toThrow();
		}
	}
});

function payloadOrNothing(httpStatus: number, text: string) {
	const reply = unwrap({ httpStatus, text });
	return reply.ok ? reply.value : undefined;
}

const envelope = fc.oneof(
	fc.record(
		{
			code: fc.constantFrom(
				0,
				200,
				'0',
				'200',
				'success',
				'SUCCEED',
				'succeeded',
				'ok',
				'True',
				true,
			),
			message: fc.string(),
			request_id: fc.string(),
			success: fc.constant(true),
		},
		{ requiredKeys: ['code'] },
	),
	fc.record({ success: fc.constant(true), message: fc.string() }),
);

test('a task is read the same from every envelope, however often it is wrapped', () => {
	const task = fc.record({
		task_id: fc.stringMatching(/^\d{18}$/),
		task_status: fc.constantFrom('submitted', 'processing', 'succeed', 'failed'),
		task_status_msg: fc.string(),
		created_at: fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 }),
		task_info: fc.record({ external_task_id: fc.string({ minLength: 1 }) }),
		task_result: fc.record({ voices: fc.constant(OFFICIAL.task_result.voices) }),
	});
	fc.assert(
		fc.property(task, fc.array(envelope, { minLength: 1, maxLength: 3 }), (bare, envelopes) => {
			const wrapped = envelopes.reduce<object>((data, outer) => ({ ...outer, data }), bare);
			const { raw: _raw, ...read } = taskOf(wrapped);
			const { raw: _bareRaw, ...expected } = taskOf(bare);
			expect(read).toEqual(expected);
			expect(read.taskId).toBe(bare.task_id);
		}),
	);
});

test('unknown fields of a task are kept in its raw form', () => {
	const extra = fc.dictionary(
		fc.stringMatching(/^x_[a-z]{1,8}$/),
		fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('-0')),
		{ noNullPrototype: true },
	);
	fc.assert(
		fc.property(envelope, extra, (outer, fields) => {
			const sent = { ...OFFICIAL, ...fields };
			const received: unknown = JSON.parse(JSON.stringify(sent));
			expect(normalised(taskOf({ ...outer, data: sent }).raw)).toEqual(normalised(received));
		}),
	);
});

/** Integers beyond 2^53 come back as text, which is another test's subject. */
function normalised(value: unknown): unknown {
	return JSON.parse(
		JSON.stringify(value, (_key, part: unknown) =>
			typeof part === 'number' && !Number.isSafeInteger(part) ? String(part) : part,
		),
	);
}

test('IDs that are sent as JSON numbers keep every digit', () => {
	fc.assert(
		fc.property(
			fc.stringMatching(/^[1-9]\d{17,18}$/),
			fc.stringMatching(/^[1-9]\d{0,18}$/),
			(id, voice) => {
				const voices = `[{"voice_id":${voice},"voice_name":"A"}]`;
				const task = `{"task_id":${id},"task_status":"succeed","task_result":{"voices":${voices}}}`;
				const read = taskOf(`{"code":0,"data":${task}}`);
				expect(read.taskId).toBe(id);
				expect(String(read.results[0]?.voice_id)).toBe(voice);
			},
		),
	);
});

test('a list of an answer gives only its objects', () => {
	fc.assert(
		fc.property(fc.array(fc.jsonValue({ maxDepth: 1 })), (data) => {
			const rows = rowsOf(payloadOf({ code: 0, data }), 'voices');
			expect(rows).toHaveLength(
				data.filter((row) => typeof row === 'object' && row !== null && !Array.isArray(row)).length,
			);
		}),
	);
});
