// Installs the packages of a lock file and tells how far it is: Node's own modules only, because nothing is installed yet.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');

/** How often a line shows how far the installation is, in milliseconds. */
const TOLD_EVERY = 10_000;
/** Of what npm prints, which begins with the reason. */
const LONGEST_REASON = 4_000;

/**
 * The parts of a lock file, also of the one that npm keeps inside node_modules, that are used here.
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, resolved?: string, name?: string, link?: boolean }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 */

/**
 * @typedef {object} NpmOptions
 * @property {string} cwd
 * @property {string} [node] that runs npm; default the one that runs us
 * @property {NodeJS.ProcessEnv} [env] beside our own
 * @property {AbortSignal} [signal]
 */

/**
 * @param {string} file
 * @returns {Lock}
 */
const readLock = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

/**
 * Ends npm and the compilers that it has started.
 * @param {import('node:child_process').ChildProcess} child that leads a group
 */
function endGroup({ pid }) {
	if (pid === undefined) return;
	try {
		// Windows knows no groups.
		process.kill(process.platform === 'win32' ? pid : -pid, 'SIGTERM');
	} catch {
		// It has ended meanwhile.
	}
}

/**
 * @param {string[]} args
 * @param {NpmOptions} options
 * @returns {Promise<string>} what npm printed
 * @throws when npm fails, with what it printed first: it puts the reason before its usage
 */
async function npm(args, { cwd, node = process.execPath, env, signal }) {
	signal?.throwIfAborted();
	const cli = process.env.npm_execpath;
	const [command, ...before] = cli?.endsWith('.js') ? [node, cli] : ['npm'];
	const child = spawn(command, [...before, ...args, '--loglevel=error'], {
		cwd,
		// A group of its own, so that compilers end with it.
		detached: process.platform !== 'win32',
		shell: process.platform === 'win32',
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, ...env },
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text));
	}
	const stop = () => endGroup(child);
	signal?.addEventListener('abort', stop);
	process.on('exit', stop);
	try {
		const [code] = await once(child, 'close');
		signal?.throwIfAborted();
		if (code === 0) return output;
		const reason = output.trim().slice(0, LONGEST_REASON);
		throw new Error(`npm ${args.join(' ')} failed:\n${reason}`);
	} finally {
		process.off('exit', stop);
		signal?.removeEventListener('abort', stop);
	}
}

/**
 * Says where each package is, which the lock file leaves to the registry that is used. npm would ask the registry for
 * all that it knows of each of them first, which takes as long as the packages themselves.
 * @param {Lock} lock
 * @param {string} registry with a slash at its end
 * @returns {Lock}
 */
function withAddresses(lock, registry) {
	const packages = Object.entries(lock.packages).map(([place, entry]) => {
		if (place === '' || entry.link || entry.resolved || !entry.version) return [place, entry];
		const name = entry.name ?? place.slice(place.lastIndexOf('node_modules/') + 13);
		const file = `${path.posix.basename(name)}-${entry.version}.tgz`;
		return [place, { ...entry, resolved: `${registry}${name}/-/${file}` }];
	});
	return { ...lock, packages: Object.fromEntries(packages) };
}

/**
 * @param {string} folder
 * @param {Lock} lock
 * @returns {string} how far the installation is
 */
function progressOf(folder, { packages }) {
	const all = Object.keys(packages).filter((place) => place !== '');
	const there = all.filter((place) => fs.existsSync(path.join(folder, place, 'package.json')));
	// npm first plans where each goes, and fetches the first ones.
	if (there.length === 0) return `npm plans ${all.length} packages …`;
	return `${there.length} of ${all.length} packages are there`;
}

/**
 * Runs `npm ci` in a folder with a manifest and a lock file, and tells how far it is every ten seconds. The folder's
 * lock file is changed for that time.
 * @param {string} folder
 * @param {(line: string) => void} say
 * @param {AbortSignal} [signal]
 */
async function installPackages(folder, say, signal) {
	const file = path.join(folder, 'package-lock.json');
	const given = fs.readFileSync(file, 'utf8');
	const lock = readLock(file);
	const ci = async () =>
		await npm(['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
			cwd: folder,
			...(signal && { signal }),
		});
	const timer = setInterval(() => say(progressOf(folder, lock)), TOLD_EVERY);
	try {
		const registry = (await npm(['config', 'get', 'registry'], { cwd: folder })).trim();
		fs.writeFileSync(file, JSON.stringify(withAddresses(lock, registry.replace(/\/*$/, '/'))));
		await ci();
	} catch {
		// A registry may have other addresses, or have failed to answer one of some thousand requests.
		signal?.throwIfAborted();
		say('npm failed; trying once more …');
		fs.writeFileSync(file, given);
		await ci();
	} finally {
		clearInterval(timer);
		fs.writeFileSync(file, given);
	}
}

/**
 * Installs the packages of this repository, in a folder beside their place: what was interrupted is not taken for whole.
 * @param {string} root
 * @param {(line: string) => void} say
 */
async function installHere(root, say) {
	const draft = path.join(root, '.installing');
	const modules = path.join(root, 'node_modules');
	fs.rmSync(draft, { recursive: true, force: true });
	fs.mkdirSync(draft);
	for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
		fs.copyFileSync(path.join(root, name), path.join(draft, name));
	}
	try {
		await installPackages(draft, say);
		fs.rmSync(modules, { recursive: true, force: true });
		fs.renameSync(path.join(draft, 'node_modules'), modules);
	} finally {
		fs.rmSync(draft, { recursive: true, force: true });
	}
}

module.exports = { installHere, installPackages, npm, readLock };

// Called by prepare.cjs, which cannot wait for anything but another process.
if (require.main === module) {
	const [, , root = '', before = '0'] = process.argv;
	/** @param {string} line */
	const say = (line) => {
		const seconds = Math.round(Number(before) + performance.now() / 1000);
		console.log(`> ${String(seconds).padStart(4)} s  ${line}`);
	};
	// npm leads a group of its own, which Ctrl-C does not reach: it would go on in a folder that the next start removes.
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(1));
	installHere(root, say).catch((error) => {
		console.error(error instanceof Error ? error.message : String(error));
		process.exitCode = 1;
	});
}
