import type { IDataObject } from 'n8n-workflow';
import * as answers from './answers.cjs';
import { klingPause, next, probePause, probeTrigger } from './nodes.cjs';
import type { Act, Call, Scenario, SeenExecution } from './scenario.cjs';

const { RESUMED } = answers;

const start = (...items: IDataObject[]): Act => ({ do: 'start', items, gives: 'waiting' });
const resume = (body: unknown, gives: unknown, more: Partial<Call> = {}): Act => ({
	do: 'call',
	to: 'resume',
	body,
	...more,
	gives,
});

const probes = [probeTrigger(), probePause(), next];

/** An execution that a call has resumed: what the probe says of it and of what it had stored. */
const resumed = (
	body: IDataObject | string,
	stored: IDataObject,
	more: IDataObject = {},
): SeenExecution => {
	const row = { body, query: {}, mode: 'webhook', stored: [{ ...stored, paused: true }], ...more };
	return { status: 'success', mode: 'webhook', next: [row] };
};
const FIELDS = ['body', 'query', 'mode', 'stored'];

const ended = { task_id: '<task 1>', task_status: 'succeed' };

export const resumeScenarios: Scenario[] = [
	{
		title: 'A processing callback leaves the pause, succeed ends it, and a later call gets 409',
		nodes: [probeTrigger(), klingPause(), next],
		fields: ['voice_name', 'task_status', 'voice_id'],
		acts: [
			start({ name: 'Ada' }),
			resume({ ...ended, task_status: 'processing' }, { status: 200, body: { received: true } }),
			{ do: 'finish', task: 1 },
			resume(ended, { status: 200, body: { received: true } }),
			{ do: 'ended', of: 1 },
			resume(ended, answers.finished()),
		],
		executions: [
			{
				status: 'success',
				mode: 'webhook',
				next: [{ voice_name: 'Ada', task_status: 'succeed', voice_id: '<voice 1>' }],
			},
		],
	},
	{
		title: 'A resume address needs its token, its path and POST',
		nodes: probes,
		fields: FIELDS,
		acts: [
			start({ n: 1 }),
			resume({}, answers.INVALID_TOKEN, { signature: null }),
			resume({}, answers.INVALID_TOKEN, { signature: 'wrong' }),
			// As long as a real one.
			resume({}, answers.INVALID_TOKEN, { signature: '0'.repeat(64) }),
			resume({}, answers.noSuchPath(), { lastPart: '' }),
			resume({}, answers.noSuchPath(), { lastPart: 'other' }),
			resume({}, answers.noSuchPath(), { method: 'GET' }),
			resume({}, RESUMED, { query: { more: '1' } }),
		],
		executions: [resumed({}, { n: 1 }, { query: { more: '1' } })],
	},
	{
		title: 'A call that the node ignores or answers leaves the pause',
		nodes: probes,
		fields: FIELDS,
		acts: [
			start({ n: 1 }),
			resume({ act: 'ignore' }, answers.RECEIVED),
			resume({ act: 'answer' }, { status: 200, body: { paused: true } }),
			resume({ act: 'own' }, answers.OWN),
			resume({ a: 1 }, RESUMED),
		],
		executions: [resumed({ a: 1 }, { n: 1 })],
	},
	{
		title: 'A call resumes its own execution and no other',
		nodes: probes,
		fields: FIELDS,
		acts: [
			start({ n: 1 }),
			start({ n: 2 }),
			resume({ who: 'second' }, RESUMED, { of: 2 }),
			resume({ who: 'second' }, answers.finished(2), { of: 2 }),
			resume({ who: 'first' }, RESUMED),
		],
		executions: [resumed({ who: 'first' }, { n: 1 }), resumed({ who: 'second' }, { n: 2 })],
	},
	{
		title: 'A call to an execution that has not paused yet gets 409',
		nodes: [probeTrigger(), probePause({ callFirst: true }), next],
		fields: FIELDS,
		acts: [start({ n: 1 }), resume({}, RESUMED)],
		executions: [resumed({}, { n: 1, early: { ...answers.running() } })],
	},
	{
		title: 'A node that throws at a call fails the execution, and the next call gets 409',
		nodes: probes,
		acts: [
			start({ n: 1 }),
			resume({ act: 'throw' }, answers.THROWN),
			{ do: 'ended', of: 1 },
			resume({}, answers.failed()),
		],
		executions: [
			{ status: 'error', mode: 'webhook', next: [{}], error: 'The probe was told to throw' },
		],
	},
	{
		title: 'Of two calls at the same moment one resumes, and the other gets 500',
		nodes: probes,
		fields: FIELDS,
		acts: [start({ n: 1 }), resume({ act: 'together' }, [RESUMED, answers.PROBLEM], { times: 2 })],
		executions: [resumed({ act: 'together' }, { n: 1 })],
	},
	{
		title: 'A call to a cancelled execution gets 409',
		nodes: probes,
		acts: [start({ n: 1 }), { do: 'cancel', of: 1 }, resume({}, answers.failed())],
		executions: [
			{
				status: 'canceled',
				mode: 'webhook',
				next: null,
				error: 'The execution was cancelled manually',
			},
		],
	},
	{
		title: 'A pause reads a body of any type',
		nodes: probes,
		fields: ['body', 'contentType'],
		acts: [
			start({ n: 1 }),
			start({ n: 2 }),
			start({ n: 3 }),
			resume('{"a":', answers.UNPARSABLE),
			resume('a=1&b=2&a=3', RESUMED, { type: 'application/x-www-form-urlencoded' }),
			resume('{"a":1}', RESUMED, { of: 2, type: 'application/octet-stream' }),
			resume('', RESUMED, { of: 3, type: null }),
		],
		executions: [
			[{ body: { a: ['1', '3'], b: '2' }, contentType: 'application/x-www-form-urlencoded' }],
			[{ body: 'undefined', contentType: 'application/octet-stream' }],
			[{ body: 'undefined', contentType: 'none' }],
		].map((rows) => ({ status: 'success', mode: 'webhook', next: rows })),
	},
];
