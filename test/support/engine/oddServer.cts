import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { listenLocally } from '../../../sandbox/localServer.cjs';

export interface OddServer {
	origin: string;
	/** `POST /v1/general/custom-voices`, in the order in which they came, with the key that came along. */
	requests: { line: string; key: string | undefined; body: string }[];
	close: () => Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/**
 * A server that answers as a test says.
 * @param answer `count`: how many requests with this method have come, from 1 on
 */
export async function startOddServer(answer: Answer): Promise<OddServer> {
	const requests: OddServer['requests'] = [];
	const counts: Record<string, number> = {};
	const server = createServer((request, response) => {
		const { method = '', url = '', headers } = request;
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			requests.push({ line: `${method} ${url}`, key: headers.authorization, body });
			counts[method] = (counts[method] ?? 0) + 1;
			answer(request, response, counts[method]);
		});
	});
	const { port, close } = await listenLocally(server);
	return { origin: `http://127.0.0.1:${port}`, requests, close };
}

export const sendJson = (response: ServerResponse, body: unknown, status = 200): void => {
	response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

export const credentialsAt = (baseUrl: string): ICredentialDataDecryptedObject => ({
	provider: 'custom',
	baseUrl,
	authentication: 'apiKey',
	apiKey: 'sk-0123456789abcdef',
});

/** A task in Kling's own shape. */
export const taskAnswer = (status: string) => ({
	code: 0,
	data: {
		task_id: '7001',
		task_status: status,
		...(status === 'succeed' && {
			task_result: { voices: [{ voice_id: '9001', voice_name: 'Narrator A', trial_url: '' }] },
		}),
	},
});

/** Sends the headers at once, then a byte every half second. */
export function trickle(response: ServerResponse): void {
	response.writeHead(200, { 'content-type': 'application/json' });
	const timer = setInterval(() => response.write(' '), 500);
	response.on('close', () => clearInterval(timer));
}
