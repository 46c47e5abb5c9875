const { spawnSync } = require('node:child_process');
const path = require('node:path');

/** Before the first test, so that no test's time runs out while n8n is installed. jest cannot load a `.cts` here. */
module.exports = () => {
	const script = path.join(__dirname, '../../../sandbox/n8n/install/cli.cts');
	const { status } = spawnSync(process.execPath, ['-r', 'tsx/cjs', script], { stdio: 'inherit' });
	if (status !== 0) throw new Error('n8n could not be installed; the reason is above');
};
