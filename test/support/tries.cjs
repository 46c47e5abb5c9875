// What `.ci/run` needs to repeat failed files, and to say at the end which tests passed only then:
//   node tries.cjs failed <record>      the files that failed in the last run of a record
//   node tries.cjs closing <record> …   the second tries of all records, and the sum of their tests
// A record has one line a run: the files of that run, as JSON.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '../..');

/**
 * What jest tells of a file, as far as it is needed here.
 * @typedef {object} JestFile
 * @property {string} testFilePath
 * @property {{ name: string }} [displayName] of the project; the same file may run in two
 * @property {unknown} [testExecError] why it did not even load
 * @property {number} numPassingTests
 * @property {number} numFailingTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ fullName: string, status: string }[]} testResults
 */

/** @typedef {{ project: string, file: string, passed: number, failed: number, skipped: number, failures: string[] }} FileRun */

/**
 * @param {JestFile} file
 * @returns {FileRun}
 */
function fileRun(file) {
	const failures = file.testResults
		.filter(({ status }) => status === 'failed')
		.map(({ fullName }) => fullName);
	if (file.testExecError) failures.push('the file as a whole');
	return {
		project: file.displayName?.name ?? '',
		file: path.relative(root, file.testFilePath).split(path.sep).join('/'),
		passed: file.numPassingTests,
		failed: failures.length,
		skipped: file.numPendingTests + file.numTodoTests,
		failures,
	};
}

/**
 * @param {string} record
 * @param {JestFile[]} files
 */
function appendRun(record, files) {
	fs.appendFileSync(record, `${JSON.stringify(files.map(fileRun))}\n`);
}

/**
 * @param {string} record
 * @returns {FileRun[][]} in their order
 */
function readRuns(record) {
	if (!fs.existsSync(record)) return [];
	const lines = fs.readFileSync(record, 'utf8').trim().split('\n');
	return lines.map((line) => JSON.parse(line));
}

/** @param {FileRun[][]} runs */
function failedFiles(runs) {
	const failed = (runs.at(-1) ?? []).filter((run) => run.failed > 0);
	return [...new Set(failed.map(({ file }) => file))];
}

/**
 * @param {FileRun[][]} runs of one script: the second holds the files that failed in the first
 * @returns {{ latest: FileRun[], secondTries: string[] }}
 */
function fold(runs) {
	/** @type {Map<string, FileRun>} */
	const latest = new Map();
	/** @type {Map<string, string[]>} */
	const everFailed = new Map();
	for (const run of runs.flat()) {
		const name = `${run.project} ${run.file}`;
		latest.set(name, run);
		everFailed.set(name, [...(everFailed.get(name) ?? []), ...run.failures]);
	}
	const secondTries = [...latest].flatMap(([name, { failures }]) =>
		[...new Set(everFailed.get(name))]
			.filter((title) => !failures.includes(title))
			.map((title) => `${name}: ${title}`),
	);
	return { latest: [...latest.values()], secondTries };
}

/**
 * @param {FileRun[][][]} records the runs of each script
 * @param {boolean} annotate whether to say it in GitHub's way, too
 * @returns {string[]} lines
 */
function closing(records, annotate) {
	const folded = records.map(fold);
	const tries = folded.flatMap(({ secondTries }) => secondTries);
	const files = folded.flatMap(({ latest }) => latest);
	/** @param {'passed' | 'failed' | 'skipped'} what */
	const sum = (what) => files.reduce((total, run) => total + run[what], 0);
	const said = `${tries.length} ${tries.length === 1 ? 'test' : 'tests'} needed a second try:`;
	return [
		...(tries.length > 0 ? [said, ...tries.map((name) => `  ${name}`)] : []),
		...(tries.length > 0 && annotate ? [`::warning::${escaped([said, ...tries].join('\n'))}`] : []),
		`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`,
	];
}

/** @param {string} text for a workflow command of GitHub, which ends with its line */
function escaped(text) {
	return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

module.exports = { appendRun, readRuns, failedFiles, closing };

if (require.main === module) {
	const [command, ...records] = process.argv.slice(2);
	const all = records.map(readRuns);
	const lines =
		command === 'failed'
			? failedFiles(all.flat())
			: closing(all, process.env.GITHUB_ACTIONS === 'true');
	for (const line of lines) console.log(line);
}
