import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isRecord } from '../../api/envelope';
import { ok, type Reply } from '../../api/reply';
import { limit, returnAll, output } from '../../operation/fields';
import { parameter, type Item } from '../../operation/item';
import { listTasks, type TaskFilter } from '../../operation/listTasks';
import { taskJson } from '../../operation/output';
import { filtersField, readStatuses } from '../../operation/statusFilter';
import { readVideoKind, videoTypeField } from './kinds';

export const fields: INodeProperties[] = [
	videoTypeField,
	returnAll,
	limit,
	filtersField(),
	...output,
];

export const option = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many videos',
	description: 'List the videos of one type, newest first',
};

export const execute = async (context: IExecuteFunctions) =>
	await listTasks(context, (item) => {
		const kind = readVideoKind(item);
		if (!kind.ok) return kind;
		return ok({
			kind: kind.value,
			readFilter,
			outputsOf: (task, simple) => [taskJson(task, simple, kind.value)],
		});
	});

function readFilter(item: Item): Reply<TaskFilter | undefined> {
	const filters = parameter(item, 'filters', {});
	const statuses = readStatuses(isRecord(filters) ? (filters.status ?? []) : []);
	if (!statuses.ok) return statuses;
	const wanted = statuses.value;
	return ok(wanted.length === 0 ? undefined : ({ status }) => wanted.includes(status));
}
