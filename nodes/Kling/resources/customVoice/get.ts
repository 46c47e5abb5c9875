import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { failed, ok } from '../../api/reply';
import { readOne } from '../../tasks/find';
import { TASK_KINDS } from '../../tasks/kinds';
import { taskFailed, waitUntilFinal } from '../../tasks/wait';
import { advised, readId, readTimeout } from '../../operation/read';
import { forEachItem } from '../../operation/items';
import { taskJson } from '../../operation/output';
import { sampleOptions, simplify, timeout } from '../../operation/fields';
import { shownFor } from '../../operation/shownFor';
import { readWishes, voiceRow, type SampleOptions } from '../../operation/result';

const KIND = TASK_KINDS.customVoice;
const ADVICE = 'Enter a task ID or an external task ID; a voice ID does not work here.';

const properties: INodeProperties[] = [
	{
		displayName: 'Task ID',
		name: 'taskId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 850087542757535834',
		description:
			'Task ID or external task ID of the voice, as Create gave it. A voice ID does not work here.',
	},
	simplify,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			sampleOptions.downloadSample,
			sampleOptions.outputPropertyName,
			{ ...timeout, displayOptions: { show: { waitUntilFinished: [true] } } },
			{
				displayName: 'Wait Until Finished',
				name: 'waitUntilFinished',
				type: 'boolean',
				default: false,
				description:
					'Whether to ask Kling until the voice is ready. A task that failed is then an error; without waiting it is output like any other.',
			},
		],
	},
];

export const description = shownFor('customVoice', 'get', properties);

interface GetOptions extends SampleOptions {
	waitUntilFinished?: boolean;
	timeout?: number;
}

/** Reads one task per item, also one that was started elsewhere or whose wait timed out. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await forEachItem(context, async (client, itemIndex) => {
		const readTaskId = readId(context.getNodeParameter('taskId', itemIndex), 'Task ID');
		if (!readTaskId.ok) return readTaskId;
		const id = readTaskId.value;
		const options = context.getNodeParameter('options', itemIndex, {}) as GetOptions;
		const timeoutMs = readTimeout(options.timeout);
		if (!timeoutMs.ok) return timeoutMs;
		const read = await readOne(client, KIND, id);
		if (!read.ok) return failed({ ...advised(read.problem, ADVICE), task: { task_id: id } });
		// A gateway may leave the id out of its answer; the one that was asked for works as well.
		const task = { ...read.value, taskId: read.value.taskId ?? id };
		const outcome = options.waitUntilFinished
			? await waitUntilFinal(client, KIND, task, timeoutMs.value)
			: ok(task);
		if (!outcome.ok) return outcome;
		if (options.waitUntilFinished && outcome.value.status === 'failed') {
			return failed(taskFailed(KIND, outcome.value));
		}
		const wishes = readWishes(context.getNodeParameter('simplify', itemIndex, true), options);
		const json = taskJson(outcome.value, wishes.simple);
		// Without waiting a failed task is output like any other.
		if (outcome.value.status === 'failed') return ok([{ json }]);
		const row = await voiceRow(context, client, outcome.value, wishes);
		return row.ok ? ok([row.value]) : row;
	});
}
