import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isRecord } from '../../api/envelope';
import { limit, returnAll, simplify } from '../../operation/fields';
import { parameter, type Item } from '../../operation/item';
import { listTasks, type ListSpec } from '../../operation/listTasks';
import { taskJson } from '../../operation/output';
import { shownFor } from '../../operation/shownFor';
import { CUSTOM_VOICE } from '../../tasks/kinds';
import { readTask, type Task } from '../../tasks/task';

const properties: INodeProperties[] = [
	returnAll,
	limit,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: [
			{
				displayName: 'Status',
				name: 'status',
				type: 'multiOptions',
				default: ['succeed'],
				description: 'Only tasks with one of these statuses',
				options: [
					{ name: 'Failed', value: 'failed' },
					{ name: 'Processing', value: 'processing' },
					{ name: 'Submitted', value: 'submitted' },
					{ name: 'Succeeded', value: 'succeed' },
				],
			},
			{
				displayName: 'Voice Name',
				name: 'voiceName',
				type: 'string',
				default: '',
				placeholder: 'e.g. narrator',
				description:
					'Only voices whose name contains this text, in upper or lower case. Tasks that made no voice have no name.',
			},
		],
	},
	simplify,
];

export const option = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many custom voices',
	description: 'List the custom voices of the account',
};

export const description = shownFor('customVoice', option.value, properties);

interface Filters {
	/** Any of these; none filters nothing. */
	statuses: string[];
	/** Part of the name, in lower case. */
	name: string;
}

const spec: ListSpec = {
	kind: CUSTOM_VOICE,
	isFiltered: (item) => {
		const { statuses, name } = readFilters(item);
		return statuses.length > 0 || name !== '';
	},
	select: (rows, item, simple): IDataObject[] => {
		const filters = readFilters(item);
		return rows
			.map((row) => readTask(row, CUSTOM_VOICE))
			.filter((task) => passes(task, filters))
			.map((task) => taskJson(task, simple, CUSTOM_VOICE));
	},
};

export const execute = async (context: IExecuteFunctions) => await listTasks(context, spec);

function readFilters(item: Item): Filters {
	const given = parameter(item, 'filters', {});
	const { status, voiceName } = isRecord(given) ? given : {};
	const statuses = [status].flat().filter((value) => typeof value === 'string');
	return { statuses, name: String(voiceName ?? '').toLowerCase() };
}

function passes(task: Task, { statuses, name }: Filters): boolean {
	const made = String(task.results[0]?.voice_name ?? '').toLowerCase();
	return made.includes(name) && (statuses.length === 0 || statuses.includes(task.status));
}
