import type { IDataObject } from 'n8n-workflow';
import { clipOf } from '../../sandbox/kling/connection.cjs';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import {
	endedExecutions,
	listExecutions,
	openExecution,
	onlyExecution,
	retryExecution,
	untilStatus,
} from '../support/e2e/executions.cjs';
import { activate, callWebhook } from '../support/e2e/activate.cjs';
import { lockDatabase } from '../support/e2e/database.cjs';
import { klingNode, klingTrigger, webhookNode } from '../support/workflows.cjs';

/** n8n waits a second for SQLite at each write; so long at least one of three writes has been given up. */
const LOCKED_MS = 3_000;

let ready: Ready;

beforeAll(async () => {
	ready = await startReady({ sandbox: { processingMs: 3_600_000 } });
}, 300_000);

afterAll(async () => await ready.close());

const callbacksOf = (ids: string[]) =>
	ready.sandbox.callbacks.filter(
		({ task_id: id, task_status: status }) => ids.includes(id) && status === 'succeed',
	);

const lists = () => ready.sandbox.requests.filter(({ route }) => route === 'list');

const answered = (ids: string[]) =>
	callbacksOf(ids).filter(({ status }) => status !== undefined).length === ids.length;

/** Locks the database until something has come about, and then gives what n8n printed meanwhile. */
async function whileLocked(what: string, begin: () => void, isOver: (log: string) => boolean) {
	const before = ready.n8n.log().length;
	const meanwhile = () => ready.n8n.log().slice(before);
	const release = await lockDatabase(ready);
	try {
		begin();
		await until(what, () => isOver(meanwhile()));
	} finally {
		await release();
	}
}

/** An active trigger, and three tasks that call it when they end, which they do while the database is locked. */
async function calledWhileLocked(path: string, receive: string) {
	const { n8n, sandbox } = ready;
	const workflow = await activate(ready, `Trigger, ${receive}`, [klingTrigger(path, { receive })]);
	await callWebhook(n8n.address, `${path}/webhook`, {});
	// The first look only learns what was there before.
	const isAsking = receive === 'both';
	await until('the first poll', () => !isAsking || lists().length > 0);
	const callback_url = `${n8n.address}/webhook/${path}/webhook`;
	const create = () => sandbox.createTask({ voice_name: path, callback_url }).task_id;
	const ids = [create(), create(), create()];
	let answeredAt = Infinity;
	await whileLocked(
		'answers to all calls, and what n8n then tries to write',
		() => ids.forEach((id) => sandbox.finish(id)),
		(log) => {
			if (answered(ids)) answeredAt = Math.min(answeredAt, Date.now());
			return log.includes('SQLITE_BUSY') && Date.now() > answeredAt + LOCKED_MS;
		},
	);
	return { workflow, ids, create };
}

async function eventsOf(workflow: string) {
	const rows = await listExecutions(ready, workflow);
	const seen = await Promise.all(
		rows.map(async ({ id }) => await openExecution(ready, id, 'Kling Trigger')),
	);
	return seen.flatMap(({ items }) => items);
}

const idsOf = (events: IDataObject[]) => events.map((event) => String(event.task_id));

const voice = () => ({
	voiceName: '={{ $json.body.name }}',
	voiceUrl: clipOf(ready.sandbox),
	waitFor: 'callback',
	options: { timeout: 60, externalTaskId: '=lock-{{ $json.body.name }}' },
});
const taskOf = (name: string) =>
	ready.sandbox.tasks.find(({ voice_name: wanted }) => wanted === name)?.task_id ?? '';
const paused = async (path: string) => {
	const workflow = await activate(ready, path, [webhookNode(path), klingNode(voice())]);
	await callWebhook(ready.n8n.address, path, { name: path });
	return workflow;
};

/** Its time limit passes while the events are tested. */
let resumed: string;

test('an execution stays paused when n8n answers its callback but cannot store the resume', async () => {
	resumed = await paused('resumed');
	await untilStatus(ready, resumed, 'waiting');
	const [{ id } = { id: '' }] = await listExecutions(ready, resumed);
	await whileLocked(
		'the failure to store the resume',
		() => ready.sandbox.finish(taskOf('resumed')),
		(log) => log.includes(`SQLITE_BUSY: database is locked (execution ${id})`),
	);
	expect(callbacksOf([taskOf('resumed')])).toMatchObject([{ status: 200 }]);
	expect(await listExecutions(ready, resumed)).toMatchObject([{ status: 'waiting' }]);
});

describe('Events while the database is locked', () => {
	test('come with the next poll, once each, with Receive: Both', async () => {
		const { workflow, ids } = await calledWhileLocked('0b7c2f4e-locked-both', 'both');
		const all = async () => (await eventsOf(workflow)).length >= ids.length;
		// Two polls: what n8n could not store of a poll comes with the next one.
		await until('all events', all, 150_000);
		const events = await eventsOf(workflow);
		expect(idsOf(events).sort()).toEqual([...ids].sort());
		expect(events.map((event) => event.received_via)).toContain('poll');
	}, 240_000);

	// n8n itself answers, once it has stored the event or failed to.
	test('are answered with success only if they start an execution, with Receive: By Callback', async () => {
		const { workflow, ids, create } = await calledWhileLocked('0b7c2f4e-locked-call', 'callback');
		// n8n writes one after the other: once this one has started, so has what it stored before.
		const last = create();
		ready.sandbox.finish(last);
		await until('the last event', async () => idsOf(await eventsOf(workflow)).includes(last));
		const thanked = callbacksOf(ids).filter(({ status }) => status === 200);
		const started = idsOf(await eventsOf(workflow)).filter((id) => id !== last);
		expect(started.sort()).toEqual(thanked.map(({ task_id: id }) => id).sort());
	});
});

test('a paused execution whose callback was lost gives its task at the time limit', async () => {
	const { status, items } = await onlyExecution(ready, resumed, 130_000);
	expect({ status, items }).toMatchObject({
		status: 'success',
		items: [{ task_id: taskOf('resumed'), timed_out: true }],
	});
}, 140_000);

test('an execution whose pause n8n cannot store is "crashed" after a restart, and Retry finds its voice', async () => {
	const { sandbox } = ready;
	// Within that time the database has to be locked.
	sandbox.options.createMs = 10_000;
	const workflow = await paused('stored');
	await until('the create', () => taskOf('stored') !== '');
	await whileLocked(
		'the failure to store the pause',
		() => (sandbox.options.createMs = 0),
		(log) => log.includes('There was a problem running hook "workflowExecuteAfter"'),
	);
	sandbox.finish(taskOf('stored'));
	await until('the answer to the call', () => answered([taskOf('stored')]));
	expect(callbacksOf([taskOf('stored')])).toMatchObject([{ status: 409 }]);
	expect(await listExecutions(ready, workflow)).toMatchObject([{ status: 'running' }]);

	await ready.restart('kill');
	const { id, status } = await onlyExecution(ready, workflow);
	expect(status).toBe('crashed');
	await retryExecution(ready, id);
	const [again] = await endedExecutions(ready, workflow, 2);
	expect(again).toMatchObject({ status: 'success', items: [{ task_id: taskOf('stored') }] });
	expect(sandbox.tasks.filter(({ voice_name: name }) => name === 'stored')).toHaveLength(1);
}, 180_000);
