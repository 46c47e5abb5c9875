import type { INodeProperties } from 'n8n-workflow';

/** Parameters that several operations share, so that they read and behave the same everywhere. */

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

export const timeout: INodeProperties = {
	displayName: 'Timeout',
	name: 'timeout',
	type: 'number',
	default: 300,
	typeOptions: { minValue: 1 },
	description:
		'Seconds to wait for a task. What is not finished then is an error with the task ID; the task itself goes on at Kling.',
};

export const maxConcurrency: INodeProperties = {
	displayName: 'Max Concurrency',
	name: 'maxConcurrency',
	type: 'number',
	default: 5,
	typeOptions: { minValue: 1, maxValue: 100 },
	description:
		'How many voices to request at once. When Kling takes fewer, the node sends fewer. The value of the first item counts for all.',
};

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

/** Options that belong together: the sample of a voice, and where it goes. */
export const sampleOptions = {
	downloadSample: {
		displayName: 'Download Sample',
		name: 'downloadSample',
		type: 'boolean',
		default: false,
		description:
			'Whether to put the sample of the voice into a file of the item, to be played or handed on. The address that Kling gives may expire.',
	},
	outputPropertyName: {
		displayName: 'Put Sample in Field',
		name: 'outputPropertyName',
		type: 'string',
		default: 'data',
		placeholder: 'e.g. data',
		hint: 'The name of the output binary field to put the sample in',
		displayOptions: { show: { downloadSample: [true] } },
	},
} satisfies Record<string, INodeProperties>;
