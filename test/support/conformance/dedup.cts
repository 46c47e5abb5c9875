import { said, STARTED } from './answers.cjs';
import { klingTrigger, next, probeTrigger } from './nodes.cjs';
import type { Act, Scenario, SeenExecution } from './scenario.cjs';

const published: Act = { do: 'activate', gives: 'published' };
const callback = (to: 'production' | 'test', gives: unknown): Act => ({
	do: 'call',
	to,
	body: { task_id: '<task 1>', task_status: 'succeed' },
	gives,
});
const called = (...ids: string[]): Act => ({
	do: 'call',
	to: 'production',
	body: { items: ids.map((id) => ({ id })) },
	gives: STARTED,
});
/** `null` where all that came was known. */
const through = (next: SeenExecution['next'], mode = 'webhook'): SeenExecution => ({
	status: 'success',
	mode,
	next,
});
const EVENT = [{ event_id: '<task 1>:succeed' }];

export const dedupScenarios: Scenario[] = [
	{
		title: 'The same callback twice starts one execution',
		nodes: [klingTrigger(), next],
		fields: ['event_id'],
		acts: [
			published,
			{ do: 'task', name: 'Ada', status: 'succeed' },
			callback('production', said('Thank you')),
			callback('production', said('Already known')),
		],
		executions: [through(EVENT)],
	},
	{
		title: 'A test run lets a known event through, and makes none known',
		nodes: [klingTrigger(), next],
		fields: ['event_id'],
		acts: [
			{ do: 'task', name: 'Ada', status: 'succeed' },
			{ do: 'test', gives: 'listening' },
			callback('test', said('Thank you')),
			published,
			callback('production', said('Thank you')),
			{ do: 'test', gives: 'listening' },
			callback('test', said('Thank you')),
			callback('production', said('Already known')),
		],
		executions: [through(EVENT, 'manual'), through(EVENT), through(EVENT, 'manual')],
	},
	{
		title: 'A node knows the newest IDs up to its limit, also after a new activation',
		nodes: [probeTrigger({ remember: 2 }), next],
		fields: ['id'],
		acts: [
			published,
			called('a'),
			// One that comes twice in one look is new twice, and takes up two places.
			called('a', 'b', 'b'),
			called('a'),
			{ do: 'deactivate' },
			published,
			called('b', 'a'),
			called('c', 'd', 'e'),
			called('c', 'd', 'e'),
		],
		executions: [
			through([{ id: 'a' }]),
			through([{ id: 'b' }, { id: 'b' }]),
			through([{ id: 'a' }]),
			through(null),
			through([{ id: 'c' }, { id: 'd' }, { id: 'e' }]),
			through([{ id: 'c' }]),
		],
	},
	{
		title:
			'The retry of a failed trigger runs it again, and finds known what the first run recorded',
		nodes: [probeTrigger({ remember: 10 }), next],
		fields: ['id', 'executed', 'seen'],
		acts: [
			published,
			{
				do: 'call',
				to: 'production',
				body: { items: [{ id: 'a', fail: true }, { id: 'b' }] },
				gives: STARTED,
			},
			{ do: 'retry', of: 1 },
			called('b', 'c'),
		],
		executions: [
			{ status: 'error', mode: 'webhook', next: null, error: 'The probe was told to fail' },
			through(
				[
					{ id: 'a', executed: 'retry', seen: ['a', 'b'] },
					{ id: 'b', executed: 'retry', seen: ['a', 'b'] },
				],
				'retry',
			),
			through([{ id: 'c', executed: 'webhook' }]),
		],
	},
];
