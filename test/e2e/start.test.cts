import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import axios from 'axios';
import { freePort, isPortInUse } from '../../sandbox/n8n/process/ports.cjs';
import { type CredentialTest, type Login, N8nRest, until } from '../../sandbox/n8n/client/rest.cjs';
import { startSandbox } from '../../sandbox/kling/server.cjs';
import { cpuSeconds, family, gone, listening } from '../support/e2e/processes.cjs';

const ROOT = path.join(__dirname, '../..');
const TEMPLATES = fs
	.readdirSync(path.join(ROOT, 'workflows'))
	.filter((file) => file.endsWith('.json'));

/** What the second start may take of a processor, in seconds. Its time by the clock is measured in the bench. */
const SECOND_START = 40;

interface Start {
	/** Of the command; n8n is a process below it. */
	process: ChildProcess;
	output: () => string;
	/** The exit code, once it has ended. */
	ended: Promise<number | null>;
	/** What the command printed after a label. */
	told: (label: string) => string;
}

let folder: string;
let port: number;
const running: ChildProcess[] = [];

beforeAll(async () => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kling-start-'));
	port = await freePort();
});
// What a test that failed has left would be in the way of the next.
afterEach(async () => {
	for (const child of running.splice(0)) {
		const pids = family(child.pid);
		child.kill('SIGKILL');
		await gone(pids);
	}
});
afterAll(() => {
	fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function command(args: string[], env: NodeJS.ProcessEnv = {}): Start {
	const script = ['-r', 'tsx/cjs', 'sandbox/n8n/process/start.cts', ...args];
	const child = spawn(process.execPath, script, { cwd: ROOT, env: { ...process.env, ...env } });
	running.push(child);
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => (output += text));
	}
	return {
		process: child,
		output: () => output,
		ended: once(child, 'close').then(([code]) => code as number | null),
		told: (label) => new RegExp(`^ *${label} +(.*)$`, 'm').exec(output)?.[1] ?? '',
	};
}

async function start(args: string[] = [], env?: NodeJS.ProcessEnv): Promise<Start> {
	const own = ['--port', String(port), '--folder', path.join(folder, 'user')];
	const started = command([...own, ...args], env);
	await until(
		`the editor:\n${started.output()}`,
		() => {
			if (started.process.exitCode !== null) throw new Error(started.output());
			return started.output().includes('Ctrl-C stops it');
		},
		300_000,
	);
	return started;
}

async function interrupt(started: Start): Promise<void> {
	const pids = family(started.process.pid);
	started.process.kill('SIGINT');
	expect(await started.ended).toBe(0);
	await gone(pids);
}

async function login(started: Start): Promise<N8nRest> {
	const [email = '', password = ''] = started.told('Login').split(/ +/);
	return N8nRest.login(started.told('Editor'), { email, password });
}

/** Runs a template by its name. @param counts items that come out of its nodes */
async function ran(rest: N8nRest, name: string, counts: Record<string, number>): Promise<void> {
	const workflows = await rest.call<{ id: string; name: string }[]>('GET', '/workflows');
	const { id } = workflows.find((workflow) => workflow.name === name) ?? { id: '' };
	const execution = await rest.ended(await rest.run(id));
	const { error, runData } = execution.data.resultData;
	expect(error).toBeUndefined();
	const out = Object.keys(counts).map((node) => [
		node,
		runData[node]?.[0]?.data?.main?.[0]?.length,
	]);
	expect(Object.fromEntries(out)).toEqual(counts);
}

describe('npm start', () => {
	let first: { workflows: string[]; mine: string };

	test('opens an editor with nodes, credential and templates, on loopback only', async () => {
		// Another server is where the sandbox would be.
		const other = (await isPortInUse(8787)) ? undefined : createServer().listen(8787, '127.0.0.1');
		const started = await start();
		const address = started.told('Editor');
		expect(address).toBe(`http://localhost:${port}`);
		const editor = await axios.get<string>(address, { proxy: false });
		expect(editor.data).toContain('<title>n8n');

		const rest = await login(started);
		const types = await axios.get<{ name: string }[]>(`${address}/types/nodes.json`, {
			proxy: false,
			headers: rest.session(),
		});
		expect(types.data.map(({ name }) => name)).toEqual(
			expect.arrayContaining(['n8n-nodes-kling-voice.kling', 'n8n-nodes-kling-voice.klingTrigger']),
		);

		const credentials = await rest.call<{ id: string; name: string; type: string }[]>(
			'GET',
			'/credentials',
		);
		expect(credentials).toMatchObject([{ name: 'Kling API', type: 'klingApi' }]);
		expect(started.told('Its test')).toMatch(/^OK: /);
		const test: CredentialTest = await rest.testCredential(credentials[0]?.id ?? '');
		expect(test.status).toBe('OK');

		const workflows = await rest.call<{ id: string }[]>('GET', '/workflows');
		expect(workflows).toHaveLength(TEMPLATES.length);
		const mine = await rest.importWorkflow({ name: 'Mine', nodes: [], connections: {} });
		first = { workflows: workflows.map(({ id }) => id), mine: mine.id };

		const pids = family(started.process.pid);
		// The command and n8n at least, and what n8n listens on as well as the sandbox.
		expect(pids.length).toBeGreaterThanOrEqual(2);
		const addresses = listening(pids);
		expect(addresses).toContain(`127.0.0.1:${port}`);
		expect(addresses.length).toBeGreaterThanOrEqual(3);
		expect(addresses.filter((local) => !local.startsWith('127.0.0.1:'))).toEqual([]);

		await interrupt(started);
		other?.close();
	});

	test('does not touch a folder that another npm start uses, even with --fresh', async () => {
		const started = await start();
		const user = path.join(folder, 'user');
		const other = command(['--port', String(await freePort()), '--folder', user, '--fresh']);
		expect(await other.ended).toBe(1);
		expect(other.output().trim()).toBe(
			`Another npm start, process ${started.process.pid}, uses ${user}. Stop it first, or choose another --folder. If that process is something else, delete ${path.join(user, 'npm-start.pid')}.`,
		);
		expect(await (await login(started)).call('GET', '/credentials')).toHaveLength(1);
		await interrupt(started);
	});

	test('says in words that the port is in use', async () => {
		const other = createServer().listen(port, '127.0.0.1');
		await once(other, 'listening');
		const { ended, output } = command(['--port', String(port), '--folder', folder]);
		expect(await ended).toBe(1);
		other.close();
		expect(output().trim()).toBe(
			`Port ${port} is in use. If that is an npm start of yours, open http://localhost:${port}; else choose another --port.`,
		);
	});

	test('is quick the second time, and keeps workflows and credentials', async () => {
		const started = await start();
		expect(cpuSeconds(family(started.process.pid))).toBeLessThan(SECOND_START);
		const rest = await login(started);
		const workflows = await rest.call<{ id: string }[]>('GET', '/workflows');
		expect(workflows.map(({ id }) => id).sort()).toEqual([...first.workflows, first.mine].sort());
		expect(await rest.call('GET', '/credentials')).toHaveLength(1);
		expect(started.told('Its test')).toMatch(/^OK: /);

		const all = TEMPLATES.length;
		expect(started.told('Templates')).toBe(`${all} there, 0 of them new`);

		// Templates run as they are: clip and API are the sandbox's, and so are the table's rows. It is where it was.
		const counts = { 'Write Voice ID': 1, 'Write Problem': 1 };
		await ran(rest, 'Create a Kling custom voice', { 'Create Custom Voice': 1 });
		await ran(rest, 'A table of recordings becomes Kling voices', counts);
		await ran(rest, 'Clean up old Kling voices', { 'Only Old Ones': 2 });

		await interrupt(started);
	});

	test('starts no sandbox with --gateway, and never shows the key', async () => {
		const apiKey = 'a-key-of-the-user';
		const gateway = await startSandbox({ apiKeys: [apiKey] });
		const started = await start(['--gateway', gateway.baseUrl], { KLING_API_KEY: apiKey });
		expect(started.told('Its test')).toMatch(/^OK: /);
		expect(started.told('Credential')).toBe(`Kling API, for ${gateway.baseUrl}`);
		expect(gateway.requests.length).toBeGreaterThan(0);
		expect(started.output()).not.toContain(apiKey);
		// n8n, its broker for task runners, and what a tunnel would lead to.
		const addresses = listening(family(started.process.pid));
		expect(addresses).toHaveLength(3);
		expect(addresses.filter((local) => !local.startsWith('127.0.0.1:'))).toEqual([]);
		await interrupt(started);
		await gateway.close();
	});

	test('sets a password for each folder, also for one that an older version made', async () => {
		const file = path.join(folder, 'user/login.json');
		if (!fs.existsSync(file)) await interrupt(await start());
		const before = JSON.parse(fs.readFileSync(file, 'utf8')) as Login;
		expect(fs.statSync(file).mode & 0o777).toBe(0o600);
		fs.rmSync(file);
		const started = await start();
		expect(fs.statSync(file).mode & 0o777).toBe(0o600);
		const [, password = ''] = started.told('Login').split(/ +/);
		expect(password.length).toBeGreaterThan(20);
		expect(password).not.toBe(before.password);
		expect(await (await login(started)).call('GET', '/credentials')).toHaveLength(1);
		await expect(N8nRest.login(started.told('Editor'), before)).rejects.toThrow('401');
		await interrupt(started);
	});

	test('opens webhooks, forms and signed files to a tunnel, and nothing else', async () => {
		const apiKey = 'a-key-of-the-user';
		const gateway = await startSandbox({ apiKeys: [apiKey] });
		const started = await start(['--gateway', gateway.baseUrl], {
			KLING_API_KEY: apiKey,
			WEBHOOK_URL: 'https://n8n.example.com/',
		});
		expect(started.told('Public')).toBe(
			`http://localhost:${port + 1}, for https://n8n.example.com/: webhooks, forms and signed files only`,
		);
		const answers = async (from: number, at: string) => {
			const settings = { proxy: false, validateStatus: () => true, responseType: 'text' } as const;
			const url = `http://127.0.0.1:${from}${at}`;
			const { status, data } = await axios.get<string>(url, settings);
			return { status, data };
		};
		for (const at of ['/', '/signin', '/rest/settings', '/rest/login', '/types/nodes.json']) {
			expect(await answers(port + 1, at)).toEqual({ status: 404, data: '' });
		}
		for (const at of ['/webhook/a', '/form/a', '/rest/binary-data/signed?token=a']) {
			const one = await answers(port + 1, at);
			expect(one.data).not.toBe('');
			expect(one).toEqual(await answers(port, at));
		}
		await interrupt(started);
		await gateway.close();
	});

	test('ends with the last lines of n8n’s log when n8n ends', async () => {
		const started = await start(['--port', String(await freePort())]);
		const [, n8n = 0, ...below] = family(started.process.pid);
		process.kill(n8n, 'SIGKILL');
		expect(await started.ended).toBe(1);
		expect(started.output()).toContain(`point to http://localhost:${port}, where nothing is now`);
		expect(started.output()).toMatch(/n8n ended by itself\. [^]*:\n[^]*Editor is now accessible/);
		await gone(below);
	});

	test('leaves no n8n behind when it is killed', async () => {
		const started = await start();
		const pids = family(started.process.pid);
		started.process.kill('SIGKILL');
		await started.ended;
		await gone(pids);
	});
});

test.each([
	[['--gateway', 'https://www.kkiai.com/kling'], /^Set KLING_API_KEY to your key/],
	[['--gateway', 'kkiai'], /^--gateway is an address such as/],
	[['--port', '70000'], /^--port is a number from 1 to 65535/],
	[['--public-port', '0', '--gateway', 'https://a.example'], /^--public-port is a number from 1/],
])('npm start refuses %s in words', async (args, reason) => {
	const { ended, output } = command([...args, '--folder', folder], { KLING_API_KEY: '' });
	expect(await ended).toBe(1);
	expect(output()).toMatch(reason);
	expect(output()).not.toMatch(/^ +at /m);
});

test.each([[['--fresh']], [[]]])(
	'npm start with the flags %j does not touch a folder that it did not make',
	async (args) => {
		const mine = fs.mkdtempSync(path.join(os.tmpdir(), 'kling-mine-'));
		const letter = path.join(mine, 'letter.txt');
		fs.writeFileSync(letter, 'Dear all');
		const { ended, output } = command(['--port', String(port), '--folder', mine, ...args]);
		expect(await ended).toBe(1);
		expect(output().trim()).toBe(
			`${mine} has something in it that is not of npm start. Choose a folder that is new or empty.`,
		);
		expect(fs.readdirSync(mine)).toEqual(['letter.txt']);
		fs.rmSync(mine, { recursive: true });
	},
);
