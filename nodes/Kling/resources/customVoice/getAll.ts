import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { ok } from '../../api/reply';
import { TASK_KINDS } from '../../tasks/kinds';
import { collect } from '../../tasks/list';
import { readTask, type Task } from '../../tasks/task';
import { readLimit } from '../../operation/read';
import { forEachItem } from '../../operation/items';
import { taskJson } from '../../operation/output';
import { limit, returnAll, simplify } from '../../operation/fields';
import { shownFor } from '../../operation/shownFor';

const KIND = TASK_KINDS.customVoice;

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

export const description = shownFor('customVoice', 'getAll', properties);

interface Filters {
	status?: string[];
	voiceName?: string;
}

/** Lists the custom-voice tasks of the account. Kling has no filters of its own, so the node looks through the pages. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await forEachItem(context, async (client, itemIndex) => {
		const most = readLimit(context, itemIndex);
		if (!most.ok) return most;
		const filters = context.getNodeParameter('filters', itemIndex, {}) as Filters;
		const simple = context.getNodeParameter('simplify', itemIndex, true) === true;
		const filtered = (filters.status?.length ?? 0) > 0 || Boolean(filters.voiceName);
		const tasks = await collect(client, KIND, most.value, filtered, (rows) =>
			rows.map((row) => readTask(row, KIND.resultKey)).filter((task) => passes(task, filters)),
		);
		return tasks.ok ? ok(tasks.value.map((task) => ({ json: taskJson(task, simple) }))) : tasks;
	});
}

function passes(task: Task, { status = [], voiceName = '' }: Filters): boolean {
	const name = task.results[0]?.voice_name;
	const named =
		voiceName === '' ||
		String(name ?? '')
			.toLowerCase()
			.includes(voiceName.toLowerCase());
	return named && (status.length === 0 || status.includes(task.status));
}
