import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { freePort } from '../../../sandbox/n8n/process/ports.cjs';

/**
 * A way to a server that can be shut and opened again: while it is shut the address refuses connections, and those
 * that were under way are cut. What the server remembers stays.
 */
export interface ClosableProxy {
	/** `http://127.0.0.1:port` */
	origin: string;
	shut(): Promise<void>;
	open(): Promise<void>;
}

/** @param origin the server behind the door */
export async function startClosableProxy(origin: string): Promise<ClosableProxy> {
	const behind = Number(new URL(origin).port);
	const sockets = new Set<Socket>();
	let server: Server;

	const join = (one: Socket, other: Socket) => {
		sockets.add(one);
		one.pipe(other);
		// A cut connection is what this is for.
		one.on('error', () => undefined);
		one.on('close', () => {
			sockets.delete(one);
			other.destroy();
		});
	};
	const open = async (port: number) => {
		server = createServer((caller) => {
			const callee = connect(behind, '127.0.0.1');
			join(caller, callee);
			join(callee, caller);
		});
		server.listen(port, '127.0.0.1');
		await once(server, 'listening');
	};
	const port = await freePort();
	await open(port);
	return {
		origin: `http://127.0.0.1:${port}`,
		async shut() {
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
		open: async () => await open(port),
	};
}
