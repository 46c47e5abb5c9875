import type { IExecuteFunctions } from 'n8n-workflow';

import { limit, returnAll, simplify } from '../../operation/fields';
import { listTasks, type ListSpec } from '../../operation/listTasks';
import { resultFields } from '../../operation/output';
import { shownFor } from '../../operation/shownFor';
import { PRESET_VOICE } from '../../tasks/kinds';
import { readTask } from '../../tasks/task';

export const option = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many preset voices',
	description: "List Kling's own voices",
};

export const description = shownFor('presetVoice', option.value, [returnAll, limit, simplify]);

const spec: ListSpec = {
	kind: PRESET_VOICE,
	// A row is a task with voices in it, or at some gateways the voice itself.
	select: (rows, _item, simple) =>
		simple
			? rows
					.flatMap((row) => readTask(row, PRESET_VOICE).results)
					.map((voice) => resultFields(voice, PRESET_VOICE))
			: rows,
};

/** Lists Kling's own voices: one item per voice, or with Simplify off one per row as Kling sent it. */
export const execute = async (context: IExecuteFunctions) => await listTasks(context, spec);
