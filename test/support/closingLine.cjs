/**
 * What jest counted, as far as it is needed here.
 * @typedef {Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests' | 'numRuntimeErrorTestSuites', number>} Counts
 */

/** Closes a run with the one line that scripts and CI can read: '12 passed, 0 failed, 1 skipped'. */
module.exports = class ClosingLine {
	/**
	 * @param {unknown} _contexts
	 * @param {Counts} counts
	 */
	onRunComplete(_contexts, counts) {
		const skipped = counts.numPendingTests + counts.numTodoTests;
		// A file that did not even load has failed, though jest counts no test of it.
		const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
		console.log(`\n${counts.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
	}
};
