// The floors of nodes/Kling and the arrows between them: `npm run floors` checks them, docs/architecture.md draws them.

/**
 * @typedef {object} Floor
 * @property {string} name
 * @property {string} path of its files, as a regular expression
 * @property {Floor[]} below the floors that it may import from
 */

/**
 * @param {string} name
 * @param {Floor[]} below
 * @param {string} [path]
 * @returns {Floor}
 */
const floor = (name, below, path = `^nodes/Kling/${name}/`) => ({ name, below, path });

const api = floor('api', []);
const media = floor('media', [api]);
const tasks = floor('tasks', [api]);
const operation = floor('operation', [tasks, media, api]);
const trigger = floor('trigger', [operation, tasks, media, api]);
const resources = floor('resources', [operation, tasks, media, api]);
const lazy = floor(
	'lazy',
	[resources, trigger, operation, tasks, media, api],
	'^nodes/Kling/lazy\\.ts$',
);
/** No floor but a door: the few files of lower floors that n8n needs to show a node and to listen for it. */
const panel = floor(
	'panel',
	[],
	'^nodes/Kling/(resources/index|trigger/(fields|webhook)|tasks/pause/address)\\.ts$',
);
const node = floor('node', [lazy, panel], '^nodes/Kling/[^/]+\\.node\\.ts$');
const credentials = floor('credentials', [api], '^credentials/');

const floors = [node, lazy, resources, trigger, operation, tasks, media, api, credentials];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const arrows = floors.map(({ name, path, below }) => ({
	name: `floor ${name}`,
	comment: `${name} may import from ${below.map((other) => other.name).join(', ') || 'no other floor'}`,
	severity: 'error',
	from: { path },
	to: { dependencyTypes: ['local'], pathNot: [path, ...below.map((other) => other.path)] },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		...arrows,
		{
			name: 'first use',
			comment: "a node loads what it does when it first does it: await import('./lazy')",
			severity: 'error',
			from: { path: node.path },
			to: { path: lazy.path, dynamic: false },
		},
		{
			name: 'no floor',
			comment: 'the first file is on no floor; give its folder one in .dependency-cruiser.cjs',
			severity: 'error',
			from: { path: '^nodes/', pathNot: floors.map(({ path }) => path) },
			to: {},
		},
		{
			name: 'cycle',
			comment: 'these files import each other',
			severity: 'error',
			from: {},
			to: { circular: true },
		},
	],
	options: {
		doNotFollow: 'node_modules',
		// Who needs a type of a higher floor knows that floor, too.
		tsPreCompilationDeps: true,
	},
};
