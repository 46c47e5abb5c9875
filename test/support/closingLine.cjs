const { appendRun } = require('./tries.cjs');

/**
 * What jest tells at the end of a run, as far as it is needed here.
 * @typedef {object} Results
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites
 * @property {import('./tries.cjs').JestFile[]} testResults
 */

/** Closes a run with the one line that scripts and CI can read: '12 passed, 0 failed, 1 skipped'. */
module.exports = class ClosingLine {
	/**
	 * @param {unknown} _contexts
	 * @param {Results} results
	 */
	onRunComplete(_contexts, results) {
		const skipped = results.numPendingTests + results.numTodoTests;
		// A file that did not even load has failed, though jest counts no test of it.
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		console.log(`\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
		const { TEST_RECORD } = process.env;
		if (TEST_RECORD) appendRun(TEST_RECORD, results.testResults);
	}
};
