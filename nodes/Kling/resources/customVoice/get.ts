import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { optionsField, simplify, timeout } from '../../operation/fields';
import { getTasks, type GetSpec } from '../../operation/getTask';
import { CUSTOM_VOICE } from '../../tasks/kinds';
import { sampleOptions } from './sampleOptions';
import { VOICE_WORDS } from './words';

const spec: GetSpec = {
	kind: CUSTOM_VOICE,
	words: VOICE_WORDS,
	idAdvice: 'Enter a task ID or an external task ID; a voice ID does not work here.',
	download: 'downloadSample',
};

export const fields: INodeProperties[] = [
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
	optionsField(
		sampleOptions.downloadSample,
		sampleOptions.outputPropertyName,
		{ ...timeout(CUSTOM_VOICE.timeoutS), displayOptions: { show: { waitUntilFinished: [true] } } },
		{
			displayName: 'Wait Until Finished',
			name: 'waitUntilFinished',
			type: 'boolean',
			default: false,
			description:
				'Whether to ask Kling until the voice is ready. A task that failed is then an error; without waiting it is output like any other.',
		},
	),
];

export const option = {
	name: 'Get',
	value: 'get',
	action: 'Get custom voice',
	description: 'Get a voice, or the state of its making, by its task ID',
};

export const execute = async (context: IExecuteFunctions) => await getTasks(context, spec);
