import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import { collect } from '../../tasks/list';
import { TASK_KINDS } from '../../tasks/kinds';
import { readTask } from '../../tasks/task';
import { readLimit } from '../../operation/read';
import { forEachItem } from '../../operation/items';
import { simplifiedVoice } from '../../operation/output';
import { limit, returnAll, simplify } from '../../operation/fields';
import { shownFor } from '../../operation/shownFor';

const PRESETS = { path: '/v1/general/presets-voices', pageLimit: 1000 };

export const description: INodeProperties[] = shownFor('presetVoice', 'getAll', [
	returnAll,
	limit,
	simplify,
]);

/** Lists Kling's own voices: one item per voice, or with Simplify off one per row as Kling sent it. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await forEachItem(context, async (client, itemIndex) => {
		const most = readLimit(context, itemIndex);
		if (!most.ok) return most;
		const simple = context.getNodeParameter('simplify', itemIndex, true) === true;
		return await collect(client, PRESETS, most.value, false, (rows) =>
			(simple ? rows.flatMap(voicesOf) : rows).map((json) => ({ json })),
		);
	});
}

/** A row is a task with voices in it, or at some gateways the voice itself. */
function voicesOf(row: IDataObject): IDataObject[] {
	return readTask(row, TASK_KINDS.customVoice.resultKey).results.map(simplifiedVoice);
}
