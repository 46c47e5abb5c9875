import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type JestFile, appendRun, closing, failedFiles, readRuns } from '../support/tries.cjs';

const ROOT = path.join(__dirname, '../..');

let folder: string;
let record: string;
beforeEach(() => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kling-tries-'));
	record = path.join(folder, 'record');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** A file as jest tells of it. @param tests status by title */
function fileOf(name: string, tests: Record<string, 'passed' | 'failed' | 'pending'>): JestFile {
	const statuses = Object.values(tests);
	const count = (wanted: string) => statuses.filter((status) => status === wanted).length;
	return {
		testFilePath: path.join(ROOT, 'test', name),
		displayName: { name: 'engine' },
		numPassingTests: count('passed'),
		numFailingTests: count('failed'),
		numPendingTests: count('pending'),
		numTodoTests: 0,
		testResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
	};
}

const good = fileOf('good.test.cts', { one: 'passed', two: 'pending' });

test('a test that passes at its second try is named, and counted as passed', () => {
	appendRun(record, [good, fileOf('late.test.cts', { is: 'passed', 'is 50% late': 'failed' })]);
	expect(failedFiles(readRuns(record))).toEqual(['test/late.test.cts']);
	appendRun(record, [fileOf('late.test.cts', { is: 'passed', 'is 50% late': 'passed' })]);
	const sum = '3 passed, 0 failed, 1 skipped';
	const name = 'engine test/late.test.cts: is 50% late';
	expect(closing([readRuns(record)], false)).toEqual([
		'1 test needed a second try:',
		`  ${name}`,
		sum,
	]);
	expect(closing([readRuns(record)], true).slice(-2)).toEqual([
		'::warning::1 test needed a second try:%0Aengine test/late.test.cts: is 50%25 late',
		sum,
	]);
});

test('a test that fails twice is a failure and no second try', () => {
	const broken = fileOf('broken.test.cts', { is: 'failed' });
	appendRun(record, [good, broken]);
	appendRun(record, [broken]);
	expect(closing([readRuns(record)], true)).toEqual(['1 passed, 1 failed, 1 skipped']);
});

test('a file that did not load has failed, and is repeated', () => {
	appendRun(record, [{ ...fileOf('syntax.test.cts', {}), testExecError: new Error('no') }]);
	expect(failedFiles(readRuns(record))).toEqual(['test/syntax.test.cts']);
	expect(closing([readRuns(record)], true)).toEqual(['0 passed, 1 failed, 0 skipped']);
});

test('the sum is that of all records, and a script that never ran its tests has none', () => {
	appendRun(record, [good]);
	const none = readRuns(path.join(folder, 'none'));
	expect(failedFiles(none)).toEqual([]);
	expect(closing([readRuns(record), none, readRuns(record)], true)).toEqual([
		'2 passed, 0 failed, 2 skipped',
	]);
});
