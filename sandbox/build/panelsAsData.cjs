const fs = require('node:fs/promises');
const Module = require('node:module');
const path = require('node:path');
const esbuild = require('esbuild');
const ts = require('typescript');
const { changed, parsed } = require('./initialisers.cjs');

const FILE = './Kling.panels.json';

/**
 * What n8n shows of a node, its `description`, is worked out here and goes into a file of JSON for all nodes: n8n reads
 * it at its start, and would otherwise load every operation to show it. As a text within the code it takes four times
 * as long, because the engine reads that text letter by letter.
 * @param {string} folder where the built nodes are
 * @param {import('esbuild').Plugin} loadOnDemand
 */
const panelsAsData = (folder, loadOnDemand) => ({
	name: 'panels-as-data',
	/** @param {import('esbuild').PluginBuild} build */
	setup(build) {
		/** @type {Record<string, unknown>} by the name of the class */
		const panels = {};
		build.onLoad({ filter: /\.node\.ts$/ }, async ({ path: file }) => {
			const [name = ''] = path.basename(file).split('.');
			const { [name]: Class } = await evaluated(file, loadOnDemand);
			const description = Object.entries(new Class().description);
			const source = await parsed(file);
			const node = descriptionIn(source);
			const code = new Set(description.filter(([, value]) => isCode(value)).map(([key]) => key));
			panels[name] = Object.fromEntries(description.filter(([key]) => !code.has(key)));
			// n8n changes the description that it is given.
			const parts = [`...require('${FILE}').${name}`, ...textsOf(source, node, code)];
			const contents = changed(source, [{ node, text: `{ ${parts.join(', ')} }` }]);
			return { contents, loader: 'ts' };
		});
		build.onResolve({ filter: /\.panels\.json$/ }, () => ({ path: FILE, external: true }));
		build.onEnd(async () => {
			await fs.writeFile(path.join(folder, FILE), inAscii(JSON.stringify(panels)));
		});
	},
});

/**
 * Runs a module of the sources.
 * @param {string} file
 * @param {import('esbuild').Plugin} loadOnDemand
 * @returns what it exports
 */
async function evaluated(file, loadOnDemand) {
	const { outputFiles } = await esbuild.build({
		plugins: [loadOnDemand],
		entryPoints: [file],
		bundle: true,
		platform: 'node',
		format: 'cjs',
		external: ['n8n-workflow'],
		write: false,
	});
	const made = new Module(file);
	// Its libraries lie where those of this file do.
	Reflect.set(made, 'paths', Reflect.get(module, 'paths'));
	Reflect.apply(Reflect.get(made, '_compile'), made, [outputFiles[0]?.text ?? '', file]);
	return made.exports;
}

/** @param {ts.SourceFile} source */
function descriptionIn(source) {
	const node = source.statements
		.filter((statement) => ts.isClassDeclaration(statement))
		.flatMap(({ members }) => [...members])
		.filter((member) => ts.isPropertyDeclaration(member))
		.find((member) => member.name.getText(source) === 'description')?.initializer;
	if (!node) throw new Error(`${source.fileName} has no class with a description`);
	return node;
}

/**
 * Whether JSON would lose some of it: n8n keeps functions that read the fields of an address behind a symbol.
 * @param {unknown} value
 * @returns {boolean}
 */
function isCode(value) {
	if (typeof value === 'function') return true;
	if (typeof value !== 'object' || value === null) return false;
	return Object.getOwnPropertySymbols(value).length > 0 || Object.values(value).some(isCode);
}

/**
 * @param {ts.SourceFile} source
 * @param {ts.Expression} node an object literal
 * @param {Set<string>} keys
 * @returns {string[]} its properties of these names, as they are written
 */
function textsOf(source, node, keys) {
	if (!ts.isObjectLiteralExpression(node)) return [];
	return node.properties
		.filter(({ name }) => name && keys.has(name.getText(source)))
		.map((property) => property.getText(source));
}

/**
 * A file of ASCII alone is read and parsed faster.
 * @param {string} json
 */
const inAscii = (json) =>
	json.replace(
		/[\u0080-\uffff]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);

module.exports = { panelsAsData };
