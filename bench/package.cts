import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { median, type Measurement } from './figure.cjs';

const ROOT = join(__dirname, '..');
const RUNS = 7;
const LIMIT_MS = 5;
const LIMIT_KB = 60;
const LIMIT_FILES = 20;

/** Loads n8n-workflow first, as n8n has long done when it comes to a community package. */
const TIME_REQUIRE = `
	require('n8n-workflow');
	const { n8n } = require('./package.json');
	const started = process.hrtime.bigint();
	for (const file of [...n8n.credentials, ...n8n.nodes]) require('./' + file);
	console.log(Number(process.hrtime.bigint() - started) / 1e6);
`;

interface Packed {
	size: number;
	files: unknown[];
}

export const packageSize: Measurement = (say) => {
	say('requiring the built files in fresh processes, and packing');
	const times = Array.from({ length: RUNS }, () =>
		Number(execFileSync(process.execPath, ['-e', TIME_REQUIRE], { cwd: ROOT, encoding: 'utf8' })),
	);
	const listing = execFileSync('npm', ['pack', '--dry-run', '--json'], {
		cwd: ROOT,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const packed = Object.values(JSON.parse(listing) as Record<string, Packed>)[0];
	const kb = (packed?.size ?? NaN) / 1024;
	const files = packed?.files.length ?? NaN;
	const ms = median(times);
	return Promise.resolve([
		{
			what: 'requiring both built files, warm n8n-workflow (median of 7)',
			goal: `≤ ${String(LIMIT_MS)} ms`,
			measured: `${ms.toFixed(2)} ms`,
			met: ms <= LIMIT_MS,
		},
		{
			what: 'packed package',
			goal: `≤ ${String(LIMIT_KB)} KB, ≤ ${String(LIMIT_FILES)} files`,
			measured: `${kb.toFixed(1)} KB, ${String(files)} files`,
			met: kb <= LIMIT_KB && files <= LIMIT_FILES,
		},
	]);
};
