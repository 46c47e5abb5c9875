import type { INodeProperties } from 'n8n-workflow';

import { failed, ok, refused, type Reply } from '../api/reply';

const statusFilter: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'multiOptions',
	default: ['succeed'],
	description:
		'Only tasks with one of these statuses. Without this filter, all statuses are listed.',
	options: [
		{ name: 'Failed', value: 'failed' },
		{ name: 'Processing', value: 'processing' },
		{ name: 'Submitted', value: 'submitted' },
		{ name: 'Succeeded', value: 'succeed' },
	],
};

/** The filters of a list of tasks. @param others beside the status */
export const filtersField = (...others: INodeProperties[]): INodeProperties => ({
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options: [...others, statusFilter].sort((one, other) =>
		one.displayName.localeCompare(other.displayName, 'en'),
	),
});

/** An expression may give the statuses as one text. */
export function readStatuses(given: unknown): Reply<string[]> {
	const list: unknown[] = Array.isArray(given) ? given : [given];
	const texts = list.filter((value) => typeof value === 'string');
	if (texts.length < list.length) return failed(NO_STATUS);
	return ok(
		texts
			.flatMap((text) => text.split(','))
			.map((text) => text.trim())
			.filter((text) => text !== ''),
	);
}

const NO_STATUS = refused(
	'Status in Filters is neither a status nor a list of them',
	'Choose from the list, or give values such as succeed and failed.',
);
