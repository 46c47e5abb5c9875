import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pack, ROOT, type Packed } from '../support/packed.cjs';

/** What n8n does at its start: it makes an object of the class that bears the name of the file. */
const SCRIPT = `
const path = require('node:path');
const home = 'n8n-nodes-kling-voice';
const { credentials, nodes } = require(home + '/package.json').n8n;
const load = (file) => {
	const name = path.parse(file).name.split('.')[0];
	const made = new (require(home + '/' + file)[name])();
	return { name, type: made.name ?? made.description.name, made };
};
const loaded = [...credentials, ...nodes].map(load);
const whole = require(home);
// Some files are loaded only when they are needed.
for (const file of process.argv.slice(1)) require(home + '/' + file);
console.log(JSON.stringify({
	workflow: require(path.join(process.cwd(), 'node_modules/n8n-workflow/package.json')).version,
	loaded: loaded.map(({ name, type }) => [name, type]),
	properties: loaded.map(({ made }) => (made.properties ?? made.description.properties).length),
	execute: loaded.map(({ made }) => typeof (made.execute ?? made.authenticate)),
	exported: Object.keys(whole).sort(),
}));
`;

interface Loaded {
	workflow: string;
	loaded: [name: string, type: string][];
	properties: number[];
	execute: string[];
	exported: string[];
}

let packed: Packed;
beforeAll(() => {
	packed = pack();
});
afterAll(() => packed.remove());

/** A folder with our package and one n8n-workflow in it, whose own libraries stay where they are. */
function installedBeside(workflow: string | undefined): string {
	const folder = fs.mkdtempSync(path.join(packed.folder, 'beside-'));
	const modules = path.join(folder, 'node_modules');
	fs.cpSync(packed.package, path.join(modules, 'n8n-nodes-kling-voice'), { recursive: true });
	if (workflow !== undefined) {
		const target = fs.realpathSync(path.join(ROOT, 'node_modules', workflow));
		fs.symlinkSync(target, path.join(modules, 'n8n-workflow'), 'junction');
	}
	return folder;
}

function load(folder: string): Loaded {
	const { NODE_PATH: _path, NODE_OPTIONS: _options, ...env } = process.env;
	const built = packed.files.filter((file) => /^dist\/.*\.js$/.test(file));
	const stdout = execFileSync(process.execPath, ['-e', SCRIPT, ...built], {
		cwd: folder,
		env,
		stdio: 'pipe',
	});
	return JSON.parse(String(stdout)) as Loaded;
}

test.each([
	['n8n-workflow', '2.41.0'],
	['n8n-workflow-oldest', '1.86.0'],
])('the package works with nothing but %s %s beside it', (workflow, version) => {
	const { properties, ...rest } = load(installedBeside(workflow));
	expect(rest).toEqual({
		workflow: version,
		loaded: [
			['KlingApi', 'klingApi'],
			['Kling', 'kling'],
			['KlingTrigger', 'klingTrigger'],
		],
		execute: ['function', 'function', 'function'],
		exported: ['Kling', 'KlingApi', 'KlingTrigger'],
	});
	for (const count of properties) expect(count).toBeGreaterThan(4);
});

test('the package fails to load only for want of n8n-workflow', () => {
	expect(() => load(installedBeside(undefined))).toThrow(/Cannot find module 'n8n-workflow'/);
});
