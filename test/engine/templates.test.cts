import { NodeHelpers, type IDataObject, type INode, type INodeProperties } from 'n8n-workflow';

import { nodeTypes } from '../../sandbox/engine/nodeTypes.cjs';
import {
	isKling,
	KLING,
	KLING_TOOL,
	klingTool,
	knownType,
	template,
	templateNames,
	templateText,
} from '../support/engine/templates.cjs';

const isNote = ({ type }: INode) => type.endsWith('.stickyNote');

describe.each(templateNames)('%s', (name) => {
	const file = template(name);
	const { nodes, connections } = file;

	it('is a workflow as n8n exports it, without anyone’s data', () => {
		expect(file).toMatchObject({
			name: expect.stringMatching(/Kling/) as string,
			active: false,
			settings: { executionOrder: 'v1' },
			pinData: {},
		});
		expect(Object.keys(file).sort()).toEqual(
			['active', 'connections', 'name', 'nodes', 'pinData', 'settings', 'tags'].sort(),
		);
	});

	it('has nodes with unique IDs and names, in versions that n8n has', () => {
		const ids = nodes.flatMap(({ id, webhookId }) => [id, webhookId ?? []].flat());
		expect(new Set(ids).size).toBe(ids.length);
		for (const id of ids) expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
		expect(new Set(nodes.map((node) => node.name)).size).toBe(nodes.length);
		const versions = nodes.map(({ type, typeVersion }) => [type, typeVersion]);
		expect(versions).toEqual(nodes.map(({ type }) => [type, knownType(type).version]));
	});

	it('connects every node, and only existing nodes', () => {
		const links = Object.entries(connections).flatMap(([from, byType]) =>
			Object.values(byType).flatMap((outputs) =>
				outputs.flatMap((targets) => (targets ?? []).map(({ node }) => ({ from, to: node }))),
			),
		);
		const names = nodes.filter((node) => !isNote(node)).map((node) => node.name);
		const connected = new Set(links.flatMap(({ from, to }) => [from, to]));
		expect([...connected].sort()).toEqual(names.sort());
	});

	it('names only existing nodes in its expressions', () => {
		const named = [...templateText(name).matchAll(/\$\('([^']+)'\)/g)].map(([, node]) => node);
		for (const node of named) expect(nodes.map((one) => one.name)).toContain(node);
	});

	it('has an error output connected wherever one is switched on', () => {
		const branching = nodes.filter(({ onError }) => onError === 'continueErrorOutput');
		for (const node of branching) expect(connections[node.name]?.main?.[1]).not.toEqual([]);
		const twoOutputs = nodes.filter(
			(node) => isKling(node) && (connections[node.name]?.main?.length ?? 0) > 1,
		);
		for (const node of twoOutputs) expect(node.onError).toBe('continueErrorOutput');
	});

	it('runs from left to right, without nodes that overlap', () => {
		const boxes = nodes.map(boxOf);
		const overlapping = boxes.flatMap((one, index) =>
			boxes.slice(index + 1).flatMap((other) => (overlap(one, other) ? [[one, other]] : [])),
		);
		expect(overlapping).toEqual([]);
		const place = new Map(nodes.map((node) => [node.name, node.position[0]]));
		for (const [from, { main = [] }] of Object.entries(connections)) {
			for (const { node } of main.flatMap((targets) => targets ?? [])) {
				expect(place.get(node)).toBeGreaterThan(place.get(from) ?? 0);
			}
		}
	});

	it('has no wire through the label of a node or through its note', () => {
		const byName = new Map(nodes.map((node) => [node.name, node]));
		const crossed = Object.entries(connections).flatMap(([from, { main = [] }]) =>
			main.flatMap((targets, output) =>
				(targets ?? []).flatMap((target) => {
					const [one, other] = [byName.get(from), byName.get(target.node)];
					if (!one || !other) return [];
					const wire = wireOf(one, other, output, main.length);
					return nodes
						.filter((node) => node !== one && node !== other)
						.filter((node) => wire.some((point) => isIn(point, labelOf(node))))
						.map((node) => `${from} to ${target.node}: ${node.name}`);
				}),
			),
		);
		expect(crossed).toEqual([]);
	});

	it('has one note that says what to set, and names nodes correctly', () => {
		const [note, ...more] = nodes.filter(isNote);
		expect(more).toEqual([]);
		const text = String(note?.parameters.content);
		expect(text).toContain('**Kling API** credential');
		const needsAddress = /Source": "binary"|"waitFor": "callback"/.test(templateText(name));
		if (needsAddress) expect(text).toContain('`WEBHOOK_URL`');
		const bold = [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, words]) => words);
		const others = [
			'Kling API',
			'Kling',
			'Telegram',
			'data table',
			'Execute workflow',
			'Open chat',
			'Polling',
		];
		const neighbours = templateNames.filter((one) => bold.includes(one));
		const named = [name, ...neighbours].flatMap((one) => template(one).nodes);
		const known = [...named.map((node) => node.name), ...others, ...neighbours];
		for (const words of bold) expect(known).toContain(words);
	});

	it('has only example.com as an address, no local path, and credentials only by name', () => {
		const text = templateText(name);
		const hosts = [...text.matchAll(/https?:\/\/([^/\s"'*\\]+)/g)].map(([, host]) => host);
		for (const host of hosts) expect(host).toMatch(/(^|\.)example\.com$/);
		expect(text).not.toMatch(
			/localhost|\b\d{1,3}(\.\d{1,3}){3}\b|sk-|\/(home|Users|work|opt|tmp)\//,
		);
		for (const node of nodes) {
			if (isKling(node)) expect(node.credentials).toEqual({ klingApi: { name: 'Kling API' } });
			for (const credential of Object.values(node.credentials ?? {})) {
				expect(Object.keys(credential)).toEqual(['name']);
			}
		}
	});

	it('sets only what the panels of its Kling nodes show, to values that they offer', () => {
		const klings = nodes.filter(isKling);
		expect(klings).not.toEqual([]);
		for (const node of klings) expect(faultsOf(node)).toEqual([]);
	});
});

it('The folder of the templates holds fifteen of them', () => {
	expect(templateNames).toHaveLength(15);
});

describe('The check of parameters in templates', () => {
	const node = (parameters: IDataObject, type = KLING) =>
		({ ...template('create-custom-voice.json').nodes.find(isKling), type, parameters }) as INode;
	const good = { voiceName: 'A', voiceUrl: 'https://files.example.com/a.mp3' };

	it.each<[string, IDataObject, string]>([
		['an unknown parameter', { ...good, voiceSpeed: 2 }, 'voiceSpeed is not shown'],
		['a parameter of another operation', { ...good, taskId: '1' }, 'taskId is not shown'],
		['a parameter of another source', { ...good, videoId: '1' }, 'videoId is not shown'],
		['an unknown value', { ...good, waitFor: 'ever' }, 'waitFor has no value "ever"'],
		['a missing one', { voiceName: 'A' }, 'voiceUrl is required'],
		['an unknown option', { ...good, options: { speed: 1 } }, 'options.speed is not shown'],
		['a hidden option', { ...good, options: { trimClip: true } }, 'options.trimClip is not shown'],
		['a wrong type', { ...good, options: { timeout: '5' } }, 'options.timeout is not a number'],
		[
			'a filter’s unknown value',
			{ operation: 'getAll', filters: { status: ['done'] } },
			'filters.status has no value "done"',
		],
		['what only a tool has', { ...good, descriptionType: 'auto' }, 'descriptionType is not shown'],
	])('finds %s', (_, parameters, fault) => {
		expect(faultsOf(node(parameters))).toEqual([fault]);
	});
});

interface Box {
	name: string;
	x: number;
	y: number;
	width: number;
	height: number;
}

/** As the canvas draws them; a node also has its name below, an agent is wide. */
function boxOf({ name, type, position: [x, y], parameters }: INode): Box {
	const { width, height } = parameters;
	if (type.endsWith('.stickyNote'))
		return { name, x, y, width: Number(width), height: Number(height) };
	return { name, x, y, width: type.endsWith('.agent') ? 240 : 96, height: 140 };
}

/** Name and subtitle stand below a node, wider than itself. */
function labelOf(node: INode): Box {
	const box = boxOf(node);
	if (isNote(node)) return box;
	return { name: node.name, x: box.x - 30, y: box.y + 96, width: box.width + 60, height: 52 };
}

type Point = [x: number, y: number];

/** Points of the curve that the canvas draws, whose controls stand halfway between its ends. */
function wireOf(from: INode, to: INode, output: number, outputs: number): Point[] {
	const start: Point = [
		from.position[0] + 96,
		from.position[1] + (96 * (output + 1)) / (outputs + 1),
	];
	const end: Point = [to.position[0], to.position[1] + 48];
	const half = (start[0] + end[0]) / 2;
	const controls: Point[] = [start, [half, start[1]], [half, end[1]], end];
	const weights = (t: number) => [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
	return Array.from({ length: 101 }, (_, step) => {
		const parts = weights(step / 100);
		const at = (axis: 0 | 1) =>
			controls.reduce((sum, point, index) => sum + point[axis] * (parts[index] ?? 0), 0);
		return [at(0), at(1)];
	});
}

const isIn = ([x, y]: Point, box: Box) =>
	x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;

function overlap(one: Box, other: Box): boolean {
	return (
		one.x < other.x + other.width &&
		other.x < one.x + one.width &&
		one.y < other.y + other.height &&
		other.y < one.y + one.height
	);
}

/** What the panel of this package, as it is built, would not show or not take. */
function faultsOf(node: INode): string[] {
	const { description } =
		node.type === KLING_TOOL ? klingTool() : nodeTypes.getByNameAndVersion(node.type);
	const { properties } = description;
	const all = NodeHelpers.getNodeParameters(
		properties,
		node.parameters,
		true,
		false,
		node,
		description,
	) as IDataObject;
	const isShown = (property: INodeProperties, values: IDataObject) =>
		NodeHelpers.displayParameter(
			values as INode['parameters'],
			property,
			node,
			description,
			all as INode['parameters'],
		);
	const shown = properties.filter((property) => isShown(property, all));
	const missing = shown
		.filter(({ name, required }) => required === true && all[name] === '')
		.map(({ name }) => `${name} is required`);

	const check = (given: IDataObject, fields: INodeProperties[], path: string): string[] =>
		Object.entries(given).flatMap(([key, value]) => {
			const field = fields.find(({ name }) => name === key);
			if (!field) return [`${path}${key} is not shown`];
			if (field.type !== 'collection') return valueFaults(field, value, `${path}${key}`);
			const options = (field.options ?? []) as INodeProperties[];
			const inner = { ...defaultsOf(options), ...(value as IDataObject) };
			const offered = options.filter((option) => isShown(option, inner));
			return check(value as IDataObject, offered, `${key}.`);
		});
	return [...missing, ...check(node.parameters, shown, '')];
}

const defaultsOf = (fields: INodeProperties[]): IDataObject =>
	Object.fromEntries(fields.map(({ name, default: value }) => [name, value]));

const TYPES: Record<string, string> = { boolean: 'boolean', number: 'number', string: 'string' };

function valueFaults(field: INodeProperties, value: unknown, path: string): string[] {
	if (typeof value === 'string' && value.startsWith('=')) {
		return field.noDataExpression ? [`${path} takes no expression`] : [];
	}
	if (field.type === 'options' || field.type === 'multiOptions') {
		const offered = (field.options ?? []).map((option) => ('value' in option ? option.value : ''));
		return [value]
			.flat()
			.flatMap((one) =>
				offered.includes(one as string) ? [] : [`${path} has no value ${JSON.stringify(one)}`],
			);
	}
	if (field.type === 'resourceLocator') {
		const { __rl: isLocator, mode } = value as { __rl?: boolean; mode?: string };
		const isMode = field.modes?.some(({ name }) => name === mode) === true;
		return isLocator === true && isMode ? [] : [`${path} is no choice from a list or by ID`];
	}
	const type = TYPES[field.type];
	return type === undefined || typeof value === type ? [] : [`${path} is not a ${type}`];
}
