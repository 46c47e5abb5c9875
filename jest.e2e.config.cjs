const base = require('./jest.config.cjs');

/** A real n8n for each file, with ports and folders of its own: slow, and mostly waiting. */
module.exports = {
	...base.projects[0],
	displayName: 'e2e',
	rootDir: __dirname,
	testMatch: ['<rootDir>/test/e2e/**/*.test.cts'],
	globalSetup: '<rootDir>/test/support/e2e/install.cjs',
	reporters: base.reporters,
	testTimeout: 600_000,
	testSequencer: base.testSequencer,
	maxWorkers: 2,
};
