import { PROBLEM, STARTED, UNPARSABLE } from './answers.cjs';
import { next, probeTrigger } from './nodes.cjs';
import type { Act, Call, Scenario } from './scenario.cjs';

const call = (body: string, gives: unknown, more: Partial<Call> = {}): Act => ({
	do: 'call',
	to: 'production',
	body,
	...more,
	gives,
});

const published: Act = { do: 'activate', gives: 'published' };

/** Larger than what n8n takes by default. */
const HUGE = JSON.stringify('x'.repeat(17 * 1024 * 1024));

const OCTETS = 'application/octet-stream';
const FORM = 'application/x-www-form-urlencoded';

/** @param readsAll whether n8n reads bodies of unknown types before the node asks for them */
const bodies = (version: number, readsAll: boolean): Scenario => ({
	title: `n8n parses the body of a call to a node of version ${version} by its type`,
	nodes: [probeTrigger({}, version), next],
	fields: ['body', 'contentType', 'isRead'],
	acts: [
		published,
		call('{"a":', UNPARSABLE),
		call('{"a":12345678901234567890}', STARTED),
		call('5', STARTED),
		call('a=1&b=2&a=3', STARTED, { type: FORM }),
		call('plain words', STARTED, { type: 'text/plain; charset=utf-8' }),
		call('{"a":1}', STARTED, { type: OCTETS }),
		call('{"a":1}', STARTED, { type: 'application/problem+json' }),
		call('', STARTED),
		call('', STARTED, { type: null }),
		call('not packed', PROBLEM, { encoding: 'gzip' }),
		// Seconds of a busy machine, so not for each version.
		...(version === 1 ? [] : [call(HUGE, PROBLEM)]),
	],
	executions: [
		// JavaScript's numbers cannot hold more digits.
		{ body: { a: 12345678901234567000 }, contentType: 'application/json', isRead: true },
		{ body: 5, contentType: 'application/json', isRead: true },
		{ body: { a: ['1', '3'], b: '2' }, contentType: FORM, isRead: true },
		{ body: 'plain words', contentType: 'text/plain; charset=utf-8', isRead: true },
		{ body: 'undefined', contentType: OCTETS, isRead: readsAll },
		{ body: 'undefined', contentType: 'application/problem+json', isRead: readsAll },
		{ body: 'undefined', contentType: 'application/json', isRead: true },
		{ body: 'undefined', contentType: 'none', isRead: readsAll },
	].map((row) => ({ status: 'success', mode: 'webhook', next: [row] })),
});

export const bodyScenarios: Scenario[] = [
	bodies(1, true),
	bodies(2, false),
	{
		title: 'n8n parses XML',
		nodes: [probeTrigger(), next],
		fields: ['body', 'isRead'],
		acts: [published, call('<a b="1"><c>2</c></a>', STARTED, { type: 'text/xml' })],
		executions: [
			{
				status: 'success',
				mode: 'webhook',
				next: [{ body: { a: { $: { b: '1' }, c: '2' } }, isRead: true }],
			},
		],
		byDesign: {
			reason: 'Nobody calls back with XML, so the harness has no parser for it.',
			engine: {
				executions: [
					{ status: 'success', mode: 'webhook', next: [{ body: 'undefined', isRead: false }] },
				],
			},
		},
	},
];
