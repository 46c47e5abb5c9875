// Whose package this is: author, e-mail and repository stand in package.json and are copied from there.
//   node .ci/identity.mjs write    copies them into all other files; `npm run identity`
//   node .ci/identity.mjs check    fails while one of them is a placeholder, or a file says something else
//   node .ci/identity.mjs publish  the same, and fails outside GitHub Actions: only they give npm's proof of origin
import fs from 'node:fs';
import path from 'node:path';

const root = process.cwd();
/** Where they may stand; `.ci` itself and what is written by a script are left out. */
const PLACES = ['.github', 'credentials', 'docs', 'nodes', 'workflows'];
const FILES = ['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'SECURITY.md'];
const TEXT = /(^LICENSE|\.(md|ts|json|ya?ml))$/;

/** What this package had before it had an owner. */
const PLACEHOLDERS = {
	owner: 'n8n-nodes-kling-voice',
	author: 'n8n-nodes-kling-voice maintainers',
	email: 'maintainers@n8n-nodes-kling-voice.dev',
};

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} homepage
 * @property {{ name: string, email: string }} author
 * @property {{ url: string }} repository
 * @property {{ url: string }} bugs
 */

/** @typedef {{ repository: string, owner: string, author: string, email: string }} Identity */

/** @type {(file: string) => string} */
const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');

/**
 * @param {Manifest} manifest
 * @returns {Identity}
 */
function identityOf({ author, repository }) {
	const [, place, owner] =
		/github\.com\/(([\w.-]+)\/[\w.-]+?)(?:\.git)?$/.exec(repository.url) ?? [];
	if (!place || !owner) {
		throw new Error(`package.json: repository.url is no repository of GitHub: ${repository.url}`);
	}
	return { repository: place, owner, author: author.name, email: author.email };
}

/**
 * @param {string} name of the package
 * @param {Identity} identity
 * @param {string} file
 * @returns {string} its text with the identity in it
 */
function withIdentity(name, { repository, author, email }, file) {
	const ofGitHub = new RegExp(`github\\.com/[\\w.-]+/${name}(?=[^\\w-]|$)`, 'g');
	return read(file)
		.replace(ofGitHub, `github.com/${repository}`)
		.replace(/(?<=^Copyright \(c\) \d+ ).*$/m, file === 'LICENSE' ? author : '$&')
		.replace(/\[[^\]\s]+@[^\]\s]+\]\(mailto:[^)]+\)/g, `[${email}](mailto:${email})`);
}

function allFiles() {
	const inside = PLACES.flatMap((place) =>
		fs
			.readdirSync(path.join(root, place), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
	);
	return ['package.json', ...FILES, ...inside].filter((file) => TEXT.test(path.basename(file)));
}

/**
 * @param {Identity} identity
 * @returns {string[]} what is still a placeholder
 */
function placeholdersIn({ owner, author, email }) {
	return [
		...(owner === PLACEHOLDERS.owner ? ['repository.url'] : []),
		...(author === PLACEHOLDERS.author ? ['author.name'] : []),
		...(email === PLACEHOLDERS.email || !email.includes('@') ? ['author.email'] : []),
	];
}

function run() {
	const [, , command = ''] = process.argv;
	/** @type {Manifest} */
	const manifest = JSON.parse(read('package.json'));
	const identity = identityOf(manifest);
	const others = allFiles().filter(
		(file) => read(file) !== withIdentity(manifest.name, identity, file),
	);
	if (command === 'write') {
		for (const file of others) {
			fs.writeFileSync(path.join(root, file), withIdentity(manifest.name, identity, file));
			console.log(`Changed ${file}`);
		}
		return;
	}
	if (command !== 'check' && command !== 'publish') {
		throw new Error(`There is no command ${command}: write, check or publish`);
	}
	const placeholders = placeholdersIn(identity);
	if (placeholders.length > 0) {
		throw new Error(
			`Not ready to publish: ${placeholders.join(', ')} in package.json ${placeholders.length > 1 ? 'are placeholders' : 'is a placeholder'}. Set them there, then run npm run identity.`,
		);
	}
	if (others.length > 0) {
		throw new Error(
			`Not ready to publish: package.json names another owner than ${others.join(', ')}. Run npm run identity.`,
		);
	}
	if (command === 'publish' && process.env.GITHUB_ACTIONS !== 'true') {
		throw new Error(
			'Not published from here: n8n wants npm’s proof of origin, which only GitHub Actions can give. Run npm run release; the tag that it pushes publishes.',
		);
	}
}

try {
	run();
} catch (error) {
	console.error(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
}
