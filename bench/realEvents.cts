import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import pLimit from 'p-limit';
import pidusage from 'pidusage';
import type { INode } from 'n8n-workflow';

import { startReady, type Ready } from '../sandbox/n8n/process/ready.cjs';
import { until } from '../sandbox/n8n/client/rest.cjs';
import { finishedTasks, postCallback } from './callback.cjs';
import { median, type Figure, type Measurement } from './figure.cjs';

const CALLS = 80;
const ROUNDS = 3;
const AT_ONCE = 20;
const API_MS = 20;
/** n8n is done when it has used no processor for so long. */
const IDLE_MS = 600;
const LOOK_MS = 50;

const CONTENDERS = {
	webhook: {
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: { httpMethod: 'POST', path: 'webhook', responseMode: 'onReceived', options: {} },
	},
	firstWebhook: {
		type: 'n8n-nodes-base.webhook',
		typeVersion: 1,
		parameters: { httpMethod: 'POST', path: 'first', responseMode: 'onReceived', options: {} },
	},
	unverified: {
		type: 'n8n-nodes-kling-voice.klingTrigger',
		typeVersion: 1.1,
		parameters: { options: { verify: false } },
	},
	verified: {
		type: 'n8n-nodes-kling-voice.klingTrigger',
		typeVersion: 1.1,
		parameters: {},
	},
} satisfies Record<string, Partial<INode>>;

/** Names no task, and starts nothing. */
const IGNORED = { task_id: '', task_status: 'succeed' };

/** Keeps expressions in their isolate, and makes none for a call that needs none. */
const LAZY_ENGINE = {
	N8N_EXPRESSION_ENGINE: 'vm',
	N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
	N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'true',
};

type Name = keyof typeof CONTENDERS;
const names = Object.keys(CONTENDERS) as Name[];

/**
 * Callbacks per second of a real n8n, beside its own Webhook node. n8n 2.41 starts an expression engine for each call
 * of every trigger but that node from version 2 on; so all three engines, and version 1 of that node, are compared.
 */
export const realEvents: Measurement = async (say) => [
	...(await withEngine({ N8N_EXPRESSION_ENGINE: 'vm' }, 'n8n as it is', say)),
	...(await withEngine(LAZY_ENGINE, 'the isolated engine, started when needed', say)),
	...(await withEngine({ N8N_EXPRESSION_ENGINE: 'legacy' }, 'N8N_EXPRESSION_ENGINE=legacy', say)),
];

async function withEngine(
	env: Record<string, string>,
	name: string,
	say: (progress: string) => void,
): Promise<Figure[]> {
	const ready = await startReady({
		sandbox: { fetchClips: false, callbacks: false, submittedMs: 600_000 },
		env,
	});
	try {
		const urls = await activateAll(ready);
		const speeds: Record<Name, number[]> = {
			webhook: [],
			firstWebhook: [],
			unverified: [],
			verified: [],
		};
		for (let round = 0; round <= ROUNDS; round += 1) {
			// Side by side in each round, as the speed of the machine changes from one to the next.
			for (const contender of names) {
				const speed = await perSecond(ready, urls[contender], contender === 'verified');
				// The first round warms n8n up.
				if (round > 0) speeds[contender].push(speed);
			}
			say(`${name}, round ${String(round)} of ${String(ROUNDS)}`);
		}
		return figuresOf(name, speeds);
	} finally {
		await ready.close();
	}
}

function figuresOf(name: string, speeds: Record<Name, number[]>): Figure[] {
	const ratio = (one: Name, other: Name) =>
		median(speeds[one].map((speed, round) => speed / (speeds[other][round] ?? NaN)));
	const beside = (one: Name, other: Name, what: string, atLeast: number): Figure => ({
		what: `callbacks per second, ${what}; ${name} (median of ${String(ROUNDS)})`,
		goal: `≥ ${String(atLeast)} ×`,
		measured: `${ratio(one, other).toFixed(2)} × (${median(speeds[one]).toFixed(1)} beside ${median(speeds[other]).toFixed(1)} a second)`,
		met: ratio(one, other) >= atLeast,
	});
	return [
		beside('unverified', 'webhook', 'verify off, beside n8n’s Webhook node', 0.9),
		beside('unverified', 'firstWebhook', 'verify off, beside version 1 of the Webhook node', 0.9),
		beside(
			'verified',
			'unverified',
			`verify on, API answering in ${String(API_MS)} ms, beside verify off`,
			0.5,
		),
	];
}

async function activateAll({ rest, n8n, credentialId }: Ready): Promise<Record<Name, string>> {
	const entries = names.map(async (name) => {
		const isOurs = CONTENDERS[name].type.includes('kling');
		const node = {
			...CONTENDERS[name],
			id: name,
			name: 'Trigger',
			position: [0, 0],
			webhookId: `bench-${name}`,
		} as INode;
		const file = { name: `Bench ${name}`, nodes: [node], connections: {} };
		if (isOurs) node.credentials = { klingApi: { id: null, name: 'Kling API' } };
		const { id } = await rest.importWorkflow(file, { credentials: { klingApi: credentialId } });
		await rest.activate(id);
		const path = isOurs
			? `bench-${name}/webhook`
			: (CONTENDERS[name].parameters as { path: string }).path;
		const url = `${n8n.address}/webhook/${path}`;
		// The address is there a moment after n8n has called the workflow active.
		await until(`the address of ${name}`, async () => (await postCallback(url, IGNORED)) !== 404);
		return [name, url] as const;
	});
	return Object.fromEntries(await Promise.all(entries)) as Record<Name, string>;
}

async function perSecond({ n8n, sandbox }: Ready, url: string, slow: boolean): Promise<number> {
	const ids = finishedTasks(sandbox, CALLS);
	if (slow) sandbox.addFault({ on: 'get', kind: 'slow', delayMs: API_MS });
	const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
	const started = performance.now();
	try {
		const limit = pLimit(AT_ONCE);
		await Promise.all(ids.map((id) => limit(() => postAccepted(url, agent, id))));
		return (CALLS * 1000) / ((await idleSince(n8n.pid)) - started);
	} finally {
		agent.destroy();
		sandbox.clearFaults();
	}
}

async function postAccepted(url: string, agent: Agent, task_id: string): Promise<void> {
	const status = await postCallback(url, { task_id, task_status: 'succeed' }, agent);
	if (status !== 200) throw new Error(`${url} answered ${String(status)}`);
}

/** @returns when n8n, which works on after its answers, used the processor last; as performance.now() */
async function idleSince(pid: number): Promise<number> {
	let used = (await pidusage(pid)).ctime;
	let since = performance.now();
	while (performance.now() - since < IDLE_MS) {
		await sleep(LOOK_MS);
		const { ctime } = await pidusage(pid);
		// A tick now and then is n8n's housekeeping.
		if (ctime - used <= 10) continue;
		used = ctime;
		since = performance.now();
	}
	return since;
}
