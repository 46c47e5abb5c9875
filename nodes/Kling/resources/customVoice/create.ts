import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { KlingClient } from '../../api/client';
import { failed, ok, type Reply } from '../../api/reply';
import { mayAnswer, TASK_KINDS } from '../../tasks/kinds';
import { submit, taken } from '../../tasks/submit';
import { isFinal, type Task } from '../../tasks/task';
import { taskFailed, waitUntilFinal } from '../../tasks/wait';
import { derivedTaskId } from '../externalTaskId';
import { readLimits, readTimeout, refused } from '../input';
import { forEachItem } from '../items';
import { jsonObject } from '../json';
import { simplified } from '../output';
import { maxConcurrency, simplify, timeout } from '../parameters';
import { shownFor } from '../shownFor';
import { checkBody, readBody, type CreateOptions } from './body';

const KIND = TASK_KINDS.customVoice;

const properties: INodeProperties[] = [
	{
		displayName: 'Voice Name',
		name: 'voiceName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Narrator A',
		description: 'Name of the new voice, 1 to 20 characters',
	},
	{
		displayName: 'Voice Source',
		name: 'voiceSource',
		type: 'options',
		default: 'url',
		description: 'Where the speech comes from',
		options: [
			{
				name: 'Kling Video',
				value: 'video',
				description:
					'A video that Kling made: model V2.6 with sound, the avatar or the lip-sync operation',
			},
			{
				name: 'URL',
				value: 'url',
				description: 'The public address of an audio or video file',
			},
		],
	},
	{
		displayName: 'Voice URL',
		name: 'voiceUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://files.example.com/narrator.mp3',
		description:
			'Public address of an .mp3, .wav, .mp4 or .mov file with 5 to 30 seconds of one clean human voice',
		displayOptions: { show: { voiceSource: ['url'] } },
	},
	{
		displayName: 'Video ID',
		name: 'videoId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 850087542757541250',
		description:
			'ID of the video itself, as its finished task gives it under videos, not the ID of that task',
		displayOptions: { show: { voiceSource: ['video'] } },
	},
	{
		displayName: 'Wait For',
		name: 'waitFor',
		type: 'options',
		default: 'poll',
		description: 'What to output: Kling takes about ten seconds to make a voice',
		options: [
			{
				name: 'Finished Voice',
				value: 'poll',
				description: 'Ask Kling until the voice is ready, then output it',
			},
			{
				name: 'Nothing',
				value: 'none',
				description: 'Output the task at once; get the voice later by its task ID or a callback',
			},
		],
	},
	simplify,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Additional Fields (JSON)',
				name: 'additionalFields',
				type: 'json',
				default: '{}',
				description:
					'More fields for the body of the request, for what a gateway asks beyond the documented ones',
			},
			{
				displayName: 'Callback URL',
				name: 'callbackUrl',
				type: 'string',
				default: '',
				placeholder: 'e.g. https://n8n.example.com/webhook/kling',
				description: 'Public address that Kling calls whenever the status of the task changes',
			},
			{
				displayName: 'External Task ID',
				name: 'externalTaskId',
				type: 'string',
				default: '',
				placeholder: 'e.g. order-1042',
				description:
					'Your own ID for the task, unique in your Kling account. Left empty, one is made from the execution and the item, so that a retry never creates the voice twice.',
			},
			maxConcurrency,
			timeout,
		],
	},
];

export const description = shownFor('customVoice', 'create', properties);

/** Creates one voice per item; see `tasks/submit` for why it is created once and only once. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const givenIds = new Set<string>();
	return await forEachItem(
		context,
		async (client, itemIndex) => await createOne(context, client, itemIndex, givenIds),
		{ ...readLimits(context), creates: true },
	);
}

async function createOne(
	context: IExecuteFunctions,
	client: KlingClient,
	itemIndex: number,
	givenIds: Set<string>,
): Promise<Reply<IDataObject[]>> {
	const options = context.getNodeParameter('options', itemIndex, {}) as CreateOptions;
	const extra = jsonObject(options.additionalFields, 'Additional Fields (JSON)');
	if (!extra.ok) return extra;
	const timeoutMs = readTimeout(options.timeout);
	if (!timeoutMs.ok) return timeoutMs;
	const ownId = derivedTaskId(context, itemIndex);
	const fields = readBody(context, itemIndex, options);
	const body = await checkBody({ external_task_id: ownId, ...fields, ...extra.value }, client.host);
	if (!body.ok) return body;
	const { external_task_id: id } = body.value;
	if (givenIds.has(id))
		return failed(
			refused(
				`Another item of this run has the external task ID ${id}`,
				'Give every item an ID of its own, or leave External Task ID empty.',
			),
		);
	givenIds.add(id);
	const submitted = await submit(client, KIND, body.value, id === ownId);
	if (!submitted.ok) return submitted;
	const waits = context.getNodeParameter('waitFor', itemIndex) === 'poll';
	const outcome = waits
		? await waitUntilFinal(client, KIND, submitted.value, timeoutMs.value)
		: submitted;
	if (!outcome.ok) return outcome;
	// Only a finished task tells its name, and with it whose voice it is.
	const isOurs = id === ownId || mayAnswer(KIND, outcome.value, body.value);
	if (!isOurs) return failed(taken(outcome.value));
	if (outcome.value.status === 'failed') return failed(taskFailed(KIND, outcome.value));
	return ok([output(context, itemIndex, outcome.value, waits)]);
}

/** A gateway that names no task leaves one thing to hand on: the external id, and what to do with it. */
function output(
	context: IExecuteFunctions,
	itemIndex: number,
	task: Task,
	waited: boolean,
): IDataObject {
	const simple = context.getNodeParameter('simplify', itemIndex, true) === true;
	const json = simple ? simplified(task) : task.raw;
	if (task.taskId !== undefined || (waited && isFinal(task))) return json;
	return {
		...json,
		external_task_id: task.externalTaskId,
		hint: 'The gateway took the request but named no task. Nothing was sent twice. Find the voice later with Custom Voice: Get and this external task ID, or with Get Many and its name.',
	};
}
