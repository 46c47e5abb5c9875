import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { KlingClient } from '../../api/client';
import { layers, type Payload } from '../../api/envelope';
import { problemFrom } from '../../api/errors';
import { idText } from '../../api/foreign';
import { failed, ok, type Problem, type Reply } from '../../api/reply';
import { HARMLESS_WRITES, repeat } from '../../api/retry';
import { withIdAdvice } from '../../operation/advice';
import { optionsOf } from '../../operation/item';
import { forEachItem } from '../../operation/items';
import { readId, readSwitch } from '../../operation/read';
import { optionsField } from '../../operation/fields';
import { CUSTOM_VOICE } from '../../tasks/kinds';
import { readTask } from '../../tasks/task';

const PATH = '/v1/general/delete-voices';
const ID_ADVICE =
	'Enter a voice ID; a task ID does not work here. If the voice may already be gone, turn on Ignore Missing.';

export const fields: INodeProperties[] = [
	{
		displayName: 'Voice',
		name: 'voiceId',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: 'The custom voice to delete. A deleted voice cannot be restored.',
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
	optionsField({
		displayName: 'Ignore Missing',
		name: 'ignoreMissing',
		type: 'boolean',
		default: false,
		description: 'Whether a voice that no longer exists counts as deleted instead of as an error',
	}),
];

export const option = {
	name: 'Delete',
	value: 'delete',
	action: 'Delete custom voice',
	description: 'Delete a voice permanently',
};

/** Deletes one voice per item, and with it nothing else: the task that made it stays in Kling's list. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await forEachItem(context, async (item) => {
		const value = context.getNodeParameter('voiceId', item.index, '', { extractValue: true });
		const read = readId(value, 'Voice ID');
		if (!read.ok) return read;
		const voiceId = read.value;
		const ignores = readSwitch(optionsOf(item).ignoreMissing, 'Ignore Missing', false);
		if (!ignores.ok) return ignores;
		const reply = await deleteVoice(item.client, voiceId);
		if (!reply.ok && !(ignores.value && reply.problem.cause === 'missing')) {
			const problem = withIdAdvice(reply.problem, ID_ADVICE);
			return failed({ ...problem, task: { voice_id: voiceId } });
		}
		return ok([{ json: { deleted: true, voice_id: voiceId } }]);
	});
}

/** After an answer that got lost, "already deleted" means that this request did it. */
async function deleteVoice(client: KlingClient, voiceId: string): Promise<Reply<Payload>> {
	const body = { voice_id: voiceId };
	return await repeat(HARMLESS_WRITES, {
		send: async () => {
			const reply = await client.exchange({ method: 'POST', path: PATH, body });
			return reply.ok ? judged(reply.value, voiceId) : reply;
		},
		settle: async ({ cause }: Problem) => (cause === 'missing' ? ok(undefined) : undefined),
		wait: async (problem, attempt) => await client.backOff(problem, attempt),
	});
}

/** Kling answers with a task of its own for the deletion, which may fail like any other. */
function judged(payload: Payload, voiceId: string): Reply<Payload> {
	const { status, statusMessage } = readTask(payload, CUSTOM_VOICE);
	if (status === 'failed') {
		// By its words, as a refusal: "not found" means here what it means there.
		const message = statusMessage ?? 'it gave no reason';
		return failed({ ...problemFrom({ httpStatus: 400, code: '1201', message }), code: undefined });
	}
	const named = layers(payload).flatMap((layer) => idText(layer.voice_id) ?? []);
	return named.some((id) => id !== voiceId) ? failed(ANOTHER_VOICE) : ok(payload);
}

const ANOTHER_VOICE: Problem = {
	cause: 'mismatch',
	retry: 'afterLook',
	what: 'The gateway answered about a different voice',
	remedy: 'askGateway',
};
