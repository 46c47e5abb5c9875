import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

describe('The remote control of the sandbox', () => {
	it('shows tasks, requests and options', async () => {
		const client = await open();
		await client.create({ external_task_id: 'e' });
		const { data } = await client.http.get<string>(`${client.sandbox.origin}/_sandbox/state`);
		expect(JSON.parse(data)).toMatchObject({
			baseUrl: client.sandbox.baseUrl,
			tasks: [{ external_task_id: 'e' }],
			requests: [{ route: 'create', status: 200, body: { voice_name: 'Ada' } }],
			maxSeenInFlight: 1,
		});
	});

	it('sets faults and options, ends tasks, and resets', async () => {
		const client = await open({ submittedMs: 60_000 });
		const control = (path: string, body: unknown = {}) =>
			client.send('POST', `${client.sandbox.origin}/_sandbox/${path}`, body);
		const id = (await client.create()).json.data.task_id;
		expect((await control(`tasks/${id}/finish`, { as: 'failed', message: 'by hand' })).status).toBe(
			200,
		);
		expect((await client.get(id)).json.data.task_status_msg).toBe('by hand');
		expect((await control(`tasks/${id}/finish`)).status).toBe(400);
		await control('faults', { on: 'list', kind: 'rateLimited' });
		expect((await client.list()).status).toBe(429);
		await control('faults', []);
		expect((await client.list()).status).toBe(200);
		await control('options', { maxInFlight: 0 });
		expect((await client.create()).status).toBe(429);
		expect((await control('options', { prefix: '/x' })).status).toBe(400);
		expect((await control('faults', { on: 'nowhere', kind: 'slow' })).status).toBe(400);
		await control('reset');
		expect(client.sandbox.tasks).toHaveLength(0);
		expect((await client.create()).status).toBe(200);
	});

	it('shows only as many requests as the sandbox records', async () => {
		const some = await open({ recordRequests: 2 });
		for (let i = 0; i < 4; i++) await some.get(`t${i}`);
		expect(some.sandbox.requests.map(({ path }) => path.slice(-2))).toEqual(['t2', 't3']);
		const none = await open({ recordRequests: false });
		await none.list();
		expect(none.sandbox.requests).toHaveLength(0);
	});
});

describe('The command line of the sandbox', () => {
	let child: ChildProcess | undefined;

	afterEach(() => child?.kill('SIGKILL'));

	const start = (...args: string[]) => {
		const cli = join(__dirname, '../../sandbox/kling/cli.cts');
		child = spawn(process.execPath, ['-r', 'tsx/cjs', cli, '--port', '0', ...args]);
		let output = '';
		child.stdout?.on('data', (part: Buffer) => (output += part.toString()));
		child.stderr?.on('data', (part: Buffer) => (output += part.toString()));
		let isOver = false;
		child.once('close', () => (isOver = true));
		const exit = new Promise<number | null>((resolve) => child?.once('exit', resolve));
		const until = async (pattern: RegExp): Promise<string> => {
			for (;;) {
				const found = pattern.exec(output);
				if (found) return found[1] ?? found[0];
				if (isOver) throw new Error(`never printed ${String(pattern)}:\n${output}`);
				await new Promise((resolve) => setTimeout(resolve, 10));
			}
		};
		return { exit, until };
	};

	it('serves, prints each request, and stops at Ctrl-C', async () => {
		const { exit, until } = start('--key', 'k1', '--fault', 'list:htmlPage:1:503');
		const baseUrl = await until(/base URL\s+(\S+)/);
		const response = await fetch(`${baseUrl}/v1/general/custom-voices`, {
			headers: { authorization: 'Bearer k1' },
		});
		expect(response.status).toBe(503);
		await until(/list +GET \/kling\/v1\/general\/custom-voices -> 503 {2}\(fault: htmlPage\)/);
		child?.kill('SIGINT');
		expect(await exit).toBe(0);
	});

	it('refuses an unknown kind of fault', async () => {
		const { exit, until } = start('--fault', 'create:explode');
		await until(/unknown kind of fault "explode"/);
		expect(await exit).toBe(1);
	});
});
