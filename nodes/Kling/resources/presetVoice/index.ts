import type { INodeProperties } from 'n8n-workflow';

import { description as getAll } from './getAll';

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'getAll',
		displayOptions: { show: { resource: ['presetVoice'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many preset voices',
				description: "List Kling's own voices",
			},
		],
	},
	...getAll,
];
