// For all code that does not ship, and once more for what does. n8n's own rules are in eslint.config.mjs.
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const javascript = ['**/*.js', '**/*.cjs', '**/*.mjs'];

export default defineConfig(
	globalIgnores(['dist', 'coverage', '.cache']),
	{
		files: ['**/*.cts', '**/*.ts', ...javascript],
		extends: [
			js.configs.recommended,
			tseslint.configs.strictTypeChecked,
			tseslint.configs.stylisticTypeChecked,
		],
		languageOptions: {
			parserOptions: {
				project: ['tsconfig.json', 'tsconfig.dev.json'],
				tsconfigRootDir: import.meta.dirname,
			},
		},
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			eqeqeq: 'error',
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', ignoreRestSiblings: true },
			],
			// `() => server.close()` reads better than a body of its own.
			'@typescript-eslint/no-confusing-void-expression': [
				'error',
				{ ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
			],
			// An empty field of n8n is an empty text, so `field || fallback` is meant.
			'@typescript-eslint/prefer-nullish-coalescing': [
				'error',
				{ ignorePrimitives: { string: true } },
			],
			// `[...text]` is how code points are counted.
			'@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
			// Interfaces of n8n and express ask for promises, and `async` turns a throw into a rejection.
			'@typescript-eslint/require-await': 'off',
		},
	},
	{
		// Not for tests, whose describe blocks are long.
		files: [
			'nodes/**',
			'credentials/**',
			'sandbox/**',
			'bench/**',
			'test/support/**',
			'gulpfile.js',
		],
		rules: {
			complexity: ['error', 15],
			'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
		},
	},
	{
		// To n8n a value of an item may always be an object, also where it is an id or a name.
		files: ['nodes/**', 'test/**'],
		rules: { '@typescript-eslint/no-base-to-string': 'off' },
	},
	{
		files: javascript,
		extends: [tseslint.configs.disableTypeChecked],
		languageOptions: { globals: globals.node },
	},
	{
		files: ['**/*.js', '**/*.cjs'],
		languageOptions: { sourceType: 'commonjs' },
		rules: { '@typescript-eslint/no-require-imports': 'off' },
	},
);
