import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { limit, returnAll, output } from '../../operation/fields';
import { listTasks, type ListSpec } from '../../operation/listTasks';
import { resultFields } from '../../operation/output';
import { PRESET_VOICE } from '../../tasks/kinds';

export const option = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many preset voices',
	description: "List Kling's own voices",
};

export const fields: INodeProperties[] = [returnAll, limit, ...output];

const spec: ListSpec = {
	kind: PRESET_VOICE,
	// One item per voice, or with Simplify off one per row as Kling sent it. A row is a task with voices in it, or at some gateways the voice itself.
	outputsOf: (task, simple) =>
		simple ? task.results.map((voice) => resultFields(voice, PRESET_VOICE)) : [task.raw],
};

export const execute = async (context: IExecuteFunctions) => await listTasks(context, spec);
