import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { KlingClient } from '../../api/client';
import type { Payload } from '../../api/envelope';
import { failed, ok, type Reply } from '../../api/reply';
import { advised, readId } from '../../operation/read';
import { forEachItem } from '../../operation/items';
import { shownFor } from '../../operation/shownFor';

const PATH = '/v1/general/delete-voices';
/** Deleting twice does no harm, so unlike a create it may simply be sent again. */
const ATTEMPTS = 4;
const ADVICE =
	'Enter a voice ID; a task ID does not work here. To count a voice that is deleted already as deleted, turn on Ignore Missing.';

const properties: INodeProperties[] = [
	{
		displayName: 'Voice',
		name: 'voiceId',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: 'The custom voice to delete. It cannot be brought back.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a voice...',
				typeOptions: { searchListMethod: 'searchVoices', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 850087542757539017',
				validation: [
					{
						type: 'regex',
						properties: {
							regex: '^\\s*[\\w-]+\\s*$',
							errorMessage: 'A voice ID has only letters, digits, hyphens and underscores',
						},
					},
				],
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Ignore Missing',
				name: 'ignoreMissing',
				type: 'boolean',
				default: false,
				description:
					'Whether a voice that does not exist any more counts as deleted instead of as an error',
			},
		],
	},
];

export const description = shownFor('customVoice', 'delete', properties);

/** Deletes one voice per item, and with it nothing else: the task that made it stays in Kling's list. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await forEachItem(context, async (client, itemIndex) => {
		const value = context.getNodeParameter('voiceId', itemIndex, '', { extractValue: true });
		const read = readId(value, 'Voice ID');
		if (!read.ok) return read;
		const voiceId = read.value;
		const options = context.getNodeParameter('options', itemIndex, {}) as {
			ignoreMissing?: boolean;
		};
		const reply = await deleteVoice(client, voiceId);
		const gone =
			!reply.ok && reply.problem.cause === 'missing' && String(options.ignoreMissing) === 'true';
		if (!reply.ok && !gone) {
			const problem = advised(reply.problem, ADVICE);
			return failed({ ...problem, task: { voice_id: voiceId } });
		}
		return ok([{ json: { deleted: true, voice_id: voiceId } }]);
	});
}

/** After an answer that got lost, "already deleted" means that this request did it. */
async function deleteVoice(client: KlingClient, voiceId: string): Promise<Reply<Payload>> {
	let mayBeDone = false;
	for (let attempt = 1; ; attempt += 1) {
		const reply = await client.exchange({
			method: 'POST',
			path: PATH,
			body: { voice_id: voiceId },
		});
		if (reply.ok) return reply;
		if (mayBeDone && reply.problem.cause === 'missing') return ok(undefined);
		mayBeDone ||= reply.problem.retry === 'afterLook';
		if (reply.problem.retry === 'never' || attempt === ATTEMPTS) return reply;
		if (!(await client.backOff(reply.problem, attempt))) return reply;
	}
}
