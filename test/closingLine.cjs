/** Closes a run with the one line that scripts and CI can read: '12 passed, 0 failed, 1 skipped'. */
module.exports = class ClosingLine {
	/**
	 * @param {Set<unknown>} _contexts
	 * @param {import('@jest/reporters').AggregatedResult} results
	 */
	onRunComplete(_contexts, results) {
		const skipped = results.numPendingTests + results.numTodoTests;
		// A file that did not even load has failed, though jest counts no test of it.
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		console.log(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
	}
};
