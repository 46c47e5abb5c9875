import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject, IRunExecutionData } from 'n8n-workflow';
import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';
import { until } from '../../../sandbox/n8n/client/rest.cjs';
import { startReady, type Ready } from '../../../sandbox/n8n/process/ready.cjs';
import { isUnderWay, type Host, type HostedWorkflow, type Listed } from './host.cjs';
import { KLING_OPTIONS, PROBE_FOLDER } from './probes.cjs';

/** Seconds from saving a workflow to its first poll by the timer: enough for the steps before it. */
const POLL_AFTER_S = 8;

/** A minute longer, in case n8n was too busy for the first one. */
const POLL_WITHIN_MS = 75_000;

/** From Kling's answer to a poll until the execution that it starts is listed. */
const POLL_SETTLES_MS = 700;

/** A real n8n. */
export async function startN8nHost(): Promise<Host> {
	// Outside production n8n adds a stack trace to its error answers.
	const env = { N8N_CUSTOM_EXTENSIONS: PROBE_FOLDER, NODE_ENV: 'production' };
	const ready = await startReady({ sandbox: KLING_OPTIONS, env });
	return {
		base: `${ready.n8n.address}/`,
		kling: ready.sandbox,
		open: async (file) => new OnN8n(ready, file),
		close: async () => await ready.close(),
	};
}

interface Publication {
	status: string;
	triggers: { errorMessage: string | null }[];
}

class OnN8n implements HostedWorkflow {
	private saved?: string;
	private isActive = false;
	/** How many lists Kling was asked for up to the end of the activation. */
	private listsBefore = 0;

	constructor(
		private readonly ready: Ready,
		private readonly file: WorkflowFile,
	) {}

	async activate(): Promise<void> {
		const id = await this.id();
		const { rest } = this.ready;
		await rest.activate(id).catch((error: unknown) => {
			throw new Error(String(error).replace(/^.* answered \d+: /, ''));
		});
		this.isActive = true;
		const { status, triggers } = await this.published();
		this.listsBefore = this.lists().length;
		if (status === 'published') return;
		throw new Error(triggers.map(({ errorMessage }) => errorMessage ?? status).join());
	}

	async deactivate(): Promise<void> {
		if (!this.isActive) return;
		this.isActive = false;
		await this.ready.rest.deactivate(await this.id());
		await this.published();
	}

	async start(items: IDataObject[]): Promise<void> {
		if (!this.isActive) await this.activate();
		const [first] = this.file.nodes;
		const before = (await this.executions()).length;
		await fetch(`${this.ready.n8n.address}/webhook/${first?.webhookId ?? ''}/probe`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ items }),
		});
		await until('the pause or the end of the execution', async () => {
			const last = (await this.executions())[before];
			return last !== undefined && !isUnderWay(last);
		});
	}

	async test(): Promise<boolean> {
		const [first] = this.file.nodes;
		const { executionId } = await this.ready.rest.call<{ executionId?: string }>(
			'POST',
			`/workflows/${await this.id()}/run`,
			{ triggerToStartFrom: { name: first?.name } },
		);
		return executionId === undefined;
	}

	async poll(): Promise<void> {
		const isAnswered = () => {
			const [next] = this.lists().slice(this.listsBefore);
			return next?.status !== undefined;
		};
		if (isAnswered()) throw new Error('The poll came before it was asked for');
		await until('the poll', isAnswered, POLL_WITHIN_MS);
		await sleep(POLL_SETTLES_MS);
	}

	async restart(): Promise<void> {
		await this.ready.restart('stop');
	}

	async timeLimit(id: string): Promise<void> {
		await this.ready.rest.ended(id, 90_000);
	}

	async cancel(id: string): Promise<void> {
		await this.ready.rest.call('POST', `/executions/${id}/stop`);
	}

	async retry(id: string): Promise<void> {
		await this.ready.rest.call('POST', `/executions/${id}/retry`, { loadWorkflow: false });
	}

	async executions(): Promise<Listed[]> {
		const rows = await this.ready.rest.executions({ workflowId: await this.id() });
		return rows.sort((one, other) => Number(one.id) - Number(other.id));
	}

	async data(id: string): Promise<IRunExecutionData> {
		return (await this.ready.rest.execution(id)).data;
	}

	private lists() {
		return this.ready.sandbox.requests.filter(({ route }) => route === 'list');
	}

	/** n8n publishes and unpublishes in the background. */
	private async published(): Promise<Publication> {
		const path = `/workflows/${await this.id()}/publication-status`;
		return await until('the publication', async () => {
			const found = await this.ready.rest.call<Publication>('GET', path);
			return found.status !== 'in_progress' && found;
		});
	}

	private async id(): Promise<string> {
		const { rest, credentialId } = this.ready;
		const credentials = { klingApi: credentialId };
		this.saved ??= (await rest.importWorkflow(timed(this.file), { credentials })).id;
		return this.saved;
	}
}

/** With a poll soon: n8n polls once a minute at most, by default at a random second. */
function timed(file: WorkflowFile): WorkflowFile {
	const second = new Date(Date.now() + POLL_AFTER_S * 1_000).getSeconds();
	const pollTimes = { item: [{ mode: 'custom', cronExpression: `${second} * * * * *` }] };
	const nodes = file.nodes.map((node) =>
		['poll', 'both'].includes(String(node.parameters.receive))
			? { ...node, parameters: { pollTimes, ...node.parameters } }
			: node,
	);
	return { ...file, nodes };
}
