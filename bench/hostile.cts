import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { taggedAddress } from '../nodes/Kling/api/callbackTag';
import { CUSTOM_VOICE } from '../nodes/Kling/tasks/kinds';
import { outputOf } from '../sandbox/engine/index.cjs';
import { startInstance, type Instance } from '../sandbox/engine/instance/index.cjs';
import { credentialsFor } from '../sandbox/kling/connection.cjs';
import { startSandbox, type Sandbox } from '../sandbox/kling/server.cjs';
import { tryOddForms } from '../test/support/oddForms.cjs';
import { triggerWorkflow } from '../test/support/workflows.cjs';
import { postCallback } from './callback.cjs';
import type { Figure, Measurement } from './figure.cjs';
import { createWorkflow } from './workflows.cjs';

const FORGED = 10_000;
const GENUINE = 100;
const FLOOD_MS = 60_000;
const TICK_MS = 50;
const READS_PER_SECOND = 20;
const ODD_FORMS = 10_000;
const LATEST_MS = 10_000;
const FLAT_MB = 10;

const agent = new Agent({ keepAlive: true, maxSockets: 500 });

/** What strangers can do to the two addresses that Kling gets. */
export const hostile: Measurement = async (say) => {
	const sandbox = await startSandbox({
		fetchClips: false,
		callbacks: false,
		submittedMs: 600_000,
		processingMs: 600_000,
	});
	const instance = await startInstance();
	try {
		say(`${String(FORGED)} forged callbacks at the trigger in a minute, beside tagged ones`);
		const tagged = await atTrigger(instance, sandbox, true);
		say('the same beside callbacks without a tag');
		const untagged = await atTrigger(instance, sandbox, false);
		say('the same at the address of a pause');
		const paused = await atPause(instance, sandbox);
		say(`${String(ODD_FORMS)} callbacks in odd forms`);
		return [...tagged, ...untagged, ...paused, await oddForms()];
	} finally {
		agent.destroy();
		await instance.close();
		await sandbox.close();
	}
};

/** Callbacks of tasks that are there, and how they were answered. */
class Genuine {
	readonly ids = new Set<unknown>();
	refused = 0;
	latestMs = 0;

	constructor(
		private readonly sandbox: Sandbox,
		private readonly url: string,
		private readonly isTagged: boolean,
	) {}

	readonly send = async (n: number) => {
		const externalTaskId = `order-${String(n)}`;
		const task = this.sandbox.createTask({ voice_name: 'N', external_task_id: externalTaskId });
		this.sandbox.finish(task.task_id);
		this.ids.add(task.task_id);
		const where = { path: CUSTOM_VOICE.path, externalTaskId };
		const credentials = credentialsFor(this.sandbox);
		const url = this.isTagged ? taggedAddress(this.url, where, credentials) : this.url;
		const sentAt = performance.now();
		const status = await postCallback(url, body(task.task_id), { agent });
		if (status !== 200) this.refused += 1;
		else this.latestMs = Math.max(this.latestMs, performance.now() - sentAt);
	};
}

async function atTrigger(
	instance: Instance,
	sandbox: Sandbox,
	isTagged: boolean,
): Promise<Figure[]> {
	sandbox.reset();
	sandbox.options.ratePerSecond = READS_PER_SECOND;
	const credentials = credentialsFor(sandbox);
	const workflow = await instance.activate(triggerWorkflow({ receive: 'both' }), { credentials });
	const genuine = new Genuine(sandbox, workflow.url, isTagged);
	const before = heapMb();
	await flood(workflow.url, GENUINE, genuine.send);
	await workflow.idle();
	const grownMb = heapMb() - before;
	const eventIds = () =>
		workflow.executions.flatMap((run) =>
			outputOf(run, 'Kling Trigger').map(({ json }) => json.task_id),
		);
	const byCallback = new Set(eventIds()).size;
	const reads = readsOf(sandbox, genuine.ids);
	await sleep(1_500);
	await workflow.poll();
	await workflow.idle();
	const all = eventIds();
	await workflow.deactivate();
	return [triggerFigure(genuine, { isTagged, byCallback, reads, grownMb, all })];
}

interface Outcome {
	isTagged: boolean;
	/** Events before the first poll. */
	byCallback: number;
	reads: { own: number; others: number };
	grownMb: number;
	/** The task ids of all events. */
	all: unknown[];
}

function triggerFigure(
	{ ids, refused, latestMs }: Genuine,
	{ isTagged, byCallback, reads, grownMb, all }: Outcome,
): Figure {
	const [perEvent, perForged] = [reads.own / GENUINE, reads.others / FORGED];
	const isComplete = new Set(all).size === GENUINE && all.length === GENUINE;
	const isBounded = perForged <= 0.1 && grownMb < FLAT_MB;
	const isPrompt = byCallback === GENUINE && latestMs <= LATEST_MS && perEvent <= 1.2;
	const kept = `${String(byCallback)} events, latest ${(latestMs / 1000).toFixed(1)} s; ${perEvent.toFixed(2)} reads per genuine callback, ${perForged.toFixed(3)} per forged one; ${grownMb.toFixed(1)} MB more`;
	const after = `${String(new Set(all).size)} with Both, ${String(all.length - new Set(all).size)} twice, ${String(all.filter((id) => !ids.has(id)).length)} forged`;
	return {
		what: `${String(FORGED)} forged callbacks in 60 s beside ${String(GENUINE)} ${isTagged ? 'tagged' : 'untagged'} ones, ${String(READS_PER_SECOND)} reads a second`,
		goal: isTagged
			? '100 events, ≤ 10 s late; ≤ 1.2 reads per genuine callback, ≤ 0.1 per forged one; no more memory'
			: 'none lost with Both; ≤ 0.1 reads per forged callback; no more memory',
		measured: `${kept}; ${String(refused)} answered 503; ${after}`,
		met: isBounded && isComplete && (!isTagged || isPrompt),
	};
}

async function atPause(instance: Instance, sandbox: Sandbox): Promise<Figure[]> {
	sandbox.reset();
	const run = instance.startWorkflow(createWorkflow({ waitFor: 'callback', maxConcurrency: 5 }), {
		credentials: credentialsFor(sandbox),
		pinData: { Items: [{ name: 'Voice' }] },
	});
	await run.paused;
	const [task] = sandbox.tasks;
	if (!task?.callback_url) throw new Error('The run has not paused');
	const url = task.callback_url;
	const before = heapMb();
	const at = { start: performance.now(), call: Infinity, end: 0 };
	void run.finished.then(() => {
		at.end = performance.now();
	});
	const reads = () => sandbox.requests.filter(({ method }) => method === 'GET').length;
	let perSecond = 0;
	await flood(url, 10, async (n) => {
		if (n !== 9) return;
		perSecond = reads() / ((performance.now() - at.start) / 1000);
		sandbox.finish(task.task_id);
		at.call = performance.now();
		await postCallback(url, body(task.task_id), { agent });
	});
	const rows = outputOf(await run.finished, 'Kling').length;
	return [pauseFigure(rows, at.end - at.call, perSecond, heapMb() - before)];
}

const pauseFigure = (rows: number, lateMs: number, perSecond: number, grownMb: number): Figure => ({
	what: `${String(FORGED)} forged callbacks in 60 s at the address of a pause`,
	goal: 'resumes only after the real callback, ≤ 1 read a second, no more memory',
	measured: `${String(rows)} item ${lateMs < 0 ? 'TOO EARLY' : `${(lateMs / 1000).toFixed(2)} s after its callback`}; ${perSecond.toFixed(2)} reads a second; ${grownMb.toFixed(1)} MB more`,
	met: rows === 1 && lateMs >= 0 && lateMs <= 2_000 && perSecond <= 1 && grownMb < FLAT_MB,
});

async function oddForms(): Promise<Figure> {
	const { forms, looks, faults, slowestMs } = await tryOddForms(ODD_FORMS);
	return {
		what: `${String(forms)} callbacks in odd forms at the address of a pause`,
		goal: 'none throws, none resumes the run without a read from the API',
		measured: `${String(faults.length)} did; ${String(looks)} made the node read; slowest ${slowestMs.toFixed(0)} ms`,
		met: faults.length === 0,
	};
}

/** Spreads forged calls over a minute, and the genuine ones between them. */
async function flood(
	url: string,
	genuine: number,
	send: (n: number) => Promise<void>,
): Promise<void> {
	const startedAt = performance.now();
	const under: Promise<unknown>[] = [];
	let [forged, sent] = [0, 0];
	while (forged < FORGED || sent < genuine) {
		const share = Math.min(1, (performance.now() - startedAt) / FLOOD_MS);
		for (; forged < FORGED * share; forged += 1) {
			const id = `9${String(forged).padStart(17, '0')}`;
			under.push(postCallback(url, body(id), { agent }).catch(() => undefined));
		}
		for (; sent < Math.floor(genuine * share); sent += 1) under.push(send(sent));
		await sleep(TICK_MS);
	}
	await Promise.all(under);
}

const body = (task_id: string) => ({ task_id, task_status: 'succeed' });

function readsOf({ requests }: Sandbox, ids: Set<unknown>): { own: number; others: number } {
	const reads = requests.filter(({ route }) => route === 'get');
	const own = reads.filter(({ path }) => ids.has(path.split('/').at(-1) ?? '')).length;
	return { own, others: reads.length - own };
}

function heapMb(): number {
	global.gc?.();
	return process.memoryUsage().heapUsed / 1024 / 1024;
}
