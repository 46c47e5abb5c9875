import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isRecord } from '../../api/envelope';
import { plainText } from '../../api/foreign';
import { failed, ok, refused, type Reply } from '../../api/reply';
import { asText } from '../../operation/checks';
import { limit, returnAll, output } from '../../operation/fields';
import { parameter, type Item } from '../../operation/item';
import { listTasks, type ListSpec, type TaskFilter } from '../../operation/listTasks';
import { taskJson } from '../../operation/output';
import { filtersField, readStatuses } from '../../operation/statusFilter';
import { readSwitch } from '../../operation/read';
import { CUSTOM_VOICE } from '../../tasks/kinds';

export const fields: INodeProperties[] = [
	returnAll,
	limit,
	{
		...filtersField(
			{
				displayName: 'Existing Only',
				name: 'existingOnly',
				type: 'boolean',
				default: true,
				description:
					'Whether to leave out deleted voices and tasks that have no voice. Unfinished and failed tasks are still listed if Status asks for them.',
			},
			{
				displayName: 'Voice Name',
				name: 'voiceName',
				type: 'string',
				default: '',
				placeholder: 'e.g. narrator',
				description:
					'Only voices whose name contains this text, in upper or lower case. Tasks without a voice have no name.',
			},
		),
		default: { existingOnly: true },
	},
	...output,
];

export const option = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many custom voices',
	description: 'List the custom voices of the account',
};

const spec: ListSpec = {
	kind: CUSTOM_VOICE,
	readFilter,
	outputsOf: (task, simple) => [taskJson(task, simple, CUSTOM_VOICE)],
};

export const execute = async (context: IExecuteFunctions) => await listTasks(context, spec);

function readFilter(item: Item): Reply<TaskFilter | undefined> {
	const filters = parameter(item, 'filters', {});
	const { status = [], voiceName = '', existingOnly } = isRecord(filters) ? filters : {};
	const read = readStatuses(status);
	if (!read.ok) return read;
	const statuses = read.value;
	const given = asText(voiceName) ?? '';
	if (typeof given !== 'string') return failed(NO_NAME);
	const name = given.toLowerCase();
	const existing = readSwitch(existingOnly, 'Existing Only', false);
	if (!existing.ok) return existing;
	if (statuses.length === 0 && name === '' && !existing.value) return ok(undefined);
	return ok(({ status: its, results: [voice] }) => {
		const isNamed = plainText(voice?.voice_name).toLowerCase().includes(name);
		const isWanted = statuses.length === 0 || statuses.includes(its);
		// A status that has no voice by its nature was asked for, so only a voice that is gone is left out.
		const mayLack = !existing.value || (statuses.length > 0 && its !== 'succeed');
		return isNamed && isWanted && (mayLack || voice !== undefined);
	});
}

const NO_NAME = refused(
	'Voice Name in Filters is not text',
	'Enter part of the name, or leave it empty.',
);
