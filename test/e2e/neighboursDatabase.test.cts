import { setTimeout as sleep } from 'node:timers/promises';
import { type Ready, startReady } from '../../sandbox/n8n/ready.cjs';
import { ended, have, listed, opened, outcome, until } from './chaosView.cjs';
import { activated, call, called, kling, klingTrigger } from './chaosWorkflows.cjs';
import { lockDatabase } from './neighboursLock.cjs';

/** n8n gives up on SQLite after a second, so this is long to it. */
const LOCKED_MS = 5_000;

let ready: Ready;

beforeAll(async () => {
	ready = await startReady({ sandbox: { processingMs: 3_600_000 } });
}, 300_000);

afterAll(async () => await ready.close());

const callbacksOf = (ids: string[]) =>
	ready.sandbox.callbacks.filter(
		({ task_id: id, task_status: status }) => ids.includes(id) && status === 'succeed',
	);

/** Ends tasks while the database is locked, and keeps it locked for a while. */
async function finishWhileLocked(ids: string[]) {
	const release = await lockDatabase(ready);
	for (const id of ids) ready.sandbox.finish(id);
	await sleep(LOCKED_MS);
	await release();
	await until('all callbacks are answered', 20_000, () =>
		callbacksOf(ids).filter(({ status }) => status !== undefined).length === ids.length || undefined,
	);
}

/** An active trigger, and three tasks that call it. */
async function listening(path: string, receive: string) {
	const workflow = await activated(
		ready,
		`Trigger, ${receive}`,
		klingTrigger(ready.credentialId, path, { receive }),
	);
	await call(ready.n8n.address, `${path}/webhook`, {});
	const address = `${ready.n8n.address}/webhook/${path}/webhook`;
	const tasks = [1, 2, 3].map((n) =>
		ready.sandbox.createTask({ voice_name: `${path} ${n}`, callback_url: address }),
	);
	return { workflow, ids: tasks.map(({ task_id: id }) => id) };
}

async function eventsOf(workflow: string) {
	const rows = await listed(ready, workflow);
	const seen = await Promise.all(
		rows.map(async ({ id }) => await opened(ready, id, 'Kling Trigger')),
	);
	return seen.flatMap(({ items }) => items.map((item) => String(item.task_id)));
}

describe('events while the database is locked', () => {
	test('By Callback and By Asking: what n8n could not store at the call comes with the next poll, each once', async () => {
		const { workflow, ids } = await listening('0b7c2f4e-locked-both', 'both');
		await finishWhileLocked(ids);
		await until('all events have started the workflow', 90_000, async () =>
			(await eventsOf(workflow)).length >= ids.length || undefined,
		);
		expect((await eventsOf(workflow)).sort()).toEqual([...ids].sort());
	}, 180_000);

	// The trigger answers 200 before n8n has stored anything. Let n8n answer, and it says 500.
	test.failing('By Callback alone: a call that started nothing is not answered with success', async () => {
		const { workflow, ids } = await listening('0b7c2f4e-locked-call', 'callback');
		await finishWhileLocked(ids);
		await sleep(3_000);
		const started = await eventsOf(workflow);
		const thanked = callbacksOf(ids).filter(({ status }) => status === 200);
		expect(thanked.map(({ task_id: id }) => id).sort()).toEqual(started.sort());
	}, 60_000);
});

describe('a pause while the database is locked', () => {
	const voice = () => ({
		voiceName: '={{ $json.body.name }}',
		voiceUrl: `${ready.sandbox.origin}/_sandbox/clips/narrator.mp3`,
		waitFor: 'callback',
		options: { timeout: 60, externalTaskId: '=lock-{{ $json.body.name }}' },
	});
	const taskOf = (name: string) =>
		ready.sandbox.tasks.find(({ voice_name: wanted }) => wanted === name)?.task_id ?? '';
	const paused = async (path: string) => {
		const { credentialId, n8n } = ready;
		const workflow = await activated(ready, path, called(path), kling(credentialId, voice()));
		await call(n8n.address, path, { name: path });
		return workflow;
	};

	test('a callback that n8n cannot store leaves the execution paused, and the time limit hands on the task', async () => {
		const workflow = await paused('resumed');
		await have(ready, workflow, 'waiting');
		await finishWhileLocked([taskOf('resumed')]);
		await have(ready, workflow, 'waiting');
		const { status, items } = await outcome(ready, workflow, 130_000);
		expect({ status, items }).toMatchObject({
			status: 'success',
			items: [{ task_id: taskOf('resumed'), timed_out: true }],
		});
	}, 180_000);

	test('a pause that n8n cannot store: "running" until n8n is restarted, then "crashed"; Retry with the same ID finds the voice', async () => {
		const { sandbox } = ready;
		sandbox.options.createMs = 1_500;
		const workflow = await paused('stored');
		await until('the voice is being created', 20_000, () => taskOf('stored') || undefined);
		const release = await lockDatabase(ready);
		await sleep(LOCKED_MS);
		await release();
		sandbox.options.createMs = 0;
		sandbox.finish(taskOf('stored'));
		await until('the callback is refused', 20_000, () =>
			callbacksOf([taskOf('stored')]).some(({ status }) => status === 409) || undefined,
		);
		expect(await listed(ready, workflow)).toMatchObject([{ status: 'running' }]);

		await ready.restart('kill');
		const { id, status } = await outcome(ready, workflow);
		expect(status).toBe('crashed');
		await ready.rest.retry(id);
		const [again] = await ended(ready, workflow, 2);
		expect(again).toMatchObject({ status: 'success', items: [{ task_id: taskOf('stored') }] });
		expect(sandbox.tasks.filter(({ voice_name: name }) => name === 'stored')).toHaveLength(1);
	}, 180_000);
});
