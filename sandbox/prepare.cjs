// Gets a bare checkout ready to run: Node's own modules only, because nothing is installed yet. It may also be loaded
// before a program (node -r), whose clock then counts from the command.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { readLock } = require('./packages.cjs');

const root = path.join(__dirname, '..');
const { engines, n8n } = readJson('package.json');
/** @type {string} */
const wantedNode = engines.node.replace('>=', '');

/** What `gulp build` reads; a folder counts too, because a deleted file only shows there. */
const sources = ['nodes', 'credentials', 'gulpfile.js', 'package.json', 'tsconfig.json'];

/** The codex is copied after the code, and n8n's metadata is written last: one is missing after a build that ended early. */
const built = [...n8n.credentials, ...n8n.nodes];
const copied = n8n.nodes.map((/** @type {string} */ file) => `${file}on`);

/** @param {string} file */
function readJson(file) {
	return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
}

/** @param {string} what */
function say(what) {
	const seconds = Math.round(performance.now() / 1000);
	console.log(`> ${String(seconds).padStart(4)} s  ${what}`);
}

/**
 * @param {string} what for the error
 * @param {string[]} args of node
 */
function runNode(what, args) {
	const { status } = spawnSync(process.execPath, args, {
		cwd: root,
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	if (status !== 0) throw new Error(`${what} failed; the reason is above`);
}

function nodeIsNewEnough() {
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	const [wantedMajor = 0, wantedMinor = 0] = wantedNode.split('.').map(Number);
	return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** Contents and not times are compared: a fresh clone is always newer than what is installed. */
function installed() {
	const file = 'node_modules/.package-lock.json';
	if (!fs.existsSync(path.join(root, file))) return false;
	const wanted = readLock(path.join(root, 'package-lock.json'));
	const present = readLock(path.join(root, file));
	return Object.entries(wanted.packages).every(([name, entry]) => {
		const found = present.packages[name];
		// Packages for other machines are optional and left out by npm.
		if (name === '' || (entry.optional && !found)) return true;
		return found?.version === entry.version && found?.integrity === entry.integrity;
	});
}

function install() {
	say('Installing the packages of the lock file (npm ci), one to two minutes …');
	const script = path.join(__dirname, 'packages.cjs');
	runNode('npm ci', [script, root, String(performance.now() / 1000)]);
}

/**
 * @param {string} file
 * @returns {number} when it or anything in it changed last
 */
function changedAt(file) {
	const full = path.join(root, file);
	const stat = fs.statSync(full);
	if (!stat.isDirectory()) return stat.mtimeMs;
	const inside = fs.readdirSync(full).map((name) => changedAt(path.join(file, name)));
	return Math.max(stat.mtimeMs, ...inside);
}

function isBuilt() {
	const exists = (/** @type {string} */ file) => fs.existsSync(path.join(root, file));
	if (![...built, ...copied, 'dist/types/nodes.json'].every(exists)) return false;
	return Math.max(...sources.map(changedAt)) < Math.min(...built.map(changedAt));
}

function build() {
	say('Building dist (gulp build) …');
	runNode('The build', [path.join(root, 'node_modules/gulp/bin/gulp.js'), '--silent', 'build']);
}

function prepare() {
	if (!nodeIsNewEnough()) {
		throw new Error(
			`This needs Node ${wantedNode} or newer, and this is Node ${process.versions.node}. Install a newer one from nodejs.org.`,
		);
	}
	if (!installed()) install();
	if (!process.argv.includes('--no-build') && !isBuilt()) build();
}

try {
	prepare();
} catch (error) {
	console.error(error instanceof Error ? error.message : String(error));
	// What it was loaded for must not start.
	process.exit(1);
}
