import type { IDataObject, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { ok, type Reply } from '../../api/reply';
import { asText, optionalText } from '../../operation/checks';
import type { CreateSpec } from '../../operation/createOrder';
import { createTasks } from '../../operation/createTask';
import { readFileInputs } from '../../operation/givenFiles';
import { optionsOf, parameter, type Item } from '../../operation/item';
import { resumeTasks } from '../../operation/resume';
import { AVATAR } from '../../tasks/kinds';
import { audioFields, audioInput, checkOneAudio, readSpeech } from './audio';
import { videoFields } from './fields';
import { checkImageOption, IMAGE, imageFields } from './image';
import { promptField, watermarkOf } from './scene';
import { watermarkOption } from './sceneOptions';
import { DOWNLOAD_VIDEO, videoWords } from './words';

/** Kling's page on avatars. */
const LENGTHS = { leastSeconds: 2, mostSeconds: 300 };

const spec: CreateSpec = {
	kind: AVATAR,
	words: videoWords('Use an image that clearly shows one face, and 2 to 300 seconds of speech.'),
	download: DOWNLOAD_VIDEO,
	readBody,
	pasted: ['audio_id'],
	checks: [checkOneAudio, optionalText('prompt', { label: 'Prompt', name: 'prompt', most: 2500 })],
	readFiles: async (item, body, lifeS) =>
		await readFileInputs([IMAGE, audioInput(LENGTHS)], item, body, lifeS),
};

function readBody(item: Item): Reply<IDataObject> {
	const speech = readSpeech(item);
	if (!speech.ok) return speech;
	return ok({
		...speech.value,
		prompt: asText(parameter(item, 'prompt', '')),
		mode: parameter(item, 'mode', 'std'),
		...watermarkOf(optionsOf(item)),
	});
}

export const option = {
	name: 'Avatar',
	value: 'avatar',
	action: 'Create avatar video',
	description: 'Make the face in an image speak a recording',
};

export const fields = videoFields(
	AVATAR,
	[
		...imageFields,
		...audioFields('2 to 300 seconds'),
		promptField,
		{
			displayName: 'Mode',
			name: 'mode',
			type: 'options',
			default: 'std',
			description: 'Quality of the video. Professional costs twice as much.',
			options: [
				{ name: 'Professional', value: 'pro', description: '1080p' },
				{ name: 'Standard', value: 'std', description: '720p' },
			],
		},
	],
	[checkImageOption, watermarkOption],
);

export const execute = async (context: IExecuteFunctions) => await createTasks(context, spec);

export const resume = async (context: IWebhookFunctions) => await resumeTasks(context, spec);
