import type { INodeProperties } from 'n8n-workflow';

import { shownFor } from '../operation/shownFor';
import { RESOURCES } from './operations';

/**
 * The panel of the node, from top to bottom. It has to be JSON: the build works it out and writes it into a file of
 * data, so that n8n need not load the operations to show it.
 */
export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		default: 'customVoice',
		options: RESOURCES.map(({ name, value }) => ({ name, value })),
	},
	...RESOURCES.flatMap(({ value, default: first, operations }): INodeProperties[] => [
		{
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			default: first,
			displayOptions: { show: { resource: [value] } },
			options: operations.map(({ option }) => option),
		},
		...operations.flatMap(({ option, fields }) => shownFor(value, option.value, fields)),
	]),
];
