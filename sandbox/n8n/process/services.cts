import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './ports.cjs';

const HOST = '127.0.0.1';
const DEBIAN_POSTGRES = '/usr/lib/postgresql';
const START_MS = 30_000;
const STOP_MS = 15_000;

/** A server of this process's own, in a temporary folder that goes with it. */
export interface Service {
	readonly port: number;
	readonly pid: number;
	/** What n8n must be told to use it. */
	readonly env: Record<string, string>;
	/** Ends the server and removes its folder. */
	stop(): Promise<void>;
}

export interface Postgres extends Service {
	/**
	 * Asks n8n's database.
	 * @returns one row a line, columns separated by `|`, as psql prints them
	 */
	sql(query: string): Promise<string>;
}

/** @throws Error when Debian's Redis is not installed, or does not start */
export async function startRedis(): Promise<Service> {
	const program = onPath('redis-server') ?? missing('redis-server');
	const port = await freePort();
	const folder = mkdtempSync(join(tmpdir(), 'kling-redis-'));
	const options = { bind: HOST, port, dir: folder, save: '', appendonly: 'no' };
	const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
	const started = await startServer([program, ...args], {
		folder,
		ready: 'Ready to accept connections',
		end: 'SIGTERM',
	});
	return {
		...started,
		port,
		env: { QUEUE_BULL_REDIS_HOST: HOST, QUEUE_BULL_REDIS_PORT: String(port) },
	};
}

/**
 * A PostgreSQL with its settings as installed, so that a measurement includes what safety on disk costs.
 * @throws Error when Debian's PostgreSQL is not installed, or does not start
 */
export async function startPostgres(): Promise<Postgres> {
	const program = postgresProgram('postgres');
	const port = await freePort();
	const folder = mkdtempSync(join(tmpdir(), 'kling-postgres-'));
	const user = serverUser();
	if (user) chownSync(folder, user.uid, user.gid);
	const data = join(folder, 'data');
	const init = ['-D', data, '-U', 'n8n', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
	const [command, ...before] = asUser(user, [postgresProgram('initdb'), ...init]);
	await promisify(execFile)(command, before, { cwd: folder });
	const settings = ['-k', folder, '-h', HOST, '-p', String(port), '-c', 'max_connections=200'];
	const started = await startServer([program, '-D', data, ...settings], {
		folder,
		user,
		ready: 'database system is ready to accept connections',
		// "Fast": ends connections instead of waiting for them.
		end: 'SIGINT',
	});
	const psql = ['-X', '-A', '-t', '-h', HOST, '-p', String(port), '-U', 'n8n', '-d', 'postgres'];
	return {
		...started,
		port,
		env: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: HOST,
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_PASSWORD: 'n8n',
		},
		async sql(query) {
			const { stdout } = await promisify(execFile)(postgresProgram('psql'), [...psql, '-c', query]);
			return stdout.trim();
		},
	};
}

interface User {
	uid: number;
	gid: number;
}

interface ServerStart {
	folder: string;
	user?: User;
	/** What the server prints when it can be used. */
	ready: string;
	end: NodeJS.Signals;
}

async function startServer(
	command: string[],
	{ folder, user, ready, end }: ServerStart,
): Promise<Pick<Service, 'pid' | 'stop'>> {
	const [program, ...args] = asUser(user, command, end);
	const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
	const { pid } = child;
	const stop = async () => {
		await ended(child, end);
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		await printed(child, ready);
	} catch (error) {
		await stop();
		throw error;
	}
	return { pid: pid ?? 0, stop };
}

/** Resolves when the server has printed `text`, rejects with its last words when it ends before. */
async function printed(child: ChildProcess, text: string): Promise<void> {
	let said = '';
	const tooLate = AbortSignal.timeout(START_MS);
	await new Promise<void>((resolve, reject) => {
		const fail = (why: string) =>
			reject(new Error(`${child.spawnfile} ${why}:\n${said.slice(-2_000)}`));
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding('utf8').on('data', (chunk: string) => {
				// It keeps printing for as long as it runs.
				if (said.length < 100_000) said += chunk;
				if (said.includes(text)) resolve();
			});
		}
		child.once('error', reject).once('exit', () => fail('ended'));
		tooLate.addEventListener('abort', () => fail('did not start in time'));
	});
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
	const exit = once(child, 'exit');
	child.kill(signal);
	const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
	await exit;
	clearTimeout(timer);
}

/**
 * The command under another user, and ended by the kernel with `end` when this process is gone, however it went:
 * Debian's setpriv can do both.
 */
function asUser(
	user: User | undefined,
	command: string[],
	end?: NodeJS.Signals,
): [string, ...string[]] {
	const setpriv = onPath('setpriv');
	const [program = '', ...args] = command;
	if (setpriv === undefined) return [program, ...args];
	const rights = user ? ['--reuid', String(user.uid), '--regid', String(user.gid)] : [];
	const groups = user ? ['--clear-groups'] : [];
	const death = end === undefined ? [] : ['--pdeathsig', end.replace(/^SIG/, '')];
	return [setpriv, ...rights, ...groups, ...death, '--', program, ...args];
}

/** PostgreSQL refuses to run as root; Debian's package comes with a user for it. */
function serverUser(): User | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const id = (what: string) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
}

function postgresProgram(name: string): string {
	const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES) : [];
	const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
	const programs = newestFirst.map((version) => join(DEBIAN_POSTGRES, version, 'bin', name));
	return programs.find((path) => existsSync(path)) ?? onPath(name) ?? missing(name);
}

function onPath(name: string): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter);
	return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function missing(program: string): never {
	throw new Error(
		`${program} is not installed. The queue mode needs Redis and PostgreSQL: apt-get install redis-server postgresql`,
	);
}
