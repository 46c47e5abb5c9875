import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '../../..');
const NAME = 'n8n-nodes-kling-voice';

const run = promisify(execFile);

/** Where n8n keeps the community packages of a user folder. */
const nodesFolder = (userFolder: string) => path.join(userFolder, '.n8n/nodes');
const packageFolder = (userFolder: string) =>
	path.join(nodesFolder(userFolder), 'node_modules', NAME);

export function hasPackage(userFolder: string): boolean {
	return fs.existsSync(packageFolder(userFolder));
}

/**
 * Installs this checkout, as `npm pack` makes it, into a user folder, in place of what was there. `dist` must be built.
 * @throws when npm cannot pack
 */
export async function installPackage(userFolder: string): Promise<void> {
	const folder = packageFolder(userFolder);
	const draft = fs.mkdtempSync(path.join(os.tmpdir(), 'kling-pack-'));
	try {
		const unpacked = await packInto(draft);
		fs.rmSync(folder, { recursive: true, force: true });
		fs.cpSync(unpacked, folder, { recursive: true });
	} finally {
		fs.rmSync(draft, { recursive: true, force: true });
	}
	const manifest = { name: 'installed-nodes', private: true, dependencies: { [NAME]: '*' } };
	fs.writeFileSync(path.join(nodesFolder(userFolder), 'package.json'), JSON.stringify(manifest));
}

/** @returns the folder of the unpacked package */
async function packInto(folder: string): Promise<string> {
	const args = ['pack', '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'];
	const cli = process.env.npm_execpath;
	if (cli?.endsWith('.js')) await run(process.execPath, [cli, ...args], { cwd: ROOT });
	else await run('npm', args, { cwd: ROOT, shell: process.platform === 'win32' });
	const tarball = fs.readdirSync(folder).find((file) => file.endsWith('.tgz'));
	if (tarball === undefined) throw new Error('npm packed nothing');
	await run('tar', ['-xzf', tarball], { cwd: folder });
	return path.join(folder, 'package');
}
