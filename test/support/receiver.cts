import { createServer, type IncomingHttpHeaders } from 'node:http';

import { listenLocally } from '../../sandbox/localServer.cjs';
import type { TaskBody } from './sandboxClient.cjs';

export interface ReceivedCallback {
	headers: IncomingHttpHeaders;
	/** The very text that came. */
	raw: string;
	/** The same, read. */
	task: TaskBody;
}

/** Takes callbacks, as a user's server would. */
export interface CallbackReceiver {
	/** `http://127.0.0.1:port` */
	origin: string;
	/** In the order in which they came. */
	readonly received: ReceivedCallback[];
	/** The status of its answers, 200 unless a test sets it. */
	status: number;
	close: () => Promise<void>;
}

export async function startReceiver(): Promise<CallbackReceiver> {
	const server = createServer((req, res) => {
		const parts: Buffer[] = [];
		req.on('data', (part: Buffer) => parts.push(part));
		req.on('end', () => {
			const raw = Buffer.concat(parts).toString();
			const task = JSON.parse(raw) as TaskBody;
			receiver.received.push({ headers: req.headers, raw, task });
			res.writeHead(receiver.status).end();
		});
	});
	const { port, close } = await listenLocally(server);
	const receiver: CallbackReceiver = {
		origin: `http://127.0.0.1:${port}`,
		received: [],
		status: 200,
		close,
	};
	return receiver;
}
