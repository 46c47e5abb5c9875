import type { IDataObject, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { ok, type Reply } from '../../api/reply';
import type { CreateSpec } from '../../operation/createOrder';
import { createTasks } from '../../operation/createTask';
import { readFileInputs } from '../../operation/givenFiles';
import type { Item } from '../../operation/item';
import { resumeTasks } from '../../operation/resume';
import { IMAGE_TO_VIDEO } from '../../tasks/kinds';
import { videoFields } from './fields';
import { checkImageOption, END_IMAGE, endImageOptions, IMAGE, imageFields } from './image';
import { readScene, SCENE_CHECKS, sceneFields } from './scene';
import { sceneOptions } from './sceneOptions';
import { checkSpeakers, readVoices, voicesField } from './voices';
import { DOWNLOAD_VIDEO, videoWords } from './words';

const spec: CreateSpec = {
	kind: IMAGE_TO_VIDEO,
	words: videoWords(
		'Check the image and the prompt against the message, and create the video again.',
	),
	download: DOWNLOAD_VIDEO,
	readBody,
	pasted: ['model_name'],
	checks: [...SCENE_CHECKS, checkSpeakers],
	readFiles: async (item, body, lifeS) =>
		await readFileInputs([IMAGE, END_IMAGE], item, body, lifeS),
};

function readBody(item: Item): Reply<IDataObject> {
	const voices = readVoices(item);
	if (!voices.ok) return voices;
	const { list, lines } = voices.value;
	const scene = readScene(item);
	return ok({
		...scene,
		...(lines.length > 0 && { prompt: [scene.prompt, ...lines].filter(Boolean).join(' ') }),
		...(list.length > 0 && { voice_list: list }),
	});
}

export const option = {
	name: 'Image to Video',
	value: 'imageToVideo',
	action: 'Create video from image',
	description: 'Make a video that starts with an image and can speak with your voices',
};

export const fields = videoFields(
	IMAGE_TO_VIDEO,
	sceneFields('kling-v2-6', imageFields, [voicesField]),
	[checkImageOption, ...endImageOptions, ...sceneOptions],
);

export const execute = async (context: IExecuteFunctions) => await createTasks(context, spec);

export const resume = async (context: IWebhookFunctions) => await resumeTasks(context, spec);
