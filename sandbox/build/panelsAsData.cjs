const Module = require('node:module');
const path = require('node:path');
const esbuild = require('esbuild');
const ts = require('typescript');
const { changed, parsed } = require('./initialisers.cjs');

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
	made.paths = module.paths;
	Reflect.apply(Reflect.get(made, '_compile'), made, [outputFiles[0]?.text ?? '', file]);
	return made.exports;
}

/**
 * What n8n shows of a class, a node's `description` and a credential's `properties`, is worked out here and goes into
 * the class as JSON: n8n reads it at its start, and would otherwise load every operation to show it.
 * @param {import('esbuild').Plugin} loadOnDemand
 */
const panelsAsData = (loadOnDemand) => ({
	name: 'panels-as-data',
	/** @param {import('esbuild').PluginBuild} build */
	setup(build) {
		build.onLoad({ filter: /\.(node|credentials)\.ts$/ }, async ({ path: file }) => {
			const [name = ''] = path.basename(file).split('.');
			const shown = file.endsWith('.node.ts') ? 'description' : 'properties';
			const instance = Reflect.construct((await evaluated(file, loadOnDemand))[name], []);
			const source = await parsed(file);
			const node = source.statements
				.filter((statement) => ts.isClassDeclaration(statement))
				.flatMap(({ members }) => [...members])
				.filter((member) => ts.isPropertyDeclaration(member))
				.find((member) => member.name.getText(source) === shown)?.initializer;
			if (!node) throw new Error(`${file} has no ${shown}`);
			// As one text, because parsing JSON is faster than running code that makes the same.
			const text = `JSON.parse(${JSON.stringify(JSON.stringify(instance[shown]))})`;
			return {
				contents: changed(source, [{ node, text }]),
				loader: 'ts',
				resolveDir: path.dirname(file),
			};
		});
	},
});

module.exports = { panelsAsData };
