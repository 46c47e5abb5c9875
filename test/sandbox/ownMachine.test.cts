import http from 'node:http';
import { closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

/** As another page makes a browser send it: axios would not set `Host`. */
async function statusOf(
	origin: string,
	path: string,
	headers: Record<string, string>,
	method = 'GET',
): Promise<number> {
	return await new Promise((resolve, reject) => {
		const call = http.request(origin + path, { method, headers }, (answer) => {
			answer.resume();
			resolve(answer.statusCode ?? 0);
		});
		call.once('error', reject).end();
	});
}

describe('The remote control of the sandbox', () => {
	it.each([
		['a name that was made to lead to this machine', { host: 'rebound.example.com:8787' }],
		['a name that begins like this machine', { host: '127.0.0.1.example.com' }],
		['a name that ends like this machine', { host: 'evil-localhost' }],
		['the address of this machine in its network', { host: '192.168.1.20:8787' }],
		['a page of another origin', { origin: 'https://example.com' }],
		['a page of another server of this machine', { origin: 'http://localhost:3000' }],
		['a page without an origin', { origin: 'null' }],
		['a link of another site', { 'sec-fetch-site': 'cross-site' }],
		['another server of the same site', { 'sec-fetch-site': 'same-site' }],
	])('refuses %s on every path', async (_name, headers) => {
		const { sandbox } = await open();
		const task = sandbox.createTask();
		for (const path of ['faults', 'options', 'reset', 'tasks', `tasks/${task.task_id}/finish`]) {
			expect(await statusOf(sandbox.origin, `/_sandbox/${path}`, headers, 'POST')).toBe(403);
		}
		expect(await statusOf(sandbox.origin, '/_sandbox/state', headers)).toBe(403);
		expect(sandbox.tasks).toEqual([task]);
	});

	it('takes calls of this machine by each of its names, and of its own pages', async () => {
		const { sandbox } = await open();
		for (const host of ['localhost', 'LOCALHOST:8787', '127.0.0.1:1', '[::1]:8787']) {
			const own: Record<string, string>[] = [
				{},
				{ origin: `http://${host}` },
				{ 'sec-fetch-site': 'same-origin' },
			];
			for (const more of own) {
				expect(await statusOf(sandbox.origin, '/_sandbox/state', { host, ...more })).toBe(200);
			}
		}
	});

	it('leaves the API and the clips to an n8n in a container', async () => {
		const { sandbox } = await open();
		const headers = { host: 'host.docker.internal:8787', authorization: 'Bearer sandbox-key' };
		const voices = `${sandbox.options.prefix}/v1/general/custom-voices`;
		expect(await statusOf(sandbox.origin, voices, headers)).toBe(200);
		expect(await statusOf(sandbox.origin, '/_sandbox/clips/narrator.mp3', headers)).toBe(200);
	});
});
