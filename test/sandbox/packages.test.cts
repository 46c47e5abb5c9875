import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installHere } from '../../sandbox/packages.cjs';

/** Stands for npm: notes each lock file that it is given, and installs one package. It fails as often as it is told. */
const NPM = `
const fs = require('node:fs');
const [command] = process.argv.slice(2);
if (command === 'config') console.log('https://registry.example.com/npm');
else {
	const folder = __dirname;
	const tries = fs.readdirSync(folder).filter((name) => name.startsWith('try-')).length;
	fs.copyFileSync('package-lock.json', folder + '/try-' + (tries + 1));
	if (tries < Number(fs.readFileSync(folder + '/failures', 'utf8'))) {
		console.error('npm error network');
		process.exit(1);
	}
	fs.mkdirSync('node_modules/new', { recursive: true });
}
`;

const LOCK = {
	packages: {
		'': {},
		'node_modules/plain': { version: '1.2.3' },
		'node_modules/plain/node_modules/@scope/deep': { version: '4.5.6' },
		'node_modules/alias': { name: 'other', version: '7.8.9' },
		'node_modules/placed': { version: '1.0.0', resolved: 'https://elsewhere.example.com/a.tgz' },
	},
};

let npm: string;
let root: string;
const { npm_execpath: before } = process.env;

beforeEach(() => {
	npm = fs.mkdtempSync(path.join(os.tmpdir(), 'kling-npm-'));
	root = fs.mkdtempSync(path.join(os.tmpdir(), 'kling-root-'));
	fs.writeFileSync(path.join(npm, 'npm.js'), NPM);
	fs.writeFileSync(path.join(root, 'package.json'), '{}');
	fs.writeFileSync(path.join(root, '.npmrc'), '');
	fs.writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify(LOCK));
	fs.mkdirSync(path.join(root, 'node_modules/old'), { recursive: true });
	process.env.npm_execpath = path.join(npm, 'npm.js');
});
afterEach(() => {
	if (before === undefined) delete process.env.npm_execpath;
	else process.env.npm_execpath = before;
	for (const folder of [npm, root]) fs.rmSync(folder, { recursive: true });
});

async function install(failures: number): Promise<string[]> {
	fs.writeFileSync(path.join(npm, 'failures'), String(failures));
	const said: string[] = [];
	await installHere(root, (line) => said.push(line));
	return said;
}

const triedWith = (which: number) => fs.readFileSync(path.join(npm, `try-${which}`), 'utf8');
const installed = () => fs.readdirSync(path.join(root, 'node_modules'));

test('npm is told where each package is, at the registry that it uses', async () => {
	expect(await install(0)).toEqual([]);
	const { packages } = JSON.parse(triedWith(1)) as {
		packages: Record<string, { resolved?: string }>;
	};
	const at = 'https://registry.example.com/npm';
	expect(Object.values(packages).map(({ resolved }) => resolved)).toEqual([
		undefined,
		`${at}/plain/-/plain-1.2.3.tgz`,
		`${at}/@scope/deep/-/deep-4.5.6.tgz`,
		`${at}/other/-/other-7.8.9.tgz`,
		'https://elsewhere.example.com/a.tgz',
	]);
	expect(installed()).toEqual(['new']);
	expect(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).toBe(JSON.stringify(LOCK));
});

test('an installation that failed is tried once more, with the lock file as it is', async () => {
	expect(await install(1)).toEqual(['npm failed; trying once more …']);
	expect(triedWith(2)).toBe(JSON.stringify(LOCK));
	expect(installed()).toEqual(['new']);
});

test('an installation that failed twice says why, and leaves what was installed before', async () => {
	await expect(install(2)).rejects.toThrow(/^npm ci .* failed:\nnpm error network$/);
	expect(installed()).toEqual(['old']);
	expect(fs.readdirSync(root)).not.toContain('.installing');
});

/** Stands for an npm that takes long. */
const SLOW_NPM = `
if (process.argv[2] === 'config') console.log('https://registry.example.com/npm');
else {
	require('node:fs').writeFileSync(__dirname + '/pid', String(process.pid));
	setTimeout(() => undefined, 20_000);
}
`;

const isAlive = (pid: number): boolean => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

async function until(isSo: () => boolean): Promise<boolean> {
	for (let tries = 0; tries < 100 && !isSo(); tries += 1) await sleep(50);
	return isSo();
}

test('an installation that is stopped with Ctrl-C takes npm with it', async () => {
	const file = path.join(npm, 'pid');
	fs.writeFileSync(path.join(npm, 'npm.js'), SLOW_NPM);
	const script = path.join(__dirname, '../../sandbox/packages.cjs');
	// Jest's copy has what this file sets.
	const { env } = process;
	const child = spawn(process.execPath, [script, root], { stdio: 'ignore', env });
	expect(await until(() => fs.existsSync(file) && fs.readFileSync(file, 'utf8') !== '')).toBe(true);
	const pid = Number(fs.readFileSync(file, 'utf8'));
	child.kill('SIGINT');
	await once(child, 'exit');
	try {
		expect(await until(() => !isAlive(pid))).toBe(true);
	} finally {
		if (isAlive(pid)) process.kill(pid, 'SIGKILL');
	}
	expect(installed()).toEqual(['old']);
	expect(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).toBe(JSON.stringify(LOCK));
});
