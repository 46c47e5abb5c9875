import type { INodeProperties } from 'n8n-workflow';

/** Options that belong together: the sample of a voice, and where it goes. */
export const sampleOptions = {
	downloadSample: {
		displayName: 'Download Sample',
		name: 'downloadSample',
		type: 'boolean',
		default: false,
		description:
			'Whether to download the sample of the voice as a file of the item. Its address at Kling may expire.',
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
