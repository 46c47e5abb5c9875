import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { optionsField, simplify } from '../../operation/fields';
import { getTasks, taskIdField, waitOptions, type GetSpec } from '../../operation/getTask';
import { CUSTOM_VOICE } from '../../tasks/kinds';
import { sampleOptions } from './sampleOptions';
import { VOICE_WORDS } from './words';

const spec: GetSpec = {
	kind: CUSTOM_VOICE,
	words: VOICE_WORDS,
	idAdvice: 'Enter a task ID or an external task ID; a voice ID does not work here.',
	download: { name: 'options.downloadSample', isOnByDefault: false },
};

export const fields: INodeProperties[] = [
	taskIdField(
		'Task ID or external task ID of the voice, as Create gave it. A voice ID does not work here.',
	),
	simplify,
	optionsField(
		sampleOptions.downloadSample,
		sampleOptions.outputPropertyName,
		...waitOptions('voice', CUSTOM_VOICE),
	),
];

export const option = {
	name: 'Get',
	value: 'get',
	action: 'Get custom voice',
	description: 'Get a voice, or the state of its making, by its task ID',
};

export const execute = async (context: IExecuteFunctions) => await getTasks(context, spec);
