import { clipOf } from '../../sandbox/kling/connection.cjs';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import pLimit from 'p-limit';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import { endedExecutions, listExecutions, untilStatus } from '../support/e2e/executions.cjs';
import { activate, callWebhook } from '../support/e2e/activate.cjs';
import { type Recorder, startRecorder } from '../support/e2e/recorder.cjs';
import { klingNode, postEach, webhookNode } from '../support/workflows.cjs';

/** Paused executions of each of the two workflows. */
const COUNT = 50;
/** No task ends before a test ends it. */
const NEVER_MS = 3_600_000;
const names = (prefix: string) => Array.from({ length: COUNT }, (_, n) => `${prefix} ${n + 1}`);

let ready: Ready;
let recorder: Recorder;

beforeAll(async () => {
	recorder = await startRecorder();
	ready = await startReady({ sandbox: { processingMs: NEVER_MS } });
});

afterAll(async () => {
	await ready.close();
	await recorder.close();
});

const idsOf = (wanted: string[]) => {
	const tasks = ready.sandbox.tasks.filter(({ voice_name: name }) => wanted.includes(name));
	return tasks.map(({ task_id: id }) => id);
};

const finalCallbacks = () =>
	ready.sandbox.callbacks.filter(({ task_status: status }) => status === 'succeed');

/** @returns what n8n answers to the callback */
async function finished(id: string): Promise<number> {
	ready.sandbox.finish(id);
	const answer = () => finalCallbacks().find((callback) => callback.task_id === id)?.status;
	return await until(`the answer for task ${id}`, answer);
}

test('a hundred paused executions end once each after kill -9, by callback or by time limit', async () => {
	const { sandbox } = ready;
	const voice = {
		voiceName: '={{ $json.body.name }}',
		voiceUrl: clipOf(sandbox),
		waitFor: 'callback',
	};
	const calledBack = await activate(ready, 'Called back after the restart', [
		webhookNode('called-back'),
		klingNode({ ...voice, options: { timeout: 900 } }),
		postEach(recorder.address),
	]);
	const timedOut = await activate(ready, 'Called back while n8n was down', [
		webhookNode('timed-out'),
		klingNode({ ...voice, options: { timeout: 60 } }),
		klingNode(
			{ operation: 'get', voice: '={{ $json.task_id }}', options: { waitUntilFinished: true } },
			{ id: 'pick-up', name: 'Pick Up' },
		),
		postEach(recorder.address, "{ ...$json, timed_out: $('Kling').item.json.timed_out }"),
	]);
	const paths = { 'called-back': names('Called'), 'timed-out': names('Late') };
	const atOnce = pLimit(5);
	const starts = Object.entries(paths).flatMap(([path, all]) =>
		all.map((name) => ({ path, name })),
	);
	await atOnce.map(
		starts,
		async ({ path, name }) => await callWebhook(ready.n8n.address, path, { name }),
	);
	await untilStatus(ready, calledBack, 'waiting', COUNT);
	await untilStatus(ready, timedOut, 'waiting', COUNT);

	await ready.n8n.kill();
	for (const id of idsOf(paths['timed-out'])) sandbox.finish(id);
	await until(
		'the loss of all calls',
		() => finalCallbacks().filter(({ error }) => error !== undefined).length === COUNT,
	);
	await ready.restart('kill');
	expect(new Set((await listExecutions(ready, calledBack)).map(({ status }) => status))).toEqual(
		new Set(['waiting']),
	);

	// A sender waits 10 s for its answer: too short for all at once on a busy machine.
	const answers = await atOnce.map(idsOf(paths['called-back']), finished);
	expect(answers).toEqual(Array(COUNT).fill(200));
	const byCall = await endedExecutions(ready, calledBack, COUNT, 120_000);
	const byTime = await endedExecutions(ready, timedOut, COUNT, 150_000);

	for (const all of [byCall, byTime]) {
		expect(all).toHaveLength(COUNT);
		expect(new Set(all.map(({ status }) => status))).toEqual(new Set(['success']));
	}
	const cameOut = (isLate: boolean) =>
		recorder.got.filter((item) => (item.timed_out === true) === isLate);
	const namesOf = (items: Record<string, unknown>[]) => items.map((item) => item.voice_name).sort();
	expect(namesOf(cameOut(false))).toEqual([...paths['called-back']].sort());
	expect(namesOf(cameOut(true))).toEqual([...paths['timed-out']].sort());
	expect(new Set(recorder.got.map((item) => item.voice_id)).size).toBe(2 * COUNT);
	expect(sandbox.tasks).toHaveLength(2 * COUNT);
	expect(sandbox.requests.filter(({ route }) => route === 'create')).toHaveLength(2 * COUNT);
});
