import type { IExecuteFunctions, INodeProperties, IWebhookFunctions } from 'n8n-workflow';

import { ok, refused } from '../../api/reply';
import type { Check } from '../../operation/checks';
import type { CreateSpec } from '../../operation/createOrder';
import { createTasks } from '../../operation/createTask';
import { parameter } from '../../operation/item';
import { resumeTasks } from '../../operation/resume';
import { TEXT_TO_VIDEO } from '../../tasks/kinds';
import { videoFields } from './fields';
import { readScene, SCENE_CHECKS, sceneFields } from './scene';
import { sceneOptions } from './sceneOptions';
import { DOWNLOAD_VIDEO, videoWords } from './words';

/** A video of several shots has a prompt for each of them instead. */
const checkPrompt: Check = ({ prompt, multi_shot: hasShots }) =>
	hasShots === true || (typeof prompt === 'string' && prompt.trim() !== '')
		? undefined
		: refused('There is no prompt', 'Describe the video in Prompt.');

const spec: CreateSpec = {
	kind: TEXT_TO_VIDEO,
	words: videoWords('Check the prompt against the message, and create the video again.'),
	download: DOWNLOAD_VIDEO,
	readBody: (item) =>
		ok({
			...readScene(item),
			aspect_ratio: parameter(item, 'aspectRatio', '16:9'),
			// KKI AI's page says that it is needed; at Kling it is the default.
			...(item.client.isGateway && { multi_shot: false }),
		}),
	pasted: ['model_name'],
	checks: [checkPrompt, ...SCENE_CHECKS],
};

export const option = {
	name: 'Text to Video',
	value: 'textToVideo',
	action: 'Create video from text',
	description: 'Make a video of what a text describes',
};

const aspectRatio: INodeProperties = {
	displayName: 'Aspect Ratio',
	name: 'aspectRatio',
	type: 'options',
	default: '16:9',
	description: 'The shape of the video',
	options: [
		{ name: 'Landscape (16:9)', value: '16:9' },
		{ name: 'Portrait (9:16)', value: '9:16' },
		{ name: 'Square (1:1)', value: '1:1' },
	],
};

// KKI AI's page lists no Kling 2.6 here, and Kling's own lists both.
export const fields = videoFields(
	TEXT_TO_VIDEO,
	sceneFields('kling-v3', [], [aspectRatio]),
	sceneOptions,
);

export const execute = async (context: IExecuteFunctions) => await createTasks(context, spec);

export const resume = async (context: IWebhookFunctions) => await resumeTasks(context, spec);
