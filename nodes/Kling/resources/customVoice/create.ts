import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import type { CreateSpec } from '../../operation/createOrder';
import { createTasks } from '../../operation/createTask';
import { resumeTasks } from '../../operation/resume';
import { CUSTOM_VOICE } from '../../tasks/kinds';
import { CHECKS, readBody } from './body';
import { readFiles } from './source';
import { VOICE_WORDS } from './words';

export { fields } from './fields';

const spec: CreateSpec = {
	kind: CUSTOM_VOICE,
	words: VOICE_WORDS,
	download: { name: 'options.downloadSample', isOnByDefault: false },
	readBody,
	pasted: ['voice_name', 'voice_url', 'video_id'],
	checks: CHECKS,
	readFiles,
};

export const option = {
	name: 'Create',
	value: 'create',
	action: 'Create custom voice',
	description: 'Make a voice from 5 to 30 seconds of speech',
};

export const execute = async (context: IExecuteFunctions) => await createTasks(context, spec);

export const resume = async (context: IWebhookFunctions) => await resumeTasks(context, spec);
