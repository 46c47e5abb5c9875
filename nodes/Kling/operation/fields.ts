import type { INodeProperties } from 'n8n-workflow';

/** Parameters that several operations share, so that they read and behave the same everywhere. */

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
	displayOptions: { show: { '@tool': [false] } },
};

/** How much of a result leaves the node; the tool of an AI agent has a choice for what its model is to read. */
export const output: INodeProperties[] = [
	simplify,
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		default: 'simplified',
		description: 'How much of the response the AI agent gets',
		options: [
			{ name: 'Raw', value: 'raw', description: 'Everything that Kling sent' },
			{
				name: 'Selected Fields',
				value: 'selectedFields',
				description: 'Only fields that you name',
			},
			{ name: 'Simplified', value: 'simplified', description: 'The most useful fields' },
		],
		displayOptions: { show: { '@tool': [true] } },
	},
	{
		displayName: 'Fields',
		name: 'outputFields',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. voice_id, trial_url',
		description: 'Names of fields of the simplified output, separated by commas',
		displayOptions: { show: { '@tool': [true], output: ['selectedFields'] } },
	},
];

export const timeout = (defaultS: number): INodeProperties => ({
	displayName: 'Timeout',
	name: 'timeout',
	type: 'number',
	default: defaultS,
	typeOptions: { minValue: 1 },
	hint: 'In seconds',
	description:
		'How long to wait for a task. If the time runs out, the task continues at Kling and the error has its ID.',
});

/** The collection at the end of a panel; its entries stand from A to Z. */
export const optionsField = (...options: INodeProperties[]): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options,
});

export const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

export const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	default: 50,
	typeOptions: { minValue: 1 },
	description: 'Max number of results to return',
	displayOptions: { show: { returnAll: [false] } },
};

interface LocatorLook {
	displayName: string;
	name: string;
	description: string;
	/** The method that fills the list, and what to select there. */
	search: string;
	select: string;
	/** How an ID looks, and what to say beside it. */
	example: string;
	hint?: string;
	/** Of a new node; without it nothing is selected. The name is what the panel shows. */
	preset?: { id: string; name?: string };
}

/** The label of a stored value: "imageToVideo" is "Image to Video". */
export const titleOf = (value: string): string =>
	value
		.replace(/^./, (first) => first.toUpperCase())
		.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
		.replace(' To ', ' to ');

/** A choice from a list of Kling, or an ID. */
export const listOrId = ({
	search,
	select,
	example,
	hint,
	preset = { id: '' },
	...named
}: LocatorLook): INodeProperties => ({
	...named,
	type: 'resourceLocator',
	default: { mode: 'list', value: preset.id, cachedResultName: preset.name },
	required: true,
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: `Select ${select}...`,
			typeOptions: { searchListMethod: search, searchable: true },
		},
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: `e.g. ${example}`, hint },
	],
});
