import type { IDataObject } from 'n8n-workflow';
import * as answers from './answers.cjs';
import { klingTrigger, next, probeTrigger } from './nodes.cjs';
import type { Act, Call, Scenario, SeenExecution } from './scenario.cjs';

const { STARTED } = answers;

const production = (body: unknown, gives: unknown, more: Partial<Call> = {}): Act => ({
	do: 'call',
	to: 'production',
	body,
	...more,
	gives,
});
const test = (body: unknown, gives: unknown, more: Partial<Call> = {}): Act => ({
	do: 'call',
	to: 'test',
	body,
	...more,
	gives,
});
const published: Act = { do: 'activate', gives: 'published' };
const probes = [probeTrigger(), next];

const success = (...rows: IDataObject[]): SeenExecution => ({
	status: 'success',
	mode: 'webhook',
	next: rows,
});

export const triggerScenarios: Scenario[] = [
	{
		title: 'Of the callbacks of a task the wanted one starts an execution',
		nodes: [klingTrigger(), next],
		fields: ['event_id', 'voice_name', 'received_via', 'verified'],
		acts: [
			published,
			{ do: 'task', name: 'Ada', status: 'succeed' },
			production(
				{ task_id: '<task 1>', task_status: 'processing' },
				answers.said('Not a status that starts the workflow'),
			),
			production(
				{ task_id: '4242', task_status: 'succeed' },
				answers.said('Kling does not know this task', 503),
			),
			production({ hello: 'world' }, answers.said('The body is not a Kling task', 400)),
			production({ task_id: '<task 1>', task_status: 'succeed' }, answers.said('Thank you')),
		],
		executions: [
			success({
				event_id: '<task 1>:succeed',
				voice_name: 'Ada',
				received_via: 'callback',
				verified: true,
			}),
		],
	},
	{
		title: 'A trigger sees the call, its mode and no execution',
		nodes: probes,
		acts: [published, production({ a: 1 }, STARTED, { query: { b: '2' } })],
		executions: [
			success({
				body: { a: 1 },
				query: { b: '2' },
				contentType: 'application/json',
				isRead: true,
				mode: 'webhook',
				hasExecution: false,
				data: {
					listening: true,
					createdAt: '<n8n>/webhook/<hook>/probe',
					createdIn: 'trigger activate',
					calls: 1,
				},
				executed: 'webhook',
			}),
		],
	},
	{
		title: 'Static data of a call is kept unless the call starts an execution',
		nodes: probes,
		fields: ['body'],
		acts: [
			published,
			production({ act: 'ignore' }, answers.RECEIVED),
			production({ act: 'answer' }, { status: 200, body: { calls: 2 } }),
			production({ act: 'own' }, answers.OWN),
			production({ act: 'answer' }, { status: 200, body: { calls: 4 } }),
			production({ a: 1 }, STARTED),
			production({ act: 'answer' }, { status: 200, body: { calls: 5 } }),
		],
		executions: [success({ body: { a: 1 } })],
	},
	{
		title: 'Response code and response data are expressions of the node',
		nodes: [
			probeTrigger({ responseCode: '={{ 200 + 1 }}', responseData: '={{ "noData" }}' }),
			next,
		],
		fields: ['body'],
		acts: [
			published,
			production({}, { status: 201, body: '' }),
			production({ act: 'ignore' }, { ...answers.RECEIVED, status: 201 }),
		],
		executions: [success({ body: {} })],
	},
	{
		title: 'A text as response data is the answer',
		nodes: [probeTrigger({ responseData: 'Thank you' }), next],
		fields: ['body'],
		acts: [published, production({}, { status: 200, body: 'Thank you' })],
		executions: [success({ body: {} })],
	},
	{
		title: 'A trigger that throws at a call answers 500 and leaves a failed execution',
		nodes: probes,
		acts: [published, production({ act: 'throw' }, answers.THROWN)],
		executions: [
			{ status: 'error', mode: 'webhook', next: null, error: 'The probe was told to throw' },
		],
	},
	{
		title: 'A production address knows its method, and is open while the workflow is active',
		nodes: probes,
		fields: ['body'],
		acts: [
			production({}, answers.notActive()),
			published,
			production({}, answers.wrongMethod('GET'), { method: 'GET' }),
			production({}, answers.wrongMethod('PUT'), { method: 'PUT' }),
			production({}, answers.notActive('other'), { lastPart: 'other' }),
			production({ n: 1 }, STARTED),
			{ do: 'deactivate' },
			production({}, answers.notActive()),
			published,
			production({ n: 2 }, STARTED),
		],
		executions: [success({ body: { n: 1 } }), success({ body: { n: 2 } })],
	},
	{
		title: 'A test address listens until a call starts something',
		nodes: probes,
		fields: ['body', 'mode', 'executed'],
		acts: [
			test({}, answers.NOT_LISTENING),
			{ do: 'test', gives: 'listening' },
			test({}, answers.wrongMethod('GET'), { method: 'GET' }),
			test({ act: 'answer' }, { status: 200, body: { calls: 1 } }),
			test({ n: 1 }, STARTED),
			production({}, answers.notActive()),
			test({ n: 2 }, answers.NOT_LISTENING),
		],
		executions: [
			{
				status: 'success',
				mode: 'manual',
				next: [{ body: { n: 1 }, mode: 'manual', executed: 'manual' }],
			},
		],
	},
	{
		title: 'A workflow whose only trigger is switched off cannot be published',
		nodes: [{ ...probeTrigger(), disabled: true }, next],
		acts: [
			{
				do: 'activate',
				gives:
					'Workflow cannot be activated because it has no trigger node. At least one trigger, webhook, or polling node is required.',
			},
			production({}, answers.notActive()),
		],
		executions: [],
	},
];
