import { randomUUID } from 'node:crypto';
import { settle, type MemoryUse } from '../../../bench/real/usage.cjs';
import { clipOf } from '../../../sandbox/kling/connection.cjs';
import { freePort } from '../../../sandbox/n8n/process/ports.cjs';
import { startPublicProxy } from '../../../sandbox/n8n/process/publicProxy.cjs';
import type { Ready } from '../../../sandbox/n8n/process/ready.cjs';
import { until } from '../../../sandbox/n8n/client/until.cjs';
import { klingNode, klingTrigger, noOp, webhookNode } from '../workflows.cjs';
import { activate, callWebhook } from './activate.cjs';
import { type Statuses, drip, forge, hugeIds } from './attacks.cjs';
import { listExecutions, openExecution, untilStatus } from './executions.cjs';

/** A whole night of attacks takes 60 s of each; a test takes less. */
export interface Scale {
	seconds: number;
	connections: number;
	genuine: number;
}

/** n8n with a paused execution, a trigger, and a workflow whose creates name that trigger as Callback URL. */
export interface Siege {
	ready: Ready;
	/** Of the workflow whose execution pauses. */
	pausing: string;
	/** Of the Kling Trigger. */
	triggered: string;
	triggerUrl: string;
	orderPath: string;
}

const UNTIL_TOLD_MS = 3_600_000;
const ROUNDS = 20;
/** Of a polling trigger's least interval, and what it may need. */
const BOTH_MS = 90_000;

export const memoryOf = async ({ ready }: Siege): Promise<MemoryUse> =>
	await settle(ready.n8n, ROUNDS);

/** @returns how many MB more are in use, resident or in the heap */
export const grownMb = (before: MemoryUse, after: MemoryUse): number =>
	Math.max(after.resident - before.resident, after.heap - before.heap);

export async function lay(ready: Ready): Promise<Siege> {
	const trigger = randomUUID();
	const triggerUrl = `${ready.n8n.address}/webhook/${trigger}/webhook`;
	const voice = { voiceName: 'Genuine', voiceUrl: clipOf(ready.sandbox) };
	const pausing = await activate(ready, 'Pauses', [
		webhookNode('pauses'),
		klingNode({ ...voice, waitFor: 'callback', options: { timeout: 3_600 } }),
	]);
	const triggered = await activate(ready, 'Triggered', [
		klingTrigger(trigger, { receive: 'both' }),
		noOp('Event'),
	]);
	await activate(ready, 'Orders', [
		webhookNode('orders'),
		klingNode({ ...voice, waitFor: 'none', options: { callbackUrl: triggerUrl } }),
	]);
	const siege = { ready, pausing, triggered, triggerUrl, orderPath: 'orders' };
	// n8n loads much at first use, and keeps it.
	await callWebhook(ready.n8n.address, `${trigger}/webhook`, { task_id: '1', task_status: 'x' });
	await forge(triggerUrl, 5);
	const { resumeUrl, end } = await paused(siege);
	await forge(resumeUrl, 3);
	await end();
	return siege;
}

interface Paused {
	resumeUrl: string;
	/** Finishes the task, and waits for the end of the execution. @returns its status */
	end: () => Promise<string>;
}

async function paused({ ready, pausing }: Siege): Promise<Paused> {
	const { sandbox, n8n } = ready;
	const before = new Set((await listExecutions(ready, pausing)).map(({ id }) => id));
	Object.assign(sandbox.options, { processingMs: UNTIL_TOLD_MS });
	const tasks = sandbox.tasks.length;
	await callWebhook(n8n.address, 'pauses', {});
	const task = await until('the task', () => sandbox.tasks[tasks]);
	await untilStatus(ready, pausing, 'waiting');
	const own = async () =>
		(await listExecutions(ready, pausing)).find(({ id }) => !before.has(id)) ?? undefined;
	return {
		resumeUrl: task.callback_url ?? '',
		async end() {
			sandbox.finish(task.task_id);
			const isOver = async () => {
				const status = (await own())?.status;
				return status !== 'waiting' && status !== 'running' && status;
			};
			return await until('the end of the pause', isOver, 90_000);
		},
	};
}

const readsOf = ({ ready }: Siege) =>
	ready.sandbox.requests.filter(({ route }) => route === 'get' || route === 'list').length;

/** Eleven calls of 12 MB at the address of a paused execution. */
export async function hugeAtPause(siege: Siege): Promise<{ statuses: Statuses; ended: string }> {
	const { resumeUrl, end } = await paused(siege);
	const statuses = await hugeIds(resumeUrl, 11, 12);
	return { statuses, ended: await end() };
}

/** Forged callbacks at the address of a paused execution. */
export async function strangersAtPause(siege: Siege, { seconds }: Scale) {
	const { resumeUrl, end } = await paused(siege);
	const before = readsOf(siege);
	const startedAt = performance.now();
	const statuses = await forge(resumeUrl, seconds);
	const reads = readsOf(siege) - before;
	const tookS = (performance.now() - startedAt) / 1000;
	return { statuses, readsPerSecond: reads / tookS, ended: await end() };
}

/** Forged callbacks at the trigger, beside tasks of this n8n that end meanwhile. */
export async function forgedAtTrigger(siege: Siege, { seconds, genuine }: Scale) {
	const { ready, triggerUrl, triggered, orderPath } = siege;
	Object.assign(ready.sandbox.options, { submittedMs: 500, processingMs: 1_000 });
	const seen = new Set((await listExecutions(ready, triggered)).map(({ id }) => id));
	const tasks = ready.sandbox.tasks.length;
	const before = readsOf(siege);
	const ordering = (async () => {
		for (let n = 0; n < genuine; n += 1) {
			await callWebhook(ready.n8n.address, orderPath, {});
			await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / genuine));
		}
	})();
	const statuses = await forge(triggerUrl, seconds);
	await ordering;
	const reads = readsOf(siege) - before;
	const wanted = ready.sandbox.tasks.slice(tasks).map(({ task_id: id }) => id);
	const isForged = (id: string) => !ready.sandbox.tasks.some((task) => task.task_id === id);
	const events = async () => {
		const rows = (await listExecutions(ready, triggered)).filter(({ id }) => !seen.has(id));
		const all = await Promise.all(
			rows.map(async ({ id }) => await openExecution(ready, id, 'Event')),
		);
		return all.flatMap(({ items }) => items).map((item) => String(item.task_id));
	};
	const complete = async () => {
		const got = await events();
		return wanted.length === genuine && wanted.every((id) => got.includes(id)) && got;
	};
	const startedAt = performance.now();
	const got = await until('the events of the genuine tasks', complete, BOTH_MS);
	return {
		statuses,
		reads,
		lateS: (performance.now() - startedAt) / 1000,
		events: got.filter((id) => wanted.includes(id)).length,
		// A poll also finds the tasks of other workflows.
		forged: got.filter(isForged).length,
	};
}

/** Connections that never send a whole body. @param behindProxy as `npm start` and docs/exposing-n8n.md have it */
export async function slowAtTrigger(
	siege: Siege,
	{ connections, seconds }: Scale,
	behindProxy: boolean,
) {
	const { ready, triggerUrl } = siege;
	const port = await freePort();
	const to = Number(new URL(ready.n8n.address).port);
	const proxy = behindProxy ? await startPublicProxy(port, to) : undefined;
	const url = new URL(triggerUrl);
	if (proxy) Object.assign(url, { host: `127.0.0.1:${port}` });
	try {
		const before = await memoryOf(siege);
		const path = url.pathname.slice('/webhook/'.length);
		// Understood and answered without a look at Kling.
		const forged = { task_id: '1', task_status: 'processing' };
		const call = async () => await callWebhook(url.origin, path, forged);
		const during = await drip(url.href, connections, Math.min(seconds, 10), async () => {
			const { resident } = await settle(ready.n8n, 1);
			return { answered: await call(), grownMb: resident - before.resident };
		});
		return { ...during, answeredAfter: await call() };
	} finally {
		await proxy?.close();
	}
}
