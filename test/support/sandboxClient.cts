import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/kling/server.cjs';

export const VOICES = '/v1/general/custom-voices';

/** A fast sandbox that takes any clip; each test says what it wants different. */
export const quick: SandboxOptions = { submittedMs: 20, processingMs: 20, fetchClips: false };

export interface SandboxReply {
	status: number;
	text: string;
	headers: AxiosResponse['headers'];
	json: ReplyBody;
	/** `data` of a list. */
	rows: TaskBody[];
}

/** The fields tests ask for; which of them are there is what the tests find out. */
export interface ReplyBody {
	code: unknown;
	message: string;
	request_id: string;
	success: boolean;
	data: TaskBody;
	error: { message: string; type: string; code: string };
}

export interface TaskBody {
	task_id: string;
	task_info: { external_task_id?: string };
	task_status: string;
	task_status_msg: string;
	created_at: number;
	updated_at: number;
	task_result: { voices: { voice_id: string; voice_name: string; owned_by: string }[] };
}

export class Client {
	readonly http: AxiosInstance;

	constructor(
		readonly sandbox: Sandbox,
		authorization: string | null = 'Bearer sandbox-key',
	) {
		this.http = axios.create({
			baseURL: sandbox.baseUrl,
			proxy: false,
			validateStatus: () => true,
			responseType: 'text',
			transformResponse: (text: string) => text,
			headers: authorization === null ? {} : { authorization },
		});
	}

	async send(method: 'GET' | 'POST', url: string, data?: unknown): Promise<SandboxReply> {
		const response = await this.http.request<string>({ method, url, data });
		const { status, headers, data: text } = response;
		const json = parse(text) as ReplyBody;
		return { status, text, headers, json, rows: json.data as unknown as TaskBody[] };
	}

	create(body: Record<string, unknown> = {}): Promise<SandboxReply> {
		return this.send('POST', VOICES, {
			voice_name: 'Ada',
			voice_url: 'https://clips.test/a.mp3',
			...body,
		});
	}

	get(id: string): Promise<SandboxReply> {
		return this.send('GET', `${VOICES}/${encodeURIComponent(id)}`);
	}

	list(query = ''): Promise<SandboxReply> {
		return this.send('GET', VOICES + query);
	}

	delete(voice_id: unknown): Promise<SandboxReply> {
		return this.send('POST', '/v1/general/delete-voices', { voice_id });
	}

	/** Polls until the task has ended. */
	async ended(id: string, withinMs = 5000): Promise<TaskBody> {
		const deadline = Date.now() + withinMs;
		while (Date.now() < deadline) {
			const { data } = (await this.get(id)).json;
			if (['succeed', 'failed'].includes(data.task_status)) return data;
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		throw new Error(`task ${id} has not ended within ${withinMs} ms`);
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return {};
	}
}

const running: Sandbox[] = [];

/** Starts a sandbox that `closeAll` ends. */
export async function open(options: SandboxOptions = {}): Promise<Client> {
	const sandbox = await startSandbox({ ...quick, ...options });
	running.push(sandbox);
	return new Client(sandbox);
}

export async function closeAll(): Promise<void> {
	await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
}
