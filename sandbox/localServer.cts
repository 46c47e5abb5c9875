import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';

/** A server that only this machine can reach. */
export interface LocalServer {
	readonly port: number;
	/** Cuts connections that are still open. */
	readonly close: () => Promise<void>;
}

/** Longer than any test: a kept-alive socket closed by us would look like a fault that no test asked for. */
const KEEP_ALIVE_MS = 600_000;

/**
 * Listens on 127.0.0.1.
 * @param server of HTTP or HTTPS
 * @param port default any free one
 */
export async function listenLocally(
	server: Server & Pick<HttpServer, 'closeAllConnections' | 'keepAliveTimeout'>,
	port = 0,
): Promise<LocalServer> {
	server.keepAliveTimeout = KEEP_ALIVE_MS;
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		async close() {
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}
