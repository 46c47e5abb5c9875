const swc = [
	'@swc/jest',
	{
		jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
		module: { type: 'commonjs' },
		sourceMaps: 'inline',
	},
];

/** Packages that ship as ES modules only; jest's module system needs them turned into CommonJS. */
const esmOnly =
	'(p-limit|yocto-queue|lossless-json|music-metadata|strtok3|token-types|@tokenizer|uint8array-extras|file-type|peek-readable|@borewit|jose)';

const shared = {
	testEnvironment: 'node',
	moduleFileExtensions: ['js', 'cjs', 'mjs', 'ts', 'cts', 'json', 'node'],
	transform: { '^.+\\.(ts|cts|mjs|js)$': swc },
	transformIgnorePatterns: [`/node_modules/(?!.*${esmOnly})`, '<rootDir>/dist/'],
	testTimeout: 60_000,
};

/** The unit tests read the sources; the engine tests run what `npm run build` made. */
module.exports = {
	projects: [
		{ ...shared, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.cts'] },
	],
};
