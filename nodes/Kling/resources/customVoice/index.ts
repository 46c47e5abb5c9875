import type { INodeProperties } from 'n8n-workflow';

import { description as create } from './create';
import { description as remove } from './delete';
import { description as get } from './get';
import { description as getAll } from './getAll';

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'create',
		displayOptions: { show: { resource: ['customVoice'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				action: 'Create custom voice',
				description: 'Make a voice from 5 to 30 seconds of speech',
			},
			{
				name: 'Delete',
				value: 'delete',
				action: 'Delete custom voice',
				description: 'Remove a voice for good',
			},
			{
				name: 'Get',
				value: 'get',
				action: 'Get custom voice',
				description: 'Get a voice, or the state of its making, by its task ID',
			},
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many custom voices',
				description: 'List the custom voices of the account',
			},
		],
	},
	...create,
	...remove,
	...get,
	...getAll,
];
