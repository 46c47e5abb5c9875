import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pack, ROOT, type Packed } from '../support/packed.cjs';

/**
 * n8n's two loaders on the packed package, in a process of their own: the lazy one, which n8n uses at its start, and the plain one,
 * which reads the classes. Prints what each says of the package, and which of its code the lazy one has required.
 */
const SCRIPT = `
const [core, folder] = process.argv.slice(1);
const load = (name, file) => new (require(core + '/dist/nodes-loader/' + file)[name])(folder);
const ours = () => Object.keys(require.cache).filter((file) => file.startsWith(folder));
const types = ({ types }) => ({
	nodes: types.nodes.toSorted((a, b) => a.name.localeCompare(b.name)),
	credentials: types.credentials,
});
(async () => {
	const lazy = load('LazyPackageDirectoryLoader', 'lazy-package-directory-loader');
	await lazy.loadAll();
	const required = ours();
	const fromFiles = types(lazy);
	const used = ['kling', 'klingTrigger'].map((name) => lazy.getNode(name).type.description.name);
	const credential = lazy.getCredential('klingApi').type.name;
	const plain = load('PackageDirectoryLoader', 'package-directory-loader');
	await plain.loadAll();
	console.log(JSON.stringify({
		isLazy: lazy.isLazyLoaded, required, fromFiles, used, credential,
		known: lazy.known, knownFromClasses: plain.known,
		fromClasses: {
			nodes: Object.values(plain.nodeTypes).map(({ type }) => type.description)
				.toSorted((a, b) => a.name.localeCompare(b.name)),
			credentials: Object.values(plain.credentialTypes).map(({ type }) => type),
		},
	}));
})();
`;

interface Seen {
	isLazy: boolean;
	required: string[];
	used: string[];
	credential: string;
	known: unknown;
	knownFromClasses: unknown;
	fromFiles: unknown;
	fromClasses: unknown;
}

let packed: Packed;
beforeAll(() => {
	packed = pack();
});
afterAll(() => packed.remove());

describe.each(['n8n-core', 'n8n-core-v1'])('The lazy loader of %s', (core) => {
	let seen: Seen;
	beforeAll(() => {
		const modules = path.join(ROOT, 'node_modules');
		const output = execFileSync(
			process.execPath,
			['-e', SCRIPT, path.join(modules, core), packed.package],
			{ env: { ...process.env, NODE_PATH: modules }, maxBuffer: 32 * 1024 * 1024 },
		);
		seen = JSON.parse(String(output).trim().split('\n').at(-1) ?? '') as Seen;
	});

	test('requires none of the code at the start', () => {
		expect(seen.isLazy).toBe(true);
		expect(seen.required).toEqual([]);
	});

	test('finds both nodes and the credential when they are used', () => {
		expect(seen.used).toEqual(['kling', 'klingTrigger']);
		expect(seen.credential).toBe('klingApi');
	});

	test('reads from the files what the classes say', () => {
		expect(seen.known).toEqual(seen.knownFromClasses);
		expect(seen.fromFiles).toEqual(seen.fromClasses);
	});
});
