import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';

import type { IDataObject, INode } from 'n8n-workflow';

import { startWorkflow } from '../../sandbox/engine/index.cjs';
import { TASK, VOICE, errorOf, outputOf, workflowOf } from '../support/engine/kling.cjs';
import {
	credentialsAt,
	sendJson,
	startOddServer,
	taskAnswer,
	trickle,
	type OddServer,
} from '../support/engine/oddServer.cjs';

jest.setTimeout(60_000);

const GET = { operation: 'get', voice: '7001' };
const KEY = 'Bearer sk-0123456789abcdef';

let server: OddServer | undefined;
afterEach(async () => {
	await server?.close();
	server = undefined;
});

async function serve(...[answer]: Parameters<typeof startOddServer>): Promise<OddServer> {
	server = await startOddServer(answer);
	return server;
}

function start(
	origin: string,
	parameters: IDataObject,
	settings: Partial<INode> = {},
	credentials = credentialsAt(origin),
) {
	return startWorkflow(workflowOf(parameters, settings), {
		credentials,
		pinData: { Items: [{}] },
	});
}

async function run(...args: Parameters<typeof start>) {
	const startedAt = Date.now();
	const result = await start(...args).finished;
	return { error: errorOf(result), rows: outputOf(result, 'Kling'), ms: Date.now() - startedAt };
}

const counts = ({ requests }: OddServer) => ({
	posts: requests.filter(({ line }) => line.startsWith('POST')).length,
	gets: requests.filter(({ line }) => line.startsWith('GET')).length,
});

describe('The Timeout of a create bounds its looks', () => {
	it.each<[string, (response: ServerResponse) => void]>([
		['sends its headers at once and then a byte every half second', trickle],
		[
			'asks for 30 seconds of patience',
			(response) => response.writeHead(429, { 'retry-after': '30' }).end('{"code":1302}'),
		],
		['is never given', () => undefined],
	])('when the answer to a look %s', async (_name, look) => {
		const { origin } = await serve((request, response) => {
			if (request.method === 'POST') sendJson(response, taskAnswer('submitted'));
			else look(response);
		});
		const { error, ms } = await run(origin, { ...VOICE, options: { timeout: 5 } });
		expect(error).toContain('Not finished after 5 s');
		expect(error).toContain('7001');
		expect(ms).toBeLessThan(7_500);
	});
});

it('A stopped execution ends within a second while an answer trickles', async () => {
	const { origin, requests } = await serve((_request, response) => trickle(response));
	const started = start(origin, GET);
	while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
	await new Promise((resolve) => setTimeout(resolve, 300));
	const stoppedAt = Date.now();
	started.cancel();
	await started.finished.catch(() => undefined);
	expect(Date.now() - stoppedAt).toBeLessThan(1_000);
});

describe('An answer over 8 MB is stopped while it comes and not asked for again', () => {
	const packed = gzipSync(Buffer.alloc(150_000_000, ' '));

	it.each<[string, (response: ServerResponse) => void]>([
		[
			'sent as it is',
			(response) => {
				const chunk = Buffer.alloc(1_000_000, ' ');
				response.writeHead(200);
				let sent = 0;
				const more = () => {
					while ((sent += 1) <= 150) {
						if (!response.write(chunk)) {
							response.once('drain', more);
							return;
						}
					}
					response.end();
				};
				more();
			},
		],
		[
			'compressed to 146 KB',
			(response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
		],
	])('%s', async (_name, answer) => {
		const odd = await serve((_request, response) => answer(response));
		const { error, ms } = await run(odd.origin, GET);
		expect(error).toContain('larger than 8 MB');
		expect(counts(odd)).toEqual({ posts: 0, gets: 1 });
		expect(ms).toBeLessThan(3_000);
	});
});

describe('A redirect', () => {
	it.each([301, 302, 303, 307, 308])(
		'with HTTP %s to another host is named and keeps the key from it, for reads and creates',
		async (status) => {
			const other = await startOddServer((_request, response) => sendJson(response, {}));
			const odd = await serve((request, response) => {
				const location = `${other.origin}/kling${String(request.url)}?token=secret`;
				response.writeHead(status, { location }).end();
			});
			const read = await run(odd.origin, GET);
			const created = await run(odd.origin, TASK);
			await other.close();
			expect(other.requests).toEqual([]);
			for (const { error } of [read, created]) {
				expect(error).toContain(`redirects to ${other.origin}/kling [`);
				expect(error).toContain('Base URL');
				expect(error).not.toContain('secret');
			}
			expect(counts(odd).posts).toBe(1);
		},
	);

	it('of a base URL with v1 inside its path is named as the base URL to enter', async () => {
		const odd = await serve((request, response) => {
			const location = `https://api.example.com${String(request.url)}`;
			response.writeHead(308, { location }).end();
		});
		const { error } = await run(odd.origin, GET, {}, credentialsAt(`${odd.origin}/v1/kling`));
		expect(error).toContain('redirects to https://api.example.com/v1/kling [');
	});

	it.each([302, 303])(
		'with HTTP %s, which may follow a create that was carried out, never has it sent twice',
		async (status) => {
			const odd = await serve((_request, response) =>
				response.writeHead(status, { location: '/done' }).end(),
			);
			const { error } = await run(
				odd.origin,
				{ ...TASK, options: { timeout: 3 } },
				{ retryOnFail: true, maxTries: 3, waitBetweenTries: 10 },
			);
			expect(error).toContain('may exist');
			expect(counts(odd).posts).toBe(1);
		},
	);

	it('without a body or a target is reported after one POST of a create', async () => {
		const odd = await serve((_request, response) => response.writeHead(301).end());
		const { error } = await run(odd.origin, TASK);
		expect(error).toContain('answered HTTP 301 but named no address');
		expect(counts(odd)).toEqual({ posts: 1, gets: 0 });
	});
});

it('A proxy that wants a password is not blamed on the API', async () => {
	const odd = await serve((_request, response) =>
		response.writeHead(407).end('<h1>Proxy Authentication Required</h1>'),
	);
	const { error } = await run(odd.origin, TASK);
	expect(error).toContain('proxy that n8n is set to use asks for a username and password');
	expect(error).toContain('HTTPS_PROXY');
	expect(counts(odd)).toEqual({ posts: 1, gets: 0 });
});

it('A proxy that does not answer is not taken for the API', async () => {
	process.env.HTTP_PROXY = 'http://127.0.0.1:9';
	try {
		const { error } = await run('http://api.example.com/kling', GET);
		expect(error).toContain('The proxy 127.0.0.1:9 that n8n is set to use does not answer');
		expect(error).toContain('HTTP_PROXY');
		expect(error).not.toContain('base URL');
	} finally {
		delete process.env.HTTP_PROXY;
	}
});

describe("A CDN's page with HTTP 403", () => {
	const page = (response: ServerResponse) =>
		response.writeHead(403, { 'content-type': 'text/html' }).end('<html>Checking you</html>');

	it('is followed by another look while polling', async () => {
		const odd = await serve((request, response, count) => {
			if (request.method === 'POST') sendJson(response, taskAnswer('submitted'));
			else if (count === 1) page(response);
			else sendJson(response, taskAnswer('succeed'));
		});
		const { rows } = await run(odd.origin, VOICE);
		expect(rows[0]?.json).toMatchObject({ voice_id: '9001' });
	});

	it('ends a create, which is not sent again', async () => {
		const odd = await serve((_request, response) => page(response));
		const { error } = await run(odd.origin, TASK);
		expect(error).toContain('HTTP 403');
		expect(counts(odd).posts).toBe(1);
	});
});

it('A bare 429 on a create is sent again a few times', async () => {
	const odd = await serve((_request, response, count) => {
		if (count < 3) sendJson(response, { error: 'saturated' }, 429);
		else sendJson(response, taskAnswer('submitted'));
	});
	const { rows } = await run(odd.origin, TASK);
	expect(rows[0]?.json).toMatchObject({ task_id: '7001' });
	expect(counts(odd).posts).toBe(3);
});

describe('A base URL with v1 inside its path', () => {
	it('has no second v1 in the paths of its requests', async () => {
		const odd = await serve((_request, response) => sendJson(response, taskAnswer('succeed')));
		await run(odd.origin, GET, {}, credentialsAt(`${odd.origin}/v1/kling/`));
		expect(odd.requests).toMatchObject([
			{ line: 'GET /v1/kling/general/custom-voices/7001', key: KEY },
		]);
	});
});

it('A billing model is sent with the creates and reads of a gateway that bills by it', async () => {
	const odd = await serve((request, response) => {
		sendJson(response, taskAnswer(request.method === 'POST' ? 'submitted' : 'succeed'));
	});
	const credentials = { ...credentialsAt(odd.origin), billingModel: 'kling-voice' };
	await run(odd.origin, VOICE, {}, credentials);
	expect(JSON.parse(odd.requests[0]?.body ?? '')).toMatchObject({ model_name: 'kling-voice' });
	expect(odd.requests[1]?.line).toBe('GET /v1/general/custom-voices/7001?model_name=kling-voice');
});

it('A node without a credential fails with the words of n8n', async () => {
	const { error } = await run('http://127.0.0.1:9', TASK, { credentials: {} });
	expect(error).toContain('Node does not have any credentials set');
	expect(error).toContain('Choose a Kling API credential');
});
