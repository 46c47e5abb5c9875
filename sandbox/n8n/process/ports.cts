import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A port on 127.0.0.1 that nobody uses now. */
export async function freePort(): Promise<number> {
	return listenOnce(0);
}

/** Whether somebody listens on this port of 127.0.0.1. */
export async function isPortInUse(port: number): Promise<boolean> {
	try {
		await listenOnce(port);
		return false;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return true;
		throw error;
	}
}

async function listenOnce(port: number): Promise<number> {
	const server = createServer().listen(port, '127.0.0.1');
	await once(server, 'listening');
	const { port: given } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return given;
}
