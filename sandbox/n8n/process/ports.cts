import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that Linux, macOS and Windows give to those who ask for any: nobody else is given one of these while
 * n8n starts or is down for a restart, however many servers other tests start meanwhile.
 */
const PORTS = { from: 20_000, to: 32_000 };

/** A port on 127.0.0.1 that nobody uses now. */
export async function freePort(): Promise<number> {
	const port = randomInt(PORTS.from, PORTS.to);
	return (await isPortInUse(port)) ? await freePort() : port;
}

/** Whether a server listens on this port of 127.0.0.1. */
export async function isPortInUse(port: number): Promise<boolean> {
	try {
		const server = createServer().listen(port, '127.0.0.1');
		await once(server, 'listening');
		server.close();
		await once(server, 'close');
		return false;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return true;
		throw error;
	}
}
