import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import express from 'express';

/** A server that notes who called `/next?task=…`, and when first. */
export interface Recorder {
	address: string;
	/** Milliseconds since the epoch, by task id. */
	calledAt: Map<string, number>;
	close: () => Promise<void>;
}

export async function startRecorder(): Promise<Recorder> {
	const calledAt = new Map<string, number>();
	const app = express();
	app.get('/next', (req, res) => {
		const { task } = req.query;
		if (typeof task !== 'string') throw new Error('Which task?');
		if (!calledAt.has(task)) calledAt.set(task, Date.now());
		res.json({ ok: true });
	});
	const server = createServer(app).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		address: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
		calledAt,
		async close() {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}
