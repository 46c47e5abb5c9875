import http from 'node:http';
import axios, { type AxiosInstance, type AxiosResponse, type Method, isAxiosError } from 'axios';
import { parse } from 'flatted';
import type { ExecutionStatus, IRunExecutionData } from 'n8n-workflow';
import type { WorkflowFile } from '../../engine/index.cjs';
import type {
	CredentialTest,
	ExecutionDetails,
	ExecutionSummary,
	Login,
	SavedWorkflow,
} from './restTypes.cjs';
import { until } from './until.cjs';
import { triggerOf, withCredentials } from '../../workflowFile.cjs';

export type * from './restTypes.cjs';
export { until };

/** n8n binds a session to the browser that logged in, and tells it by this header. */
const BROWSER = 'kling-voice-sandbox';

/** n8n refuses longer pages. */
const PAGE = 100;

const ENDED: ExecutionStatus[] = ['success', 'error', 'canceled', 'crashed'];

/** n8n's own REST API, used as its editor uses it. A call that n8n refuses throws what was called and n8n's reason. */
export class N8nRest {
	private cookie = '';

	private constructor(private readonly client: AxiosInstance) {}

	/**
	 * Logs in; an n8n that has no owner yet gets this one first.
	 * @param address `http://localhost:port`
	 */
	static async login(address: string, { email, password }: Login): Promise<N8nRest> {
		const client = axios.create({
			baseURL: `${address}/rest`,
			// A connection that is kept open may be closed by n8n at the moment of the next call.
			httpAgent: new http.Agent({ keepAlive: false }),
			proxy: false,
			validateStatus: () => true,
		});
		const rest = new N8nRest(client);
		const { userManagement } = await rest.call<{
			userManagement: { showSetupOnFirstLoad?: boolean };
		}>('GET', '/settings');
		if (userManagement.showSetupOnFirstLoad) {
			const owner = { email, password, firstName: 'Kling', lastName: 'Sandbox' };
			await rest.call('POST', '/owner/setup', owner);
		}
		await rest.call('POST', '/login', { emailOrLdapLoginId: email, password });
		return rest;
	}

	/**
	 * Any call of the REST API.
	 * @param path what comes after `/rest`
	 * @returns the `data` of n8n's answer
	 * @throws method, path, status and n8n's message
	 */
	async call<T>(method: Method, path: string, body?: object): Promise<T> {
		const { status, data, headers } = await this.send(method, path, body);
		const cookies = headers['set-cookie'];
		if (cookies) {
			const pairs = cookies.map((cookie) => cookie.split(';')[0]);
			this.cookie = pairs.join('; ');
		}
		if (status >= 300) {
			throw new Error(`${method} /rest${path} answered ${status}: ${messageOf(data)}`);
		}
		return (data as { data: T }).data;
	}

	/** The headers that stand for this login, for calls outside `/rest`. */
	session(): Record<string, string> {
		return { 'browser-id': BROWSER, cookie: this.cookie };
	}

	private async send(method: Method, path: string, body?: object): Promise<AxiosResponse<unknown>> {
		try {
			return await this.client.request({
				method,
				url: path,
				data: body,
				headers: this.session(),
			});
		} catch (error) {
			if (!isAxiosError(error)) throw error;
			// Not the error itself: it has the whole request in it, keys and all.
			throw new Error(`${method} /rest${path} got no answer: ${error.message || error.code}`);
		}
	}

	/** @returns the id of the new credential */
	async saveCredential(name: string, type: string, data: object): Promise<string> {
		const { id } = await this.call<{ id: string }>('POST', '/credentials', { name, type, data });
		return id;
	}

	/** Presses the test button of a saved credential. */
	async testCredential(id: string): Promise<CredentialTest> {
		const saved = await this.call<object>('GET', `/credentials/${id}?includeData=true`);
		return this.call('POST', '/credentials/test', { credentials: saved });
	}

	/**
	 * Saves a workflow file as a new workflow.
	 * @param credentials ids by credential type; nodes that want another type are saved without
	 */
	async importWorkflow(
		file: WorkflowFile,
		{ credentials = {} }: { credentials?: Record<string, string> } = {},
	): Promise<SavedWorkflow> {
		return this.call('POST', '/workflows', withCredentials(file, credentials));
	}

	async workflow(id: string): Promise<SavedWorkflow> {
		return this.call('GET', `/workflows/${id}`);
	}

	/** Publishes the saved version; webhooks, polls and schedules then run. */
	async activate(id: string): Promise<void> {
		const { versionId } = await this.workflow(id);
		await this.call('POST', `/workflows/${id}/activate`, { versionId });
	}

	async deactivate(id: string): Promise<void> {
		await this.call('POST', `/workflows/${id}/deactivate`, {});
	}

	/**
	 * Runs a workflow as the editor's button does.
	 * @param trigger name of the node to start from; default the manual trigger, else the first node without input
	 * @returns the id of the execution, which has only begun
	 * @throws when the trigger waits for a call from outside
	 */
	async run(id: string, trigger?: string): Promise<string> {
		const name = trigger ?? triggerOf(await this.workflow(id));
		const { executionId } = await this.call<{ executionId?: string }>(
			'POST',
			`/workflows/${id}/run`,
			{ triggerToStartFrom: { name } },
		);
		if (executionId !== undefined) return executionId;
		throw new Error(`“${name}” waits for a call from outside, so nothing runs yet`);
	}

	/**
	 * @param limit default 100; any number, read in pages
	 * @returns newest first, running ones before those that have ended
	 */
	async executions(
		wanted: { workflowId?: string; status?: ExecutionStatus; limit?: number } = {},
	): Promise<ExecutionSummary[]> {
		const { workflowId, status, limit = PAGE } = wanted;
		const filter = { workflowId, ...(status ? { status: [status] } : {}) };
		const all: ExecutionSummary[] = [];
		let cursor: string | null | undefined;
		do {
			const query = new URLSearchParams({
				limit: String(Math.min(PAGE, limit - all.length)),
				filter: JSON.stringify(filter),
				...(cursor ? { cursor } : {}),
			});
			const page = await this.call<{ results: ExecutionSummary[]; nextCursor?: string | null }>(
				'GET',
				`/executions?${query.toString()}`,
			);
			all.push(...page.results);
			cursor = page.nextCursor;
		} while (cursor && all.length < limit);
		return all.slice(0, limit);
	}

	/** One execution with its run data. */
	async execution(id: string): Promise<ExecutionDetails> {
		const { data, ...rest } = await this.call<ExecutionSummary & { data: string }>(
			'GET',
			`/executions/${id}`,
		);
		return { ...rest, data: parse(data) as IRunExecutionData };
	}

	/**
	 * Waits until an execution has ended, well or not; a paused one has not.
	 * @throws when it takes longer than `within` milliseconds, default one minute
	 */
	async ended(id: string, within?: number): Promise<ExecutionDetails> {
		const look = async () => {
			const execution = await this.execution(id);
			return ENDED.includes(execution.status) ? execution : undefined;
		};
		return until(`the end of execution ${id}`, look, within);
	}
}

/** n8n's `{ message }`, or what else came. */
function messageOf(data: unknown): string {
	const { message } = (data ?? {}) as { message?: unknown };
	return typeof message === 'string' ? message : JSON.stringify(data).slice(0, 500);
}
