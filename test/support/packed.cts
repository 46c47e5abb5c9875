import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Packing and scanning take a while on a busy machine. */
jest.setTimeout(180_000);

export const ROOT = path.join(__dirname, '../..');

export interface Manifest {
	name: string;
	main: string;
	license: string;
	keywords: string[];
	files: string[];
	scripts: Record<string, string>;
	n8n: { n8nNodesApiVersion: number; strict: boolean; credentials: string[]; nodes: string[] };
	peerDependencies: Record<string, string>;
	[field: string]: unknown;
}

export interface Packed {
	/** A folder of this run's own, removed by `remove`. */
	folder: string;
	/** The package as npm unpacks it. */
	package: string;
	tarball: string;
	/** Paths inside the package, with forward slashes. */
	files: string[];
	manifest: Manifest;
	remove: () => void;
}

/** What `npm publish` would upload, unpacked as `npm install` does it; needs a build. */
export function pack(): Packed {
	const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'kling-voice-')));
	const args = ['pack', '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'];
	const npm = process.env.npm_execpath;
	if (npm?.endsWith('.js'))
		execFileSync(process.execPath, [npm, ...args], { cwd: ROOT, stdio: 'pipe' });
	else execFileSync('npm', args, { cwd: ROOT, stdio: 'pipe', shell: process.platform === 'win32' });
	const name = fs.readdirSync(folder).find((file) => file.endsWith('.tgz'));
	if (name === undefined) throw new Error('npm packed nothing');
	const tarball = path.join(folder, name);
	execFileSync('tar', ['-xzf', name], { cwd: folder });
	const unpacked = path.join(folder, 'package');
	return {
		folder,
		package: unpacked,
		tarball,
		files: filesIn(unpacked),
		manifest: JSON.parse(fs.readFileSync(path.join(unpacked, 'package.json'), 'utf8')) as Manifest,
		remove: () => fs.rmSync(folder, { recursive: true, force: true }),
	};
}

function filesIn(folder: string): string[] {
	return fs
		.readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
		.map((file) => file.split(path.sep).join('/'))
		.sort();
}
