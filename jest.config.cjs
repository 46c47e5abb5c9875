const path = require('node:path');

const swc = [
	'@swc/jest',
	{
		jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
		module: { type: 'commonjs' },
		sourceMaps: 'inline',
	},
];

/** Packages that ship as ES modules only, which jest cannot require as they are. */
const esmOnly = [
	'p-limit',
	'yocto-queue',
	'jose',
	'opus-decoder',
	'@wasm-audio-decoders',
	'simple-yenc',
];

/** The last n8n-core of the 1.x line, with the n8n-workflow it was made for. */
const core1x = path.join(__dirname, 'node_modules/n8n-core-v1');

/**
 * @param {string} displayName
 * @param {object} [settings]
 */
const project = (displayName, settings) => ({
	displayName,
	testEnvironment: 'node',
	testMatch: [`<rootDir>/test/${displayName}/**/*.test.cts`],
	moduleFileExtensions: ['js', 'cjs', 'mjs', 'ts', 'cts', 'json', 'node'],
	// An import names the file as Node would see it after compiling.
	moduleNameMapper: { '^(\\.{1,2}/.*)\\.cjs$': ['$1.cts', '$1.cjs'] },
	transform: { '\\.(ts|cts|mjs|js)$': swc },
	transformIgnorePatterns: [`/node_modules/(?!(.*/)?(${esmOnly.join('|')})/)`, '<rootDir>/dist/'],
	...settings,
});

const FASTER_TIME = '<rootDir>/test/support/engine/fasterTime.cts';

const usual = project('engine');

/** Its suites wait for seconds at every turn, so they have a clock of their own. */
const engine = {
	...usual,
	// After jest's own clock, which stays as it is.
	setupFilesAfterEnv: [FASTER_TIME],
	// What the clock replaces is the suite's own, and gone with it.
	testEnvironmentOptions: { globalsCleanup: 'off' },
	moduleNameMapper: {
		...usual.moduleNameMapper,
		'^node:timers/promises$': '<rootDir>/test/support/engine/fasterTimers.cts',
	},
};

module.exports = {
	projects: [
		project('unit'),
		project('sandbox'),
		engine,
		{
			...engine,
			displayName: 'engine-1x',
			moduleNameMapper: {
				...engine.moduleNameMapper,
				'^n8n-core$': core1x,
				'^n8n-workflow$': path.join(core1x, 'node_modules/n8n-workflow'),
			},
			setupFilesAfterEnv: [FASTER_TIME, '<rootDir>/test/support/engine/core1x.cts'],
		},
		project('package'),
	],
	reporters: ['default', '<rootDir>/test/support/closingLine.cjs'],
	// Packing and scanning take a while on a busy machine. jest heeds this only here, not in a project.
	testTimeout: 120_000,
	testSequencer: '<rootDir>/test/support/longestFirst.cjs',
	// More than processors, as the tests also wait. Each worker loads a whole n8n-core, half a GB.
	maxWorkers: 4,
};
