import { once } from 'node:events';
import { type IncomingMessage, createServer } from 'node:http';
import { type Socket, connect } from 'node:net';
import { type LocalServer, listenLocally } from '../../sandbox/localServer.cjs';
import { isPublic } from '../../sandbox/n8n/process/publicPaths.cjs';
import { type ProxyLimits, startPublicProxy } from '../../sandbox/n8n/process/publicProxy.cjs';

describe('Of n8n, the outside world reaches', () => {
	it.each([
		['POST', '/webhook/7d0c/webhook'],
		['POST', '/webhook/7d0c/webhook/'],
		['GET', '/webhook/caf%C3%A9?name=a%2Fb&x=..'],
		['POST', '/webhook-test/7d0c/webhook'],
		['POST', '/webhook-waiting/1042?signature=a.b'],
		['GET', '/form/7d0c'],
		['POST', '/form-test/7d0c'],
		['GET', '/form-waiting/1042/n8n-execution-status?signature=x'],
		['GET', '/rest/binary-data/signed?token=eyJ.a.b'],
		['HEAD', '/rest/binary-data/signed?token=eyJ.a.b'],
	])('%s %s', (method, url) => {
		expect(isPublic(method, url)).toBe(true);
	});
});

describe('Of n8n, the outside world does not reach', () => {
	it.each([
		'/',
		'/signin',
		'/rest/login',
		'/rest/binary-data/signed/',
		'/rest/binary-data/signed/../../login',
		'/rest/binary-data/%73igned',
		'/REST/login',
		'/webhook',
		'/webhook/',
		'/webhookx/rest',
		'/Webhook/a',
		'/webhook/../rest/login',
		'/webhook/./../rest/login',
		'/webhook/%2e%2e/rest/login',
		'/webhook/%2E./rest/login',
		'/webhook/..%2frest%2flogin',
		'/webhook/a%2f..%2f..%2frest',
		'/webhook/%252e%252e/rest/login',
		'/webhook/..;/rest/login',
		'/webhook\\..\\rest\\login',
		'/webhook/..%5crest',
		'/webhook/%00',
		'/webhook/%',
		'/webhook/%ff',
		'/webhook//rest/login',
		'//rest/login',
		'//webhook/a',
		'/webhook/a#/../../rest/login',
		'/form/../rest/login',
		'/form-waiting/%2e%2e/rest/login',
		'/rest/../webhook/a',
		'/rest/workflows/..%2f..%2fwebhook%2fa',
		'/mcp/a',
		'/healthz',
		'/metrics',
		'http://localhost/rest/login',
		'http://localhost/webhook/a',
		'*',
		'',
		'/webhook/é',
	])('%s', (url) => {
		expect(isPublic('POST', url)).toBe(false);
		expect(isPublic('GET', url)).toBe(false);
	});

	it.each(['TRACE', 'CONNECT', 'PROPFIND'])('anything by the method %s', (method) => {
		expect(isPublic(method, '/webhook/a')).toBe(false);
	});

	it('a signed file by any method that writes', () => {
		expect(isPublic('POST', '/rest/binary-data/signed?token=a')).toBe(false);
	});
});

describe('The proxy before the editor', () => {
	/** What has come to n8n. */
	let got: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[];
	let n8n: LocalServer;
	let proxy: LocalServer | undefined;
	let sockets: Socket[];

	beforeEach(async () => {
		got = [];
		sockets = [];
		const server = createServer((req, res) => {
			const chunks: Buffer[] = [];
			req.on('data', (chunk: Buffer) => chunks.push(chunk));
			req.on('end', () => {
				const { method, url, headers } = req;
				got.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
				if (url?.includes('never')) return;
				res.writeHead(201, { 'x-of-n8n': 'yes' }).end('from n8n');
			});
		});
		n8n = await listenLocally(server);
	});
	afterEach(async () => {
		for (const socket of sockets) socket.destroy();
		await proxy?.close();
		await n8n.close();
	});

	const startProxy = async (limits: Partial<ProxyLimits> = {}) => {
		proxy = await startPublicProxy(0, n8n.port, limits);
	};

	/** Sends bytes as they are. @returns all that is answered until the connection ends */
	async function sent(...parts: string[]): Promise<string> {
		const socket = connect(proxy?.port ?? 0, '127.0.0.1');
		sockets.push(socket);
		let answer = '';
		socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
		socket.on('error', () => undefined);
		for (const part of parts) socket.write(part, 'latin1');
		await once(socket, 'close');
		return answer;
	}

	const CLOSE = 'Host: public.example.com\r\nConnection: close\r\n';

	it('passes a call and its answer on, in one piece', async () => {
		await startProxy();
		const body = '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n';
		const answer = await sent(
			`POST /webhook/a?b=c HTTP/1.1\r\n${CLOSE}Transfer-Encoding: chunked\r\nX-Forwarded-For: 1.2.3.4\r\nX-Own: 1\r\n\r\n`,
			body,
		);
		expect(answer).toMatch(/^HTTP\/1\.1 201 [^]*x-of-n8n: yes[^]*from n8n/);
		expect(got).toMatchObject([{ method: 'POST', url: '/webhook/a?b=c', body: 'hello world' }]);
		expect(got[0]?.headers).toMatchObject({ 'content-length': '11', 'x-own': '1' });
		expect(got[0]?.headers).not.toHaveProperty('transfer-encoding');
		expect(got[0]?.headers).not.toHaveProperty('x-forwarded-for');
	});

	it.each([
		['a private path', `GET /rest/login HTTP/1.1\r\n${CLOSE}\r\n`, '404'],
		['a path that leads up', `GET /webhook/../rest/login HTTP/1.1\r\n${CLOSE}\r\n`, '404'],
		['a whole address', `GET http://localhost/rest/login HTTP/1.1\r\n${CLOSE}\r\n`, '404'],
		['bytes beyond ASCII', `GET /webhook/\xe9 HTTP/1.1\r\n${CLOSE}\r\n`, '40'],
		[
			'a length and chunks at once',
			`POST /webhook/a HTTP/1.1\r\n${CLOSE}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /rest/login HTTP/1.1\r\n\r\n`,
			'400',
		],
		[
			'two lengths',
			`POST /webhook/a HTTP/1.1\r\n${CLOSE}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
			'400',
		],
		[
			'an encoding that is not chunked',
			`POST /webhook/a HTTP/1.1\r\n${CLOSE}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
			'400',
		],
		['huge headers', `GET /webhook/a HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
	])('refuses %s, and n8n hears nothing of it', async (_name, text, status) => {
		await startProxy();
		expect(await sent(text)).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
		expect(got).toEqual([]);
	});

	it('opens no tunnel by CONNECT', async () => {
		await startProxy();
		const answer = await sent(`CONNECT 127.0.0.1:${n8n.port} HTTP/1.1\r\n${CLOSE}\r\n`);
		expect(answer).not.toContain('200');
		expect(got).toEqual([]);
	});

	it('makes no websocket of a call, not even on a public path', async () => {
		await startProxy();
		const upgrade =
			'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
		expect(await sent(`GET /rest/push HTTP/1.1\r\n${upgrade}`)).toMatch(/^HTTP\/1.1 404/);
		const [answer] = await Promise.all([
			sent(`GET /webhook/a HTTP/1.1\r\n${upgrade.replace('Upgrade\r\n', 'Upgrade, close\r\n')}`),
		]);
		expect(answer).toMatch(/^HTTP\/1.1 201/);
		expect(got[0]?.headers).not.toHaveProperty('upgrade');
	});

	it('refuses a body that is too long, whether its length is told or not', async () => {
		await startProxy({ bodyBytes: 10 });
		const told = `POST /webhook/a HTTP/1.1\r\n${CLOSE}Content-Length: 11\r\n\r\n`;
		expect(await sent(told)).toMatch(/^HTTP\/1.1 413/);
		const untold = `POST /webhook/a HTTP/1.1\r\n${CLOSE}Transfer-Encoding: chunked\r\n\r\n`;
		expect(await sent(untold, 'b\r\nhello world\r\n')).toMatch(/^HTTP\/1.1 413/);
		expect(got).toEqual([]);
	});

	it('holds no more bytes of all calls than its limit', async () => {
		await startProxy({ heldBytes: 10, requestMs: 2_000 });
		const head = `POST /webhook/a HTTP/1.1\r\n${CLOSE}Content-Length: 20\r\n\r\n`;
		const first = sent(`${head}12345678`);
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(await sent(`${head}12345678`)).toMatch(/^HTTP\/1.1 503/);
		await first;
		const whole = `POST /webhook/a HTTP/1.1\r\n${CLOSE}Content-Length: 8\r\n\r\n12345678`;
		expect(await sent(whole)).toMatch(/^HTTP\/1.1 201/);
	});

	it('keeps slow senders to itself, and ends them in time', async () => {
		await startProxy({ requestMs: 1_000 });
		const head = `POST /webhook/a HTTP/1.1\r\n${CLOSE}Content-Length: 20\r\n\r\n`;
		const slow = Array.from({ length: 50 }, async () => await sent(head, 'a'));
		const answers = await Promise.all(slow);
		expect(answers.every((answer) => answer === '' || /^HTTP\/1.1 408/.test(answer))).toBe(true);
		expect(got).toEqual([]);
	});

	it('lets others through while calls wait for the end of their workflow', async () => {
		await startProxy({ atOnce: 1, slotMs: 100 });
		const waiting = sent(`GET /webhook/never HTTP/1.1\r\n${CLOSE}\r\n`);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(await sent(`GET /webhook/a HTTP/1.1\r\n${CLOSE}\r\n`)).toMatch(/^HTTP\/1.1 201/);
		for (const socket of sockets) socket.destroy();
		await waiting;
	});

	it('answers 502 when n8n has gone', async () => {
		await startProxy();
		await n8n.close();
		expect(await sent(`GET /webhook/a HTTP/1.1\r\n${CLOSE}\r\n`)).toMatch(/^HTTP\/1.1 502/);
		n8n = { port: 0, close: async () => undefined };
	});
});
