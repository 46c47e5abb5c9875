import { notActive, said } from './answers.cjs';
import { klingTrigger, next } from './nodes.cjs';
import type { Act, Scenario } from './scenario.cjs';

const FIELDS = ['event_id', 'received_via'];
const published: Act = { do: 'activate', gives: 'published' };
const callback = (task: number, gives: unknown): Act => ({
	do: 'call',
	to: 'production',
	body: { task_id: `<task ${task}>`, task_status: 'succeed' },
	gives,
});

export const pollScenarios: Scenario[] = [
	{
		title:
			'The poll of an activation starts nothing, and the next one starts what has finished since',
		nodes: [klingTrigger({ receive: 'poll' }), next],
		fields: FIELDS,
		acts: [
			{ do: 'task', name: 'Old', status: 'succeed' },
			{ do: 'task', name: 'New', status: 'submitted' },
			published,
			callback(1, notActive('webhook')),
			{ do: 'finish', task: 2 },
			{ do: 'poll' },
		],
		executions: [
			{
				status: 'success',
				mode: 'trigger',
				next: [{ event_id: '<task 2>:succeed', received_via: 'poll' }],
			},
		],
	},
	{
		title: 'A poll leaves out what a callback has started, and a callback what a poll has',
		nodes: [klingTrigger({ receive: 'both' }), next],
		fields: FIELDS,
		acts: [
			published,
			{ do: 'task', name: 'Ada', status: 'succeed' },
			callback(1, said('Thank you')),
			{ do: 'task', name: 'Bob', status: 'succeed' },
			{ do: 'poll' },
			callback(2, said('Already known')),
		],
		executions: [
			{
				status: 'success',
				mode: 'webhook',
				next: [{ event_id: '<task 1>:succeed', received_via: 'callback' }],
			},
			{
				status: 'success',
				mode: 'trigger',
				next: [{ event_id: '<task 2>:succeed', received_via: 'poll' }],
			},
		],
	},
	{
		title: 'A first poll that fails leaves the address of a published workflow open',
		nodes: [klingTrigger({ receive: 'both' }), next],
		fields: FIELDS,
		acts: [
			{ do: 'kling', options: { routes: { list: false } } },
			{
				do: 'activate',
				gives:
					'There was a problem activating the workflow: "Could not list tasks (custom voice): This gateway does not offer this operation: Invalid URL (GET /kling/v1/general/custom-voices) [item 0]"',
			},
			{ do: 'task', name: 'Ada', status: 'succeed' },
			callback(1, said('Thank you')),
		],
		executions: [
			{
				status: 'success',
				mode: 'webhook',
				next: [{ event_id: '<task 1>:succeed', received_via: 'callback' }],
			},
		],
		byDesign: {
			reason:
				'n8n 2.41 publishes in the background: address and poll separately, each with five tries. The harness publishes both or nothing in one try, as n8n 1.x does, so that a test can expect the error.',
			engine: { steps: { '4 call production': notActive('webhook') }, executions: [] },
		},
	},
	{
		title: 'A test run that polls outputs the newest finished task',
		nodes: [klingTrigger({ receive: 'poll' }), next],
		fields: FIELDS,
		acts: [
			{ do: 'task', name: 'Ada', status: 'succeed' },
			{ do: 'test', gives: 'started' },
		],
		executions: [
			{
				status: 'success',
				mode: 'manual',
				next: [{ event_id: '<task 1>:succeed', received_via: 'poll' }],
			},
		],
	},
];
