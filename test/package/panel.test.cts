import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { INodeType } from 'n8n-workflow';
import built from '../../index.js';

const { Kling } = built as { Kling: new () => INodeType };
const ROOT = path.join(__dirname, '../..');
const KLING = path.join(ROOT, 'nodes/Kling');

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

test.each(['operation', 'tasks', 'api', 'media', 'resources'])(
	'Kling.node.js has no function of %s/, which n8n would load at its start',
	(folder) => {
		const text = fs.readFileSync(path.join(ROOT, 'dist/nodes/Kling/Kling.node.js'), 'utf8');
		const names = exportedFunctions(folder);
		expect(names.length).toBeGreaterThan(0);
		// The build keeps names as they are.
		expect(names.filter((name) => new RegExp(`function ${name}\\b`).test(text))).toEqual([]);
	},
);
