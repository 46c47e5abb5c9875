import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { pack, ROOT, type Packed } from '../support/packed.cjs';

const SCANNER = path.join(ROOT, 'node_modules/@n8n/scan-community-package/scanner/scanner.mjs');

/**
 * n8n's own verdict, and beyond it a count: the scanner lets warnings pass and says nothing of them.
 * It is an ES module with an eslint of its own, so it runs in a process of its own.
 */
const SCRIPT = `
import { createRequire } from 'node:module';
import { analyzePackage, buildScanConfig, SOURCE_FILE_PATTERNS } from ${JSON.stringify(pathToFileURL(SCANNER).href)};
const { ESLint } = createRequire(${JSON.stringify(SCANNER)})('eslint');
const [, cwd, what] = process.argv;
const patterns = what === 'source' ? SOURCE_FILE_PATTERNS : ['**/*.js', '**/*.ts', '**/*.json'];
const verdict = await analyzePackage(cwd, patterns);
const overrideConfig = await buildScanConfig();
const options = { cwd, errorOnUnmatchedPattern: false, allowInlineConfig: false, overrideConfigFile: true, overrideConfig };
const results = await new ESLint(options).lintFiles(patterns);
const messages = results.flatMap((file) => file.messages.map(({ ruleId, severity, message }) =>
	({ file: file.filePath.slice(cwd.length + 1), ruleId, severity, message })));
console.log(JSON.stringify({ verdict, files: results.length, messages }));
`;

interface Scan {
	verdict: { passed: boolean; message?: string; details?: string };
	files: number;
	messages: { file: string; ruleId: string | null; severity: number; message: string }[];
}

let packed: Packed;
beforeAll(() => {
	packed = pack();
});
afterAll(() => packed.remove());

/** @param what a package as it is published, or the source that it was built from */
async function scan(folder: string, what: 'package' | 'source' = 'package'): Promise<Scan> {
	const { stdout } = await promisify(execFile)(
		process.execPath,
		['--input-type=module', '-e', SCRIPT, folder, what],
		{
			cwd: ROOT,
			// The scanner leaves a temporary folder behind; here it goes with ours. In tests, as jest has them, the rules of n8n
			// take no notice of the names of files.
			env: { ...process.env, NODE_ENV: 'production', TMPDIR: packed.folder },
			maxBuffer: 2 ** 24,
		},
	);
	return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Scan;
}

test('n8n’s scanner finds no error and no warning in the package', async () => {
	const { verdict, files, messages } = await scan(packed.package);
	expect(messages).toEqual([]);
	expect(verdict).toEqual({ passed: true });
	const lintable = packed.files.filter((file) => /\.(js|json)$/.test(file));
	expect(files).toBe(lintable.length);
});

test('n8n’s scanner finds no error and no warning in the source, which it fetches from GitHub', async () => {
	const { verdict, files, messages } = await scan(ROOT, 'source');
	expect(messages).toEqual([]);
	expect(verdict).toEqual({ passed: true });
	expect(files).toBeGreaterThan(100);
});

test('n8n’s scanner finds a forbidden call in a package that has one', async () => {
	const spoiled = path.join(packed.folder, 'spoiled');
	fs.cpSync(packed.package, spoiled, { recursive: true });
	fs.writeFileSync(path.join(spoiled, 'dist/late.js'), 'setTimeout(() => {}, 1);\n');
	const { verdict, messages } = await scan(spoiled);
	expect(verdict.passed).toBe(false);
	expect(messages).toEqual([expect.objectContaining({ file: 'dist/late.js', severity: 2 })]);
});
