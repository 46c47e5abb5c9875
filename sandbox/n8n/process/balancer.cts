import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import { listenLocally } from '../../localServer.cjs';

/** What n8n's webhook processes serve: calls of the outside world, forms among them. */
const FOR_WEBHOOKS = ['/webhook/', '/webhook-waiting/', '/form/', '/form-waiting/', '/mcp/'];

/** A process that calls can be passed on to. */
export interface Upstream {
	/** e.g. `webhook 1`. */
	name: string;
	/** `http://localhost:port` */
	address: string;
}

/** A call and who answered it. */
export interface PassedCall {
	method: string;
	path: string;
	/** Name of the upstream; `undefined` when none could be reached. */
	to?: string;
	status: number;
}

export interface Balancer {
	/** `http://localhost:port`: the one address that the world knows. */
	readonly address: string;
	readonly calls: PassedCall[];
	/** Live: processes come and go. */
	readonly upstreams: { main: Upstream[]; webhooks: Upstream[] };
	close(): Promise<void>;
}

/**
 * What stands before n8n's processes in production, as n8n's documentation asks for it: calls of the outside world go
 * to the webhook processes in turn, everything else to main. A process that refuses the connection is passed over.
 */
export async function startBalancer(): Promise<Balancer> {
	const calls: PassedCall[] = [];
	const upstreams: Balancer['upstreams'] = { main: [], webhooks: [] };
	let turn = 0;
	const roundRobin = (path: string): Upstream[] => {
		if (!FOR_WEBHOOKS.some((start) => path.startsWith(start))) return upstreams.main;
		const first = turn++ % Math.max(1, upstreams.webhooks.length);
		return [...upstreams.webhooks.slice(first), ...upstreams.webhooks.slice(0, first)];
	};
	const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
		const { method = 'GET', url = '/' } = req;
		const body = Buffer.concat((await req.toArray()) as Buffer[]);
		for (const upstream of roundRobin(url)) {
			const reply = await passOn(upstream, req, body);
			if (!reply) continue;
			const { statusCode = 502, headers } = reply;
			calls.push({ method, path: url, to: upstream.name, status: statusCode });
			reply.pipe(res.writeHead(statusCode, headers));
			return;
		}
		calls.push({ method, path: url, status: 502 });
		res.writeHead(502).end();
	};
	const server = createServer((req, res) => {
		answer(req, res).catch(() => res.destroy());
	});
	const { port, close } = await listenLocally(server);
	return { address: `http://localhost:${port}`, calls, upstreams, close };
}

/** @returns `undefined` when nobody listens there; throws when the answer is lost */
async function passOn(
	{ address }: Upstream,
	{ method, url, headers }: IncomingMessage,
	body: Buffer,
): Promise<IncomingMessage | undefined> {
	return await new Promise((resolve, reject) => {
		const call = request(new URL(url ?? '/', address), { method, headers }, resolve);
		call.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'ECONNREFUSED') resolve(undefined);
			else reject(error);
		});
		call.end(body);
	});
}
