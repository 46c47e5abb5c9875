import fs from 'node:fs';
import path from 'node:path';
import { pack, ROOT, type Packed } from '../support/packed.cjs';

let packed: Packed;
beforeAll(() => {
	packed = pack();
});
afterAll(() => packed.remove());

const read = (file: string): string => fs.readFileSync(path.join(packed.package, file), 'utf8');

describe('The tarball', () => {
	test('has at most 24 files and 180 KB', () => {
		expect(packed.files.length).toBeLessThanOrEqual(24);
		expect(fs.statSync(packed.tarball).size).toBeLessThanOrEqual(180 * 1024);
	});

	test('holds only what n8n loads and a reader needs', () => {
		const others = packed.files.filter(
			(file) => !file.startsWith('dist/') && !/^(README|LICENSE|CHANGELOG)(\.\w+)?$/.test(file),
		);
		expect(others).toEqual(['index.js', 'package.json']);
	});

	test('holds the licences and a README', () => {
		expect(packed.files).toEqual(
			expect.arrayContaining([
				expect.stringMatching(/^LICENSE(\.\w+)?$/),
				'README.md',
				'dist/THIRD_PARTY_LICENSES.txt',
			]),
		);
	});

	test('holds no sources, maps or tests', () => {
		expect(packed.files.filter((file) => /\.(c?ts|map|tsbuildinfo)$|test/i.test(file))).toEqual([]);
	});
});

describe('The packed package.json', () => {
	test('requires n8n-workflow as a peer and nothing else', () => {
		expect(packed.manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		for (const field of [
			'dependencies',
			'optionalDependencies',
			'bundleDependencies',
			'overrides',
		]) {
			expect(packed.manifest).not.toHaveProperty(field);
		}
	});

	test('runs no script at installation', () => {
		const lifecycle = /^(pre|post)?(install|uninstall|prepare|pack|publish|version)$|^(pre|post)/;
		// The only one that npm never runs for who installs the package.
		expect(Object.keys(packed.manifest.scripts).filter((name) => lifecycle.test(name))).toEqual([
			'prepublishOnly',
		]);
	});

	test('marks the package as a community package', () => {
		expect(packed.manifest).toMatchObject({
			name: 'n8n-nodes-kling-voice',
			license: 'MIT',
			main: 'index.js',
			n8n: { n8nNodesApiVersion: 1, strict: true },
		});
		expect(packed.manifest.keywords).toContain('n8n-community-node-package');
	});

	test('names files that were packed with all that they load, and nothing else was built', () => {
		const { credentials, nodes } = packed.manifest.n8n;
		const named = [...credentials, ...nodes];
		const loaded = new Set(named);
		// What is added while it goes through is gone through as well.
		for (const file of loaded) {
			for (const [, inner = ''] of read(file).matchAll(/require\("(\.[^"]+)"\)/g)) {
				loaded.add(path.posix.join(path.posix.dirname(file), inner));
			}
		}
		const built = packed.files.filter((file) => /^dist\/.*(\.js|\.panels\.json)$/.test(file));
		expect(built).toEqual([...loaded].sort());
	});
});

describe('Each built node and credential', () => {
	test('has a light and a dark icon', () => {
		const shown = ['dist/nodes/Kling/Kling.panels.json', ...packed.manifest.n8n.credentials];
		for (const file of shown) {
			const icons = [...read(file).matchAll(/"file:([^"]+\.svg)"/g)].map(([, icon]) =>
				String(icon),
			);
			const names = new Set(icons.map((icon) => path.posix.basename(icon)));
			expect(names).toEqual(new Set(['kling.svg', 'kling.dark.svg']));
			for (const icon of icons)
				expect(read(path.posix.join(path.posix.dirname(file), icon))).toMatch(/^<svg/);
		}
	});

	test('has a codex file that names it, if it is a node', () => {
		for (const file of packed.manifest.n8n.nodes) {
			const codex = JSON.parse(read(`${file}on`)) as { node: string; categories: string[] };
			const [className = ''] = path.posix.basename(file).split('.');
			expect(codex.node).toBe(
				`n8n-nodes-kling-voice.${className[0]?.toLowerCase()}${className.slice(1)}`,
			);
			expect(codex.categories.length).toBeGreaterThan(0);
		}
	});
});

describe('The built files', () => {
	test.each<[string, RegExp]>([
		['axios', /axios/i],
		['process', /(?<![\w$.])process\s*[.[]/],
		['globals', /(?<![\w$.])(globalThis|global)\b(?!\s*:)/],
		['timers', /(?<![\w$.])(set|clear)(Timeout|Interval|Immediate)\b/],
		['the path of a file', /__dirname|__filename/],
		['console', /(?<![\w$.])console\.\w+\(/],
		['other modules', /require\("(?!n8n-workflow"|(?:node:)?crypto"|\.\/)[^"]*"\)/],
		['code from text', /(?<![\w$.])eval\s*\(|new Function\b/],
	])('hold nothing that n8n refuses: %s', (_name, pattern) => {
		const around = new RegExp(`.{0,40}(?:${pattern.source}).{0,40}`, `${pattern.flags}g`);
		const mentions = packed.files
			.filter((file) => /^dist\/.*\.(js|json|svg)$/.test(file))
			.flatMap(
				(file) =>
					read(file)
						.match(around)
						?.map((text) => `${file}: ${text}`) ?? [],
			);
		expect(mentions).toEqual([]);
	});

	test('come with the licence of each library inside', () => {
		const licenses = fs.readFileSync(path.join(ROOT, 'dist/THIRD_PARTY_LICENSES.txt'), 'utf8');
		for (const name of [
			'ipaddr.js',
			'lossless-json',
			'opus-decoder',
			'p-limit',
			'simple-yenc',
			'standardwebhooks',
			'yocto-queue',
		]) {
			expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
		}
	});
});
