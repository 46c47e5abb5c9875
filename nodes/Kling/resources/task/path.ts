import type { ILoadOptionsFunctions, INodeListSearchResult, INodeProperties } from 'n8n-workflow';

import { failed, ok, refused, type Reply } from '../../api/reply';
import { quoted } from '../../media/address';
import { locatorValue, parameter, type Item } from '../../operation/item';
import { matches } from '../../operation/pickers';
import { ENDPOINTS } from '../../tasks/endpointList';

const LONGEST = 200;

/** What the operations of other tasks may not do: delete, and spend or change what is the account's own. */
const FORBIDDEN: [pattern: RegExp, why: string][] = [
	[/delete|remove|cancel/i, 'This operation does not delete'],
	[/^\/(account|api)(\/|$)|\/account\//i, 'This operation does not reach the account'],
	[/^\/tasks$/, 'The path /tasks only reads tasks'],
];

/** @param value as the panel has it; an agent must not choose what is called with the key */
export function readPath(item: Pick<Item, 'context' | 'index'>): Reply<string> {
	if (/\$fromAI/i.test(JSON.stringify(item.context.getNode().parameters.path ?? ''))) {
		return failed(
			refused(
				'Path is filled by an AI agent',
				'Choose the path From List, or enter it By Path. An agent may fill in only Body.',
			),
		);
	}
	const given = locatorValue(parameter(item, 'path', ''));
	const text = typeof given === 'string' ? given.trim().replace(/\/+$/, '') : '';
	const path = text.startsWith('/') ? text : `/${text}`;
	if (path === '/') {
		return failed(
			refused('There is no path', 'Choose a Path, or enter one such as /v1/videos/effects.'),
		);
	}
	const isPath = path.length <= LONGEST && /^[\w/.-]+$/.test(path) && !/\.\.|\/\//.test(path);
	if (!isPath) {
		return failed(
			refused(
				`${quoted(text)} is not a path of the API`,
				'Enter what follows the base URL, such as /v1/videos/effects: letters, digits, / . _ and -.',
			),
		);
	}
	const [, why] = FORBIDDEN.find(([pattern]) => pattern.test(path)) ?? [];
	return why === undefined
		? ok(path)
		: failed(refused(why, "Use the node's own operation for it, or Kling's console."));
}

export const pathField: INodeProperties = {
	displayName: 'Path',
	name: 'path',
	type: 'resourceLocator',
	default: { mode: 'list', value: '/v1/images/generations', cachedResultName: 'Image Generation' },
	required: true,
	description: 'The Kling endpoint to call. Never let an AI agent fill it in.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select an endpoint...',
			typeOptions: { searchListMethod: 'searchEndpoints', searchable: true },
		},
		{
			displayName: 'By Path',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. /image-to-video/kling-2.6',
		},
	],
};

/** The endpoints that are known here. */
export async function searchEndpoints(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const operation = this.getCurrentNodeParameter('operation');
	const results = ENDPOINTS.filter(({ idsIn }) => operation !== 'get' || idsIn !== 'none')
		.map(({ name, path }) => ({ name, value: path, description: path }))
		.filter((entry) => matches(entry, filter));
	return await Promise.resolve({ results });
}
