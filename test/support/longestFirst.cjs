const Sequencer = require('@jest/test-sequencer').default;

/**
 * Those that run for minutes, longest first: begun last, one of them would run alone at the end. jest remembers how
 * long a file took, but on a new machine goes by its size, and the longest ones mostly wait.
 */
const LONGEST_FIRST = [
	'e2e/bigPause',
	'e2e/start',
	'e2e/conformance',
	'e2e/queueDeaths',
	'e2e/panels',
	'e2e/hostile',
	'e2e/queue',
	'e2e/editor',
	'e2e/databaseLocked',
	'e2e/trigger',
	'e2e/networkFaults',
	'e2e/agent',
	'e2e/restart',
	'e2e/pause',
	'engine/waiting',
	'engine/deadlines',
	'engine/once',
	'engine/transport',
	'engine/oddGateway',
	'engine/badInput',
	'engine/hostile',
	'engine/triggerSandbox',
	'engine/file',
	'engine/create',
	'engine/videoPause',
	'unit/clipFuzz',
	'unit/clipHostile',
	'engine/pauseGateways',
	'engine/pauseReadBack',
	'engine/pauseCallbacks',
	'engine/pauseLaterNodes',
	'package/scanner',
	'engine/pause',
	'engine/sample',
].map((name) => `/${name}.test.cts`);

/** @param {string} file */
function place(file) {
	const found = LONGEST_FIRST.findIndex((end) => file.replaceAll('\\', '/').endsWith(end));
	return found < 0 ? LONGEST_FIRST.length : found;
}

module.exports = class LongestFirst extends Sequencer {
	/**
	 * @override
	 * @param {Parameters<import('@jest/test-sequencer').default['sort']>[0]} tests
	 */
	async sort(tests) {
		const usual = await super.sort(tests);
		return usual.sort((one, other) => place(one.path) - place(other.path));
	}
};
