import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT, type Manifest } from '../support/packed.cjs';

const OWNER = {
	author: { name: 'Ada Lovelace', email: 'ada@analytical.engine' },
	repository: { type: 'git', url: 'git+https://github.com/ada/n8n-nodes-kling-voice.git' },
};

let folder: string;

beforeEach(() => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kling-identity-'));
	const copied = fs
		.readdirSync(ROOT)
		.filter((name) => !/^(\.git|node_modules|dist|test|sandbox|bench)$/.test(name));
	for (const name of copied) {
		fs.cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
	}
});
afterEach(() => {
	fs.rmSync(folder, { recursive: true });
});

const read = (file: string) => fs.readFileSync(path.join(folder, file), 'utf8');

/** Changes package.json, which is the only place that its owner changes by hand. */
function setManifest(changes: Partial<Manifest>): void {
	const manifest = { ...(JSON.parse(read('package.json')) as Manifest), ...changes };
	fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
}

/** @returns what was said, with the exit code in front of a failure */
function run(command: string, env: NodeJS.ProcessEnv = {}): string {
	const script = path.join(folder, '.ci/identity.mjs');
	const { status, stdout, stderr } = spawnSync(process.execPath, [script, command], {
		cwd: folder,
		encoding: 'utf8',
		env: { ...process.env, GITHUB_ACTIONS: '', ...env },
	});
	return status === 0 ? stdout : `${String(status)}: ${stderr}`;
}

const PLACEHOLDER = {
	author: {
		name: 'n8n-nodes-kling-voice maintainers',
		email: 'maintainers@n8n-nodes-kling-voice.dev',
	},
	repository: {
		type: 'git',
		url: 'git+https://github.com/n8n-nodes-kling-voice/n8n-nodes-kling-voice.git',
	},
};

test.each<[string, Partial<Manifest>, string]>([
	['the repository', { ...OWNER, repository: PLACEHOLDER.repository }, 'repository.url'],
	[
		'the author',
		{ ...OWNER, author: { ...OWNER.author, name: PLACEHOLDER.author.name } },
		'author.name',
	],
	[
		'the e-mail',
		{ ...OWNER, author: { ...OWNER.author, email: PLACEHOLDER.author.email } },
		'author.email',
	],
])('publishing is refused while %s is a placeholder', (_, manifest, named) => {
	setManifest(manifest);
	run('write');
	expect(run('check')).toMatch(
		`1: Not ready to publish: ${named} in package.json is a placeholder`,
	);
});

test('publishing is refused while another file names another owner, until npm run identity has copied it', () => {
	setManifest(OWNER);
	expect(run('check')).toMatch(/^1: Not ready to publish: package.json names another owner than /);
	expect(run('write')).toContain('Changed README.md');
	expect(run('check')).toBe('');
	expect(read('LICENSE')).toMatch(/^Copyright \(c\) \d+ Ada Lovelace$/m);
	expect(read('SECURITY.md')).toContain('[ada@analytical.engine](mailto:ada@analytical.engine)');
	const urls = ['README.md', 'package.json', 'nodes/Kling/Kling.node.json', 'CONTRIBUTING.md'].map(
		(file) => [...read(file).matchAll(/github\.com\/([\w.-]+)\/n8n-nodes-kling-voice/g)],
	);
	expect(new Set(urls.flat().map(([, owner]) => owner))).toEqual(new Set(['ada']));
});

test('npm publish is refused outside GitHub Actions, which prove where a package comes from', () => {
	setManifest(OWNER);
	run('write');
	expect(run('publish')).toMatch(/^1: Not published from here: /);
	expect(run('publish', { GITHUB_ACTIONS: 'true' })).toBe('');
	const { scripts } = JSON.parse(read('package.json')) as Manifest;
	expect(scripts.prepublishOnly).toBe('node .ci/identity.mjs publish');
	expect(scripts.release).toMatch(/^node \.ci\/identity\.mjs check && /);
});
