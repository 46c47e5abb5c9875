import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import pLimit from 'p-limit';
import pidusage from 'pidusage';
import type { INode } from 'n8n-workflow';

import { startReady, type Ready } from '../sandbox/n8n/process/ready.cjs';
import { until } from '../sandbox/n8n/client/rest.cjs';
import { finishedTasks, postCallback, type PostOptions } from './callback.cjs';
import { median, type Figure, type Measurement } from './figure.cjs';
import { LAZY_ENGINE } from './real/engines.cjs';
import { startGitlab, type GitlabStandIn } from './real/gitlab.cjs';
import { figureTable, writeSection } from './section.cjs';

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
	gitlab: {
		type: 'n8n-nodes-base.gitlabTrigger',
		typeVersion: 1,
		parameters: { owner: 'bench', repository: 'bench', events: ['push'] },
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

type Name = keyof typeof CONTENDERS;
const names = Object.keys(CONTENDERS) as Name[];

/**
 * Callbacks per second of a real n8n, beside the trigger of another service. n8n 2.41 has a fast path for its own
 * Webhook node alone, by the name of its type; it is shown as well, without a goal. Writes its section of `docs/bench.md`.
 */
export const realEvents: Measurement = async (say) => {
	const figures = [
		...(await withEngine({ N8N_EXPRESSION_ENGINE: 'vm' }, 'n8n as it is', say)),
		...(await withEngine(LAZY_ENGINE, 'the lazy engine', say)),
		...(await withEngine({ N8N_EXPRESSION_ENGINE: 'legacy' }, 'the legacy engine', say)),
	];
	writeSection('realEvents', `## Callbacks at the trigger\n\n${figureTable(figures)}`);
	return figures;
};

async function withEngine(
	env: Record<string, string>,
	name: string,
	say: (progress: string) => void,
): Promise<Figure[]> {
	const ready = await startReady({
		sandbox: { fetchClips: false, callbacks: false, submittedMs: 600_000 },
		env,
	});
	const gitlab = await startGitlab();
	try {
		const urls = await activateAll(ready, gitlab);
		const speeds: Record<Name, number[]> = {
			webhook: [],
			gitlab: [],
			unverified: [],
			verified: [],
		};
		for (let round = 0; round <= ROUNDS; round += 1) {
			// Side by side in each round, as the speed of the machine changes from one to the next.
			for (const contender of names) {
				const speed = await perSecond(ready, urls[contender], {
					slow: contender === 'verified',
					headers: headersOf(contender, gitlab),
				});
				// The first round warms n8n up.
				if (round > 0) speeds[contender].push(speed);
			}
			say(`${name}, round ${String(round)} of ${String(ROUNDS)}`);
		}
		return figuresOf(name, speeds);
	} finally {
		await ready.close();
		await gitlab.close();
	}
}

const headersOf = (name: Name, gitlab: GitlabStandIn): Record<string, string> =>
	name === 'gitlab' ? { 'x-gitlab-token': gitlab.token() } : {};

function figuresOf(name: string, speeds: Record<Name, number[]>): Figure[] {
	const ratio = (one: Name, other: Name) =>
		median(speeds[one].map((speed, round) => speed / (speeds[other][round] ?? NaN)));
	const beside = (one: Name, other: Name, what: string, atLeast = 0): Figure => ({
		what: `callbacks per second, ${what}; ${name} (median of ${String(ROUNDS)})`,
		goal: atLeast > 0 ? `≥ ${String(atLeast)} ×` : '—',
		measured: `${ratio(one, other).toFixed(2)} × (${median(speeds[one]).toFixed(1)} beside ${median(speeds[other]).toFixed(1)} a second)`,
		met: ratio(one, other) >= atLeast,
	});
	return [
		beside('unverified', 'gitlab', 'verify off, beside n8n’s GitLab Trigger', 1),
		beside('unverified', 'webhook', 'verify off, beside n8n’s Webhook node'),
		beside(
			'verified',
			'unverified',
			`verify on, API answering in ${String(API_MS)} ms, beside verify off`,
			0.85,
		),
	];
}

async function activateAll(
	{ rest, n8n, credentialId }: Ready,
	gitlab: GitlabStandIn,
): Promise<Record<Name, string>> {
	const gitlabApi = await rest.saveCredential('GitLab', 'gitlabApi', {
		server: gitlab.address,
		accessToken: 'bench',
	});
	const credentials = { klingApi: credentialId, gitlabApi };
	const entries = names.map(async (name) => {
		const node = {
			...CONTENDERS[name],
			id: name,
			name: 'Trigger',
			position: [0, 0],
			webhookId: `bench-${name}`,
		} as INode;
		const file = { name: `Bench ${name}`, nodes: [node], connections: {} };
		if (name === 'gitlab') node.credentials = { gitlabApi: { id: null, name: 'GitLab' } };
		else if (name !== 'webhook') node.credentials = { klingApi: { id: null, name: 'Kling API' } };
		const { id } = await rest.importWorkflow(file, { credentials });
		await rest.activate(id);
		const path = name === 'webhook' ? 'webhook' : `bench-${name}/webhook`;
		const url = `${n8n.address}/webhook/${path}`;
		// The address is there a moment after n8n has called the workflow active.
		await until(`the address of ${name}`, async () => (await postCallback(url, IGNORED)) !== 404);
		return [name, url] as const;
	});
	return Object.fromEntries(await Promise.all(entries)) as Record<Name, string>;
}

interface CallOptions {
	/** Whether Kling takes its time to answer. */
	slow: boolean;
	headers: Record<string, string>;
}

async function perSecond(
	{ n8n, sandbox }: Ready,
	url: string,
	{ slow, headers }: CallOptions,
): Promise<number> {
	const ids = finishedTasks(sandbox, CALLS);
	if (slow) sandbox.addFault({ on: 'get', kind: 'slow', delayMs: API_MS });
	const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
	const started = performance.now();
	try {
		const limit = pLimit(AT_ONCE);
		await Promise.all(ids.map((id) => limit(() => postAccepted(url, id, { agent, headers }))));
		return (CALLS * 1000) / ((await idleSince(n8n.pid)) - started);
	} finally {
		agent.destroy();
		sandbox.clearFaults();
	}
}

async function postAccepted(url: string, task_id: string, options: PostOptions): Promise<void> {
	const status = await postCallback(url, { task_id, task_status: 'succeed' }, options);
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
