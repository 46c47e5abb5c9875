import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { INodeType } from 'n8n-workflow';
import classes from '../../index.js';

const { Kling } = classes as { Kling: new () => INodeType };
const ROOT = path.join(__dirname, '../..');
const KLING = path.join(ROOT, 'nodes/Kling');

const built = (file: string): string =>
	fs.readFileSync(path.join(ROOT, 'dist/nodes/Kling', file), 'utf8');

/** The panel as the sources have it, in a process of its own, as jest's types cannot follow their dynamic imports. */
function panelOfSources(): unknown {
	const script = `process.stdout.write(JSON.stringify(require(${JSON.stringify(path.join(KLING, 'resources/index.ts'))}).properties))`;
	const output = execFileSync(process.execPath, ['-r', 'tsx/cjs', '-e', script], { cwd: ROOT });
	return JSON.parse(String(output)) as unknown;
}

/** Names of all functions of a folder that its files export. */
function exportedFunctions(folder: string): string[] {
	const entries = fs.readdirSync(path.join(KLING, folder), { recursive: true, encoding: 'utf8' });
	return entries
		.filter((entry) => entry.endsWith('.ts'))
		.flatMap((entry) => {
			const text = fs.readFileSync(path.join(KLING, folder, entry), 'utf8');
			return [...text.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name = '']) => name);
		});
}

test('the built panel is the panel of the sources', () => {
	expect(new Kling().description.properties).toEqual(panelOfSources());
});

test('a description that n8n has changed is as built in the next node', () => {
	const first = new Kling().description;
	first.icon = undefined;
	expect(new Kling().description.icon).toEqual({
		light: 'file:kling.svg',
		dark: 'file:kling.dark.svg',
	});
});

test.each([
	['Kling.node.js', []],
	// For functions that n8n calls instead of evaluating an expression, which JSON cannot hold.
	['KlingTrigger.node.js', ['n8n-workflow']],
])('%s loads nothing but its panel, which is JSON, and %j', (file, more) => {
	const text = built(file);
	const loaded = [...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
	expect(new Set(loaded)).toEqual(new Set(['./Kling.panels.json', './lazy.js', ...more]));
	expect(text.length).toBeLessThan(4_000);
});

test('the code that runs has no field of a panel in it', () => {
	expect(built('lazy.js')).not.toMatch(/displayName|displayOptions|typeOptions/);
});

test.each(['operation', 'tasks', 'api', 'media', 'resources'])(
	'Kling.node.js has no function of %s/, which n8n would load at its start',
	(folder) => {
		const text = built('Kling.node.js');
		const names = exportedFunctions(folder);
		expect(names.length).toBeGreaterThan(0);
		// The build keeps names as they are.
		expect(names.filter((name) => new RegExp(`function ${name}\\b`).test(text))).toEqual([]);
	},
);
