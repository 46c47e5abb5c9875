import type { INodeProperties } from 'n8n-workflow';

import { ENDPOINTS } from '../../tasks/endpointList';

const body = (placeholder: string, show: INodeProperties['displayOptions']): INodeProperties => ({
	displayName: 'Body',
	name: 'body',
	type: 'json',
	typeOptions: { rows: 6 },
	default: '{}',
	required: true,
	placeholder: `e.g. ${placeholder}`,
	description:
		'The request body as JSON, as Kling documents it for the endpoint. The node adds the external task ID and the callback URL.',
	displayOptions: show,
});

const known = ENDPOINTS.map(({ path }) => path);

/** One field with an example for each endpoint that is known. */
export const bodyFields: INodeProperties[] = [
	...ENDPOINTS.map((endpoint) => body(endpoint.body, { show: { path: [endpoint.path] } })),
	body('{ "prompt": "A lamp" }', { hide: { path: known } }),
];

export const downloadResults: INodeProperties = {
	displayName: 'Download Results',
	name: 'downloadResults',
	type: 'boolean',
	default: true,
	description:
		'Whether to download the results as files of the item. Kling deletes them after 30 days.',
};

export const resultField: INodeProperties = {
	displayName: 'Put Results in Field',
	name: 'outputPropertyName',
	type: 'string',
	default: 'data',
	placeholder: 'e.g. data',
	hint: 'The name of the output binary field for the first result; the others follow with _2, _3 …',
	displayOptions: { show: { '/downloadResults': [true] } },
};
