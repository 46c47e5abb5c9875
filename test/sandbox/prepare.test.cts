import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const SANDBOX = path.join(__dirname, '../../sandbox');
const MANIFEST = {
	engines: { node: '>=20.0.0' },
	n8n: { credentials: ['dist/a.credentials.js'], nodes: ['dist/b.node.js'] },
};
const BUILT = ['a.credentials.js', 'b.node.js', 'b.node.json', 'types/nodes.json'];
const LONG_AGO = new Date(2020, 0);

let root: string;

beforeEach(() => {
	root = fs.mkdtempSync(path.join(os.tmpdir(), 'kling-prepare-'));
	for (const name of ['prepare.cjs', 'packages.cjs']) {
		write(`sandbox/${name}`, fs.readFileSync(path.join(SANDBOX, name), 'utf8'));
	}
	write('package.json', JSON.stringify(MANIFEST));
	for (const name of ['package-lock.json', 'node_modules/.package-lock.json']) {
		write(name, '{ "packages": {} }');
	}
	for (const name of ['gulpfile.js', 'tsconfig.json', 'nodes/b.ts', 'credentials/a.ts']) {
		write(name, '');
	}
	write('node_modules/gulp/bin/gulp.js', "console.log('gulp runs');");
	for (const name of ['gulpfile.js', 'tsconfig.json', 'package.json', 'nodes', 'credentials']) {
		fs.utimesSync(path.join(root, name), LONG_AGO, LONG_AGO);
	}
	for (const name of ['nodes/b.ts', 'credentials/a.ts']) {
		fs.utimesSync(path.join(root, name), LONG_AGO, LONG_AGO);
	}
	for (const name of BUILT) write(`dist/${name}`, '');
});
afterEach(() => fs.rmSync(root, { recursive: true }));

function write(name: string, text: string): void {
	const file = path.join(root, name);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, text);
}

const prepare = () =>
	spawnSync(process.execPath, [path.join(root, 'sandbox/prepare.cjs')], { encoding: 'utf8' });

test('what is built is not built again', () => {
	expect(prepare()).toMatchObject({ status: 0, stdout: '' });
});

test.each(BUILT)('a build that ended before it had written %s is made again', (name) => {
	fs.rmSync(path.join(root, 'dist', name));
	expect(prepare().stdout).toContain('gulp runs');
});
