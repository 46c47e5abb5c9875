import {
	type IncomingHttpHeaders,
	type IncomingMessage,
	type ServerResponse,
	createServer,
	request,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import { type LocalServer, listenLocally } from '../../localServer.cjs';
import { isPublic } from './publicPaths.cjs';

const MB = 1024 * 1024;

/** What strangers can take of this machine. */
export interface ProxyLimits {
	/** Bytes of one body; a recording in a form is one. */
	bodyBytes: number;
	/** Bytes of all bodies that are held at a time. */
	heldBytes: number;
	/** Milliseconds for the whole of a request to come in. */
	requestMs: number;
	/** Calls that n8n works on at a time: it starts an isolate for each. */
	atOnce: number;
	/** Milliseconds after which a call that n8n has not answered makes room for the next. */
	slotMs: number;
}

const LIMITS: ProxyLimits = {
	bodyBytes: 64 * MB,
	heldBytes: 256 * MB,
	requestMs: 60_000,
	atOnce: 20,
	slotMs: 10_000,
};

const HEADER_BYTES = 16 * 1024;
const HEADERS_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;
const CONNECTIONS = 1_000;

/** They concern one connection only; `forwarded` and its like can be written by anyone. */
const NOT_PASSED_ON =
	/^(?:connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-length|forwarded)$|^(?:proxy|x-forwarded)-/;

interface Proxy {
	/** n8n's port on loopback. */
	to: number;
	limits: ProxyLimits;
	limit: LimitFunction;
	/** Bytes of bodies that are held now. */
	held: number;
}

/**
 * Stands before the editor's port where a tunnel leads to: lets through what the outside world needs of n8n and nothing
 * else. Each call is read whole before n8n hears of it, so slow senders cost n8n nothing.
 * @param to n8n's port on loopback
 */
export async function startPublicProxy(
	port: number,
	to: number,
	limits: Partial<ProxyLimits> = {},
): Promise<LocalServer> {
	const all = { ...LIMITS, ...limits };
	const proxy: Proxy = { to, limits: all, limit: pLimit(all.atOnce), held: 0 };
	const server = createServer(
		{
			maxHeaderSize: HEADER_BYTES,
			headersTimeout: Math.min(HEADERS_MS, all.requestMs),
			requestTimeout: all.requestMs,
			connectionsCheckingInterval: 500,
		},
		(req, res) => {
			answer(proxy, req, res).catch(() => res.destroy());
		},
	);
	server.maxConnections = CONNECTIONS;
	const local = await listenLocally(server, port);
	server.keepAliveTimeout = KEEP_ALIVE_MS;
	return local;
}

async function answer(proxy: Proxy, req: IncomingMessage, res: ServerResponse): Promise<void> {
	const { method = '', url = '' } = req;
	if (!isPublic(method, url)) {
		refuse(res, 404);
		return;
	}
	const chunks: Buffer[] = [];
	const release = () => {
		for (const chunk of chunks.splice(0)) proxy.held -= chunk.length;
	};
	res.once('close', release);
	const refused = await readBody(proxy, req, chunks);
	if (refused !== undefined) {
		refuse(res, refused);
		return;
	}
	await proxy.limit(async () => {
		if (!res.closed) await passOn(proxy, req, res, Buffer.concat(chunks));
	});
}

/** @returns the status of the answer when the body is not taken */
async function readBody(
	proxy: Proxy,
	req: IncomingMessage,
	chunks: Buffer[],
): Promise<number | undefined> {
	const { bodyBytes, heldBytes } = proxy.limits;
	if (Number(req.headers['content-length'] ?? 0) > bodyBytes) return 413;
	let size = 0;
	for await (const chunk of req as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > bodyBytes) return 413;
		if (proxy.held + chunk.length > heldBytes) return 503;
		proxy.held += chunk.length;
		chunks.push(chunk);
	}
	return undefined;
}

/** What the sender has not sent yet is not read any more. */
function refuse(res: ServerResponse, status: number): void {
	res.writeHead(status, { connection: 'close', 'content-length': 0 }).end();
}

/** Resolves once n8n has answered, or after a while: an answer may wait for the end of a workflow. */
async function passOn(
	{ to, limits }: Proxy,
	req: IncomingMessage,
	res: ServerResponse,
	body: Buffer,
): Promise<void> {
	const call = request({
		host: '127.0.0.1',
		port: to,
		method: req.method,
		path: req.url,
		headers: { ...passedOn(req.headers), 'content-length': body.length },
		agent: false,
	});
	res.once('close', () => call.destroy());
	await new Promise<void>((resolve) => {
		const timer = setTimeout(resolve, limits.slotMs);
		call.once('close', () => {
			clearTimeout(timer);
			resolve();
		});
		call.once('response', (reply) => {
			res.writeHead(reply.statusCode ?? 502, passedOn(reply.headers, ['content-length']));
			// Whoever has gone needs no answer.
			pipeline(reply, res).catch(() => undefined);
		});
		call.once('error', () => {
			if (res.headersSent) res.destroy();
			else refuse(res, 502);
		});
		call.end(body);
	});
}

/** @param also names that are passed on all the same */
function passedOn(headers: IncomingHttpHeaders, also: string[] = []): IncomingHttpHeaders {
	const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/);
	return Object.fromEntries(
		Object.entries(headers).filter(
			([name]) => also.includes(name) || (!NOT_PASSED_ON.test(name) && !named.includes(name)),
		),
	);
}
