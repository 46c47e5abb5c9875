const { spawnSync } = require('node:child_process');
const fs = require('node:fs/promises');
const path = require('node:path');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const { n8n } = require('./package.json');
const { panelsAsData } = require('./sandbox/build/panelsAsData.cjs');
const { withoutPanel } = require('./sandbox/build/withoutPanel.cjs');

const root = __dirname;
const dist = path.join(root, 'dist');
const source = (/** @type {string} */ name) => path.join(root, `${name}.ts`);
const entry = (/** @type {string} */ name) => ({
	in: name,
	out: `nodes/Kling/${path.parse(name).name}`,
});

/**
 * What is loaded when it is used, not when n8n starts: libraries, and modules of our own with the libraries in them.
 * Each becomes a file beside the nodes.
 */
const lazy = entry(source('nodes/Kling/lazy'));
const libraries = [
	entry('ipaddr.js'),
	entry('opus-decoder'),
	entry(source('nodes/Kling/media/clip/clipTools')),
];
const onDemand = new Map([lazy, ...libraries].map((file) => [file.in, path.basename(file.out)]));

/** `dist/nodes/Kling/Kling.node.js` is made from `nodes/Kling/Kling.node.ts`. */
const entryPoints = [
	lazy,
	...[...n8n.credentials, ...n8n.nodes].map((file) => {
		const out = file.replace(/^dist\//, '').replace(/\.js$/, '');
		return { in: source(out), out };
	}),
];

async function clean() {
	await fs.rm(dist, { recursive: true, force: true });
}

async function typecheck() {
	const tsc = require.resolve('typescript/bin/tsc');
	const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], {
		cwd: root,
		stdio: 'inherit',
	});
	if (status !== 0) throw new Error('The types do not fit; see above');
}

/** Makes `import('library')` and `import('./module')` a `require` of their own built file. */
const loadOnDemand = {
	name: 'load-on-demand',
	/** @param {import('esbuild').PluginBuild} build */
	setup(build) {
		build.onResolve({ filter: /^/ }, ({ kind, path: name, importer, resolveDir }) => {
			if (kind !== 'dynamic-import') return undefined;
			const wanted = name.startsWith('.') ? path.join(resolveDir, `${name}.ts`) : name;
			const built = onDemand.get(wanted);
			return built !== undefined
				? { path: `./${built}.js`, external: true }
				: // It would be bundled into the file that loads it, and cost n8n its time at every start.
					{ errors: [{ text: `${importer} loads ${name}, which is not in onDemand` }] };
		});
	},
};

/** Where a library keeps what is used of it, by its name and by what that is called. */
const PARTS_OF_LIBRARIES = new Map([
	['opus-decoder', ['OpusDecoder', 'opus-decoder/src/OpusDecoder.js']],
	[
		'@wasm-audio-decoders/common',
		['WASMAudioDecoderCommon', '@wasm-audio-decoders/common/src/WASMAudioDecoderCommon.js'],
	],
]);

/** Leaves out the parts of a library that start workers, which n8n refuses, and which nothing here uses. */
const withoutWorkers = {
	name: 'without-workers',
	/** @param {import('esbuild').PluginBuild} build */
	setup(build) {
		build.onResolve({ filter: /^/ }, ({ path: name, kind }) =>
			kind !== 'dynamic-import' && PARTS_OF_LIBRARIES.has(name)
				? { path: name, namespace: 'without-workers' }
				: undefined,
		);
		build.onLoad({ filter: /^/, namespace: 'without-workers' }, ({ path: name }) => {
			const [part = '', file = ''] = PARTS_OF_LIBRARIES.get(name) ?? [];
			const from = JSON.stringify(path.join(root, 'node_modules', file));
			return { contents: `export { default as ${part} } from ${from};`, resolveDir: root };
		});
	},
};

/** What Node has itself, a library need not bring: with these two `standardwebhooks` is 10 KB smaller. */
const inPlaceOf = {
	'fast-sha256': path.join(root, 'sandbox/build/inPlaceOf/fast-sha256.cjs'),
	'@stablelib/base64': path.join(root, 'sandbox/build/inPlaceOf/base64.cjs'),
};

/** n8n allows no runtime dependencies, so every library but n8n-workflow goes into the file that uses it. */
async function bundle() {
	/** @type {esbuild.BuildOptions & { metafile: true, plugins: esbuild.Plugin[] }} */
	const options = {
		plugins: [loadOnDemand, withoutPanel(path.join(root, 'nodes/Kling'))],
		// n8n refuses the global object and the console.
		define: { 'globalThis.TextEncoder': 'TextEncoder' },
		drop: ['console'],
		// `import()` becomes `require()`, which n8n's loader and its scanner understand.
		supported: { 'dynamic-import': false },
		outdir: dist,
		absWorkingDir: root,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		external: ['n8n-workflow'],
		alias: inPlaceOf,
		legalComments: 'none',
		// A package has a limit of size. Messages name item and task, so nobody has to read the names in a stack.
		minify: true,
		logLevel: 'warning',
		metafile: true,
	};
	const panels = panelsAsData(path.join(dist, 'nodes/Kling'), loadOnDemand);
	const builds = await Promise.all([
		esbuild.build({ ...options, plugins: [panels, ...options.plugins], entryPoints }),
		esbuild.build({
			...options,
			plugins: [withoutWorkers, ...options.plugins],
			entryPoints: libraries,
			// A library that finds nothing in the global object takes its own fallbacks.
			// The timers of the decoder's runtime are for programs that ask for signals, which it does not.
			define: { globalThis: '{}', setTimeout: 'undefined', clearTimeout: 'undefined' },
			// The decoder is a long text of characters of all kinds.
			charset: 'utf8',
		}),
	]);
	await writeLicenses(builds.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
}

/**
 * The licenses of the bundled libraries ask to travel with them.
 * @param {string[]} inputs files that were bundled
 */
async function writeLicenses(inputs) {
	const names = inputs
		.map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1])
		.filter((name) => name !== undefined);
	const texts = await Promise.all([...new Set(names)].sort().map(licenseOf));
	await fs.writeFile(path.join(dist, 'THIRD_PARTY_LICENSES.txt'), texts.join('\n\n'));
}

/** @param {string} name */
async function licenseOf(name) {
	const folder = path.join(root, 'node_modules', name);
	const { version, license } = JSON.parse(
		await fs.readFile(path.join(folder, 'package.json'), 'utf8'),
	);
	const file = (await fs.readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
	if (!file && license !== 'MIT') throw new Error(`${name} has no license file to ship`);
	const text = file
		? await fs.readFile(path.join(folder, file), 'utf8')
		: 'Its package names the license and comes without the text, which is that of https://opensource.org/license/mit';
	// MPL-2.0 wants a bundle to say where its sources are; what npm has of each of these includes them.
	const source = `Source: https://www.npmjs.com/package/${name}/v/${version}`;
	return `${name} ${version} (${license})\n${source}\n\n${text.trim()}`;
}

/** n8n looks for the icons and the codex beside the built node. */
function assets() {
	return src('nodes/**/*.{svg,json}', { cwd: root, base: root, encoding: false }).pipe(dest(dist));
}

/**
 * What n8n reads at its start instead of our code: with these files its lazy loader requires a node only when it is used.
 * n8n-core's own generator writes them; what it says of methods is for n8n's own nodes.
 */
async function metadata() {
	const core = path.dirname(require.resolve('n8n-core/package.json'));
	const { status } = spawnSync(process.execPath, [path.join(core, 'bin/generate-metadata')], {
		cwd: root,
		stdio: 'inherit',
	});
	if (status !== 0) throw new Error("n8n-core could not write the package's metadata; see above");
	await fs.rm(path.join(dist, 'methods'), { recursive: true });
}

exports.build = series(clean, parallel(typecheck, bundle), assets, metadata);
exports.default = exports.build;
