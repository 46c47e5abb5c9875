import type {
	IExecuteFunctions,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';
import built from '../../index.js';

/** What `npm run build` made, by way of the package's own `index.js`. */
const { Kling } = built as { Kling: new () => INodeType };
const node = new Kling();
const { properties } = node.description;

const isProperty = (
	entry: INodeProperties | INodePropertyOptions | INodePropertyCollection,
): entry is INodeProperties => 'type' in entry;
const isChoice = (
	entry: INodeProperties | INodePropertyOptions | INodePropertyCollection,
): entry is INodePropertyOptions => 'value' in entry;

/** Every property with those inside collections, by a name that says where it is. */
function withInner(list: INodeProperties[], where = ''): [string, INodeProperties][] {
	return list.flatMap((property): [string, INodeProperties][] => {
		const { operation, resource } = property.displayOptions?.show ?? {};
		const shown = where || [resource, operation].flat().filter(Boolean).join(' ');
		const name = `${shown} ${property.name}`.trim();
		const inner = (property.options ?? []).flatMap((entry) =>
			'values' in entry ? entry.values : isProperty(entry) ? [entry] : [],
		);
		return [[name, property], ...withInner(inner, name)];
	});
}

const all = withInner(properties);
const ofType = (...types: string[]) => all.filter(([, { type }]) => types.includes(type));
const choices = (property?: INodeProperties) => (property?.options ?? []).filter(isChoice);
const resources = choices(properties.find(({ name }) => name === 'resource'));
const operations = properties
	.filter(({ name }) => name === 'operation')
	.flatMap((property) => {
		const [resource] = property.displayOptions?.show?.resource ?? [];
		return choices(property).map(
			(choice) => [String(resource), String(choice.value), choice] as const,
		);
	});

/** Enough of n8n for a run without items. */
function emptyRun(resource: string, operation: string): IExecuteFunctions {
	const given: Record<string, unknown> = { resource, operation };
	const context: Partial<Record<keyof IExecuteFunctions, unknown>> = {
		getNodeParameter: (name: string, _item: number, fallback?: unknown) => given[name] ?? fallback,
		getInputData: () => [],
		getNode: () => ({ name: 'Kling', type: 'n8n-nodes-kling-voice.kling' }),
		getCredentials: async () => await Promise.resolve({ apiKey: 'sk-1' }),
		continueOnFail: () => false,
	};
	return context as unknown as IExecuteFunctions;
}

const run = async (resource: string, operation: string) =>
	await node.execute?.call(emptyRun(resource, operation));

describe('The operations of the node', () => {
	test('are the ones listed here', () => {
		expect(operations.map(([resource, operation]) => `${resource}: ${operation}`)).toEqual([
			'account: get',
			'customVoice: create',
			'customVoice: delete',
			'customVoice: get',
			'customVoice: getAll',
			'task: create',
			'task: get',
			'presetVoice: getAll',
			'speech: create',
			'video: avatar',
			'video: get',
			'video: getAll',
			'video: imageToVideo',
			'video: lipSync',
			'video: textToVideo',
		]);
		const withOperations = new Set(operations.map(([resource]) => resource));
		expect(withOperations).toEqual(new Set(resources.map(({ value }) => value)));
	});

	test.each(operations)('%s: %s has code that runs it', async (resource, operation) => {
		await expect(run(resource, operation)).resolves.toEqual([[]]);
	});

	test.each([
		['presetVoice', 'create'],
		['customVoice', 'toString'],
		['constructor', 'name'],
		['video', 'create'],
	])('%s: %s is refused in words, as there is no such operation', async (resource, operation) => {
		await expect(run(resource, operation)).rejects.toThrow(
			`This version has no operation "${operation}" for "${resource}"`,
		);
	});

	test.each(operations)(
		'%s: %s has an action without an article',
		(_resource, _operation, { action }) => {
			expect(action).toMatch(/^[A-Z][a-z]+ /);
			expect(action).not.toMatch(/\b(an?|the)\b/i);
		},
	);
});

describe('The parameters of the node', () => {
	test('are more than twenty, so the checks below check something', () => {
		expect(all.length).toBeGreaterThan(20);
	});

	test.each([...ofType('options', 'multiOptions'), ...ofType('collection')])(
		'%s: its choices are sorted from A to Z',
		(_name, property) => {
			const names = (property.options ?? []).map((entry) =>
				isChoice(entry) ? entry.name : entry.displayName,
			);
			expect(names.length).toBeGreaterThan(0);
			expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
		},
	);

	test.each(ofType('options', 'multiOptions'))(
		'%s: its default is one of its choices',
		(_name, property) => {
			const values = choices(property).map(({ value }) => value);
			expect(values).toEqual(expect.arrayContaining([property.default].flat()));
			expect(new Set(values).size).toBe(values.length);
		},
	);

	test.each(ofType('boolean'))('%s: its description starts with "Whether"', (_name, property) => {
		expect(property.description).toMatch(/^Whether /);
	});

	test.each(all)('%s: its placeholder shows an example or says what to do', (_name, property) => {
		for (const { placeholder } of [property, ...(property.modes ?? [])]) {
			if (placeholder !== undefined) expect(placeholder).toMatch(/^(e\.g\. \S|Add |Select )/);
		}
	});

	test.each(all)(
		'%s: it is shown and hidden for existing resources, operations and values',
		(_name, property) => {
			const { show = {}, hide = {} } = property.displayOptions ?? {};
			const { resource, operation, ...others } = show;
			const known = operations.map((row) => row.slice(0, 2).join(' '));
			for (const shownFor of resource ?? []) {
				for (const shownIn of operation ?? [])
					expect(known).toContain(`${String(shownFor)} ${String(shownIn)}`);
				expect(resources.map(({ value }) => value)).toContain(shownFor);
			}
			for (const [path, values] of [...Object.entries(others), ...Object.entries(hide)]) {
				// Whether it is a tool of an AI agent is n8n's own word.
				if (path.startsWith('@')) continue;
				// From inside a collection a slash leads out of it.
				const name = path.replace(/^\//, '');
				const [, other] = all.find(([, { name: candidate }]) => candidate === name) ?? [];
				expect(other).toBeDefined();
				if (other?.type === 'options') {
					expect(choices(other).map(({ value }) => value)).toEqual(
						expect.arrayContaining(values ?? []),
					);
				}
			}
		},
	);

	test('have a search for each picker, and a picker for each search', () => {
		const methods = ofType('resourceLocator').flatMap(([, { modes }]) =>
			(modes ?? []).flatMap(({ typeOptions }) => typeOptions?.searchListMethod ?? []),
		);
		expect(new Set(methods)).toEqual(new Set(Object.keys(node.methods?.listSearch ?? {})));
		for (const method of methods)
			expect(node.methods?.listSearch?.[method]).toBeInstanceOf(Function);
	});
});

test('the node can be used by an AI agent, and requires its credential', () => {
	expect(node.description).toMatchObject({
		name: 'kling',
		// Workflows that were saved with version 1 must still open.
		version: [1, 1.1],
		usableAsTool: true,
		credentials: [{ name: 'klingApi', required: true }],
		icon: { light: 'file:kling.svg', dark: 'file:kling.dark.svg' },
	});
});
