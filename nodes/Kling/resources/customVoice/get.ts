import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { optionsField, output } from '../../operation/fields';
import { getTasks, taskLocator, waitOptions, type GetSpec } from '../../operation/getTask';
import { CUSTOM_VOICE } from '../../tasks/kinds';
import { sampleOptions } from './sampleOptions';
import { VOICE_WORDS } from './words';

const spec: GetSpec = {
	kind: CUSTOM_VOICE,
	words: VOICE_WORDS,
	idAdvice: 'Enter a task ID or an external task ID. For a voice ID, choose By Voice ID.',
	download: { name: 'options.downloadSample', isOnByDefault: false },
	locator: { name: 'voice', label: 'Voice', resultMode: 'voiceId' },
};

export const fields: INodeProperties[] = [
	taskLocator('voice', 'searchVoiceTasks', '850087542757539017'),
	...output,
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
	description: 'Get a voice, or the status of the task that makes it',
};

export const execute = async (context: IExecuteFunctions) => await getTasks(context, spec);
