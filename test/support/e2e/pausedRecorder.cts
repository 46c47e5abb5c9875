import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';

/** Stands behind a workflow: whatever comes out of it more than once, arrives here more than once. */
export interface Recorder {
	address: string;
	/** Bodies of the calls, in their order. */
	readonly got: Record<string, unknown>[];
	close(): Promise<void>;
}

export async function startRecorder(): Promise<Recorder> {
	const got: Record<string, unknown>[] = [];
	const app = express().use(express.json());
	app.post('/', (req, res) => {
		got.push(req.body as Record<string, unknown>);
		res.json({ ok: true });
	});
	const server = createServer(app).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		address: `http://127.0.0.1:${port}/`,
		got,
		async close() {
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}
