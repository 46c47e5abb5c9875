import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import pLimit from 'p-limit';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import { ended, have, listed } from '../support/e2e/chaosView.cjs';
import { activated, call, called, handedOn, kling } from '../support/e2e/chaosWorkflows.cjs';
import { type Recorder, startRecorder } from '../support/e2e/pausedRecorder.cjs';

/** Paused executions of each of the two workflows. */
const COUNT = 50;
/** No task ends by itself while a test runs: what ends, the test has ended. */
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

test('kill -9 while 100 executions are paused: the callbacks, and the time limit where they were lost, end all of them once', async () => {
	const { sandbox, credentialId } = ready;
	const voice = {
		voiceName: '={{ $json.body.name }}',
		voiceUrl: `${sandbox.origin}/_sandbox/clips/narrator.mp3`,
		waitFor: 'callback',
	};
	const calledBack = await activated(
		ready,
		'Called back after the restart',
		called('called-back'),
		kling(credentialId, { ...voice, options: { timeout: 900 } }),
		handedOn(recorder.address),
	);
	const timedOut = await activated(
		ready,
		'Called back while n8n was down',
		called('timed-out'),
		kling(credentialId, { ...voice, options: { timeout: 60 } }),
		kling(
			credentialId,
			{ operation: 'get', taskId: '={{ $json.task_id }}', options: { waitUntilFinished: true } },
			{},
			'Pick Up',
		),
		handedOn(recorder.address, "{ ...$json, timed_out: $('Kling').item.json.timed_out }"),
	);
	const paths = { 'called-back': names('Called'), 'timed-out': names('Late') };
	const atOnce = pLimit(5);
	const starts = Object.entries(paths).flatMap(([path, all]) =>
		all.map((name) => ({ path, name })),
	);
	await atOnce.map(starts, async ({ path, name }) => await call(ready.n8n.address, path, { name }));
	await have(ready, calledBack, 'waiting', COUNT);
	await have(ready, timedOut, 'waiting', COUNT);

	await ready.n8n.kill();
	for (const id of idsOf(paths['timed-out'])) sandbox.finish(id);
	await until(
		'the loss of all calls',
		() => finalCallbacks().filter(({ error }) => error !== undefined).length === COUNT,
	);
	await ready.restart('kill');
	expect(new Set((await listed(ready, calledBack)).map(({ status }) => status))).toEqual(
		new Set(['waiting']),
	);

	// A sender waits 10 s for its answer: too short for all at once on a busy machine.
	const answers = await atOnce.map(idsOf(paths['called-back']), finished);
	expect(answers).toEqual(Array(COUNT).fill(200));
	const byCall = await ended(ready, calledBack, COUNT, 120_000);
	const byTime = await ended(ready, timedOut, COUNT, 150_000);

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
