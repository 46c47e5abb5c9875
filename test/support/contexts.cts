import { Readable } from 'node:stream';
import type {
	IBinaryData,
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';

import { KlingClient } from '../../nodes/Kling/api/client';
import type { ByteStream } from '../../nodes/Kling/api/deadline';
import { valueOf } from './answers.cjs';

/** What the API says to one request: a body with status 200, or both. */
export type Said = { status: number; body: unknown } | { data: unknown };

export interface ApiRequest {
	method: string;
	/** Behind the base URL. */
	path: string;
	query: IDataObject;
}

export type Api = (request: ApiRequest) => Said | Promise<Said>;

const BASE_URL = 'https://gateway.example.com/kling';

export const API_KEY = 'sk-0123456789abcdef';

const credential = {
	provider: 'custom',
	baseUrl: BASE_URL,
	authentication: 'apiKey',
	apiKey: API_KEY,
};

interface Asked {
	method: string;
	url: string;
	qs?: IDataObject;
}

/** The part of a context through which a client reaches the API, which is `api`. */
export function apiPart(
	api: Api,
	more: IDataObject = {},
): { part: object; requests: ApiRequest[] } {
	const requests: ApiRequest[] = [];
	const httpRequestWithAuthentication = async (_: string, { method, url, qs = {} }: Asked) => {
		const request = { method, path: url.slice(BASE_URL.length), query: qs };
		requests.push(request);
		const said = await api(request);
		const { status, body } = 'data' in said ? { status: 200, body: { code: 0, ...said } } : said;
		return { statusCode: status, headers: {}, body: JSON.stringify(body) };
	};
	return {
		requests,
		part: {
			getCredentials: async () => ({ ...credential, ...more }),
			helpers: { httpRequestWithAuthentication },
		},
	};
}

/**
 * A client of that API, and what it was asked.
 * @param more fields of the credential
 */
export async function clientOf(
	api: Api,
	more: IDataObject = {},
): Promise<{ client: KlingClient; requests: ApiRequest[] }> {
	const { part, requests } = apiPart(api, more);
	return { client: valueOf(await KlingClient.open(part as IExecuteFunctions)), requests };
}

export const kling: INode = {
	id: 'kling',
	name: 'Kling',
	type: 'n8n-nodes-kling-voice.kling',
	typeVersion: 1.1,
	position: [0, 0],
	parameters: {},
};

/** `T` with nothing in it but what a test gives: who touches more fails the test. */
export const contextOf = (part: object) => part as IExecuteFunctions;

export interface GivenWebhook {
	api: Api;
	/** What `{{ $input.all() }}` gives. */
	input: unknown;
	body: unknown;
	/** How the voices are to leave; for all rows that wait. */
	wishes?: IDataObject;
	/** When n8n goes on by itself; default in an hour. */
	untilMs?: number;
	/** What the pause has stored, for one of another version. */
	kept?: IDataObject;
	/** Which pause the address of the call names. */
	pause?: string;
	/** A name for every test, as callbacks of one execution wait for each other. */
	executionId: string;
	/** More helpers, for samples. */
	helpers?: object;
}

export interface Heard {
	status?: number;
	json?: unknown;
	/** What n8n's log was told. */
	errors: string[];
}

/** A call on the address of a paused execution. */
export function webhookOf(given: GivenWebhook) {
	const { api, input, body, executionId, helpers, untilMs = Date.now() + 3_600_000 } = given;
	const { part, requests } = apiPart(api);
	const heard: Heard = { errors: [] };
	const response = {
		status(status: number) {
			heard.status = status;
			return response;
		},
		json(json: unknown) {
			heard.json = json;
			return response;
		},
	};
	const context = {
		...part,
		helpers: { ...(part as IWebhookFunctions).helpers, ...helpers },
		getNode: () => kling,
		getExecutionId: () => executionId,
		getBodyData: () => body,
		getQueryData: () => (given.pause === undefined ? {} : { pause: given.pause }),
		getRequestObject: () => ({}),
		getResponseObject: () => response,
		evaluateExpression: (expression: string) =>
			expression.includes('$input')
				? input
				: (given.kept ?? { v: 1, untilMs, notes: notesFor(input, given.wishes) }),
		logger: {
			error: (message: string) => heard.errors.push(message),
		},
	};
	return { context: context as object as IWebhookFunctions, requests, heard };
}

/** What a node notes of the rows that wait. */
function notesFor(input: unknown, wishes: IDataObject = { simple: true }): unknown[] {
	const rows = Array.isArray(input) ? (input as (INodeExecutionData | IDataObject | null)[]) : [];
	return rows.map((row) => {
		const json = (row && 'json' in row ? row.json : (row ?? {})) as IDataObject;
		return json.timed_out === true
			? {
					...wishes,
					taskId: json.task_id,
					externalTaskId: json.external_task_id,
					name: json.voice_name,
				}
			: null;
	});
}

export const rowOf = (json: IDataObject): INodeExecutionData => ({ json });

/** A stream as n8n's helpers give it. */
export const streamOf = (...chunks: (Buffer | Error)[]): ByteStream =>
	Readable.from(
		(function* () {
			for (const chunk of chunks) {
				if (chunk instanceof Error) throw chunk;
				yield chunk;
			}
		})(),
	);

export interface Stored {
	bytes: number;
	fileName?: string;
	mimeType?: string;
}

/** Stores what it is given in `log`, as n8n does with files that are not kept in memory. */
export const storing =
	(log: Stored[]) =>
	async (source: Buffer | Readable, fileName?: string, mimeType?: string): Promise<IBinaryData> => {
		let bytes = 0;
		if (Buffer.isBuffer(source)) bytes = source.length;
		else for await (const chunk of source) bytes += (chunk as Buffer).length;
		log.push({ bytes, fileName, mimeType });
		return {
			id: `filesystem-v2:stored/${log.length}`,
			data: 'filesystem-v2',
			mimeType: mimeType ?? 'text/plain',
			...(fileName !== undefined && { fileName }),
		};
	};
