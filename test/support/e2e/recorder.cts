import { createServer } from 'node:http';
import express from 'express';
import { listenLocally } from '../../../sandbox/localServer.cjs';

/** Stands behind a workflow: whatever comes out of it more than once, arrives here more than once. */
export interface Recorder {
	/** `http://127.0.0.1:port` */
	address: string;
	/** Bodies of what was posted, in their order. */
	readonly got: Record<string, unknown>[];
	/** First calls of `/next?task=…`: milliseconds since the epoch, by task id. */
	readonly calledAt: Map<string, number>;
	close(): Promise<void>;
}

export async function startRecorder(): Promise<Recorder> {
	const got: Record<string, unknown>[] = [];
	const calledAt = new Map<string, number>();
	const app = express().use(express.json());
	app.post('/', (req, res) => {
		got.push(req.body as Record<string, unknown>);
		res.json({ ok: true });
	});
	app.get('/next', (req, res) => {
		const { task } = req.query;
		if (typeof task !== 'string') throw new Error('Which task?');
		if (!calledAt.has(task)) calledAt.set(task, Date.now());
		res.json({ ok: true });
	});
	const { port, close } = await listenLocally(createServer(app));
	return { address: `http://127.0.0.1:${port}`, got, calledAt, close };
}
