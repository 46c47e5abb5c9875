// Lists the floors of nodes/Kling, and fails on an import that points up or round in a circle.
import { cruise } from 'dependency-cruiser';
import readConfig from 'dependency-cruiser/config-utl/extract-depcruise-options';

const FLOOR = 'floor ';

const { output } = await cruise(
	['nodes', 'credentials'],
	await readConfig('./.dependency-cruiser.cjs'),
);
if (typeof output === 'string') throw new TypeError('dependency-cruiser gave a text, not a result');
const { modules, summary } = output;
const rules = summary.ruleSetUsed?.forbidden ?? [];

const floors = rules
	.filter(({ name }) => name?.startsWith(FLOOR))
	.map(({ name = '', from }) => ({
		name: name.slice(FLOOR.length),
		path: new RegExp([from.path ?? []].flat().join('|')),
	}));

/** @param {string} file */
const floorOf = (file) => floors.find(({ path }) => path.test(file))?.name;

/** @param {string} floor */
function describe(floor) {
	const files = modules.filter(({ source }) => floorOf(source) === floor);
	const targets = files.flatMap(({ dependencies }) =>
		dependencies.map(({ resolved }) => floorOf(resolved)),
	);
	const below = floors
		.map(({ name }) => ({ name, imports: targets.filter((target) => target === name).length }))
		.filter(({ name, imports }) => name !== floor && imports > 0)
		.map(({ name, imports }) => `${name} ${imports}`);
	const arrows = below.length > 0 ? `   → ${below.join(', ')}` : '';
	return floor.padEnd(12) + String(files.length).padStart(3) + arrows;
}

/** @param {import('dependency-cruiser').IViolation} violation */
function explain({ rule, from, to, cycle }) {
	const path = [from, ...(cycle?.map(({ name }) => name) ?? [to])];
	const reason = rules.find(({ name }) => name === rule.name)?.comment ?? rule.name;
	return `  ${path.join(' → ')}\n    ${reason}`;
}

const faults = summary.violations.map(explain);
const verdict =
	faults.length > 0
		? `Imports that are not allowed:\n${faults.join('\n')}`
		: 'No import points up, and no files import each other.';
process.exitCode = faults.length > 0 ? 1 : 0;
console.log(
	[
		'Floor     Files   Imports from other floors',
		...floors.map(({ name }) => describe(name)),
		'',
		verdict,
	].join('\n'),
);
