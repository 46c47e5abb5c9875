const path = require('node:path');
const ts = require('typescript');
const { changed, initialisers, parsed } = require('./initialisers.cjs');

/** The fields of an operation, or that it has those of another file. */
const FIELDS = /^export (?:const (?=fields\b)|\{ fields \} from .*$)/m;
const withoutExport = (/** @type {string} */ found) => (found.includes('{') ? '' : 'const ');
const IS_OPERATION = /^export (?:const|async function|function) execute\b/m;

/**
 * Leaves what makes the panel out of the code that runs: the panel is in the nodes as data.
 * No initialiser of ours does anything but give a value, which esbuild cannot know: what is said to be pure it drops
 * where nothing uses it. The registry uses all that an operation exports, so its fields are no export here.
 * @param {string} folder
 */
const withoutPanel = (folder) => ({
	name: 'without-panel',
	/** @param {import('esbuild').PluginBuild} build */
	setup(build) {
		build.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
			if (!file.startsWith(folder + path.sep) || file.endsWith('.node.ts')) return undefined;
			const source = await parsed(file);
			const changes = initialisers(source)
				.filter((node) => !ts.isArrowFunction(node) && !ts.isLiteralExpression(node))
				.map((node) => ({ node, text: `/* @__PURE__ */ (() => (${node.getText(source)}))()` }));
			const text = changed(source, changes);
			const contents = IS_OPERATION.test(text) ? text.replace(FIELDS, withoutExport) : text;
			return { contents, loader: 'ts' };
		});
	},
});

module.exports = { withoutPanel };
