import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isRecord } from '../../api/envelope';
import { refused } from '../../api/reply';
import { asText, isSet, optionalText, type Check } from '../../operation/checks';
import { listOrId } from '../../operation/fields';
import { locatorValue, optionsOf, parameter, type Item } from '../../operation/item';
import { MODEL_CHECKS, MODELS, MODES, modelsWithout } from './models';

/** Kling's pages on image and text to video. */
const LONGEST_PROMPT = 2500;

/** What image to video and text to video have in common. */
export function readScene(item: Item): IDataObject {
	const { negativePrompt, cfgScale, camera } = optionsOf(item);
	return withoutIdleSound({
		model_name: asText(locatorValue(parameter(item, 'model', ''))),
		prompt: asText(parameter(item, 'prompt', '')),
		sound: String(parameter(item, 'sound', false)) === 'true' ? 'on' : 'off',
		mode: parameter(item, 'mode', 'pro'),
		duration: asText(parameter(item, 'duration', 5)),
		negative_prompt: asText(negativePrompt),
		cfg_scale: cfgScale,
		camera_control: cameraOf(camera),
		...watermarkOf(optionsOf(item)),
	});
}

/** Models that know no sound are not told that there is none. */
function withoutIdleSound(body: IDataObject): IDataObject {
	const { sound, ...others } = body;
	const isSilent = modelsWithout(({ hasSound }) => hasSound).includes(String(body.model_name));
	return isSilent && sound === 'off' ? others : body;
}

export const watermarkOf = ({ watermark }: IDataObject): IDataObject =>
	watermark === undefined ? {} : { watermark_info: { enabled: String(watermark) === 'true' } };

function cameraOf(given: unknown): IDataObject | undefined {
	const movement = isRecord(given) ? given.movement : undefined;
	if (!isRecord(movement)) return undefined;
	const { type = 'simple', axis = 'zoom', amount = 5 } = movement;
	return type === 'simple' ? { type, config: { [String(axis)]: amount } } : { type };
}

const checkCfg: Check = ({ cfg_scale: scale }) =>
	!isSet(scale) || (Number(scale) >= 0 && Number(scale) <= 1)
		? undefined
		: refused('CFG Scale is not a number from 0 to 1', 'Enter a number such as 0.5.');

export const SCENE_CHECKS: readonly Check[] = [
	...MODEL_CHECKS,
	optionalText('prompt', { label: 'Prompt', name: 'prompt', most: LONGEST_PROMPT }),
	optionalText('negative_prompt', {
		label: 'Negative Prompt',
		name: 'negative prompt',
		most: LONGEST_PROMPT,
	}),
	checkCfg,
];

const modelField = (preset: string): INodeProperties =>
	listOrId({
		displayName: 'Model',
		name: 'model',
		description: 'The model that makes the video',
		search: 'searchModels',
		select: 'a model',
		example: 'kling-v2-6',
		preset: MODELS.find(({ id }) => id === preset),
	});

export const promptField: INodeProperties = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	placeholder: 'e.g. A presenter faces the camera and smiles',
	description: 'What happens in the video, up to 2500 characters',
};

const ownFields: INodeProperties[] = [
	{
		displayName: 'Sound',
		name: 'sound',
		type: 'boolean',
		default: true,
		description: 'Whether the video has sound. With Kling 2.6 it needs the mode Professional.',
		displayOptions: { hide: { model: modelsWithout(({ hasSound }) => hasSound) } },
	},
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		default: 'pro',
		description: 'Quality of the video. Better quality costs more.',
		options: MODES,
	},
	{
		displayName: 'Duration',
		name: 'duration',
		type: 'number',
		default: 5,
		typeOptions: { minValue: 3, maxValue: 15 },
		hint: 'In seconds',
		description: 'Length of the video: 5 or 10, or with Kling 3.0 from 3 to 15',
	},
];

/**
 * The panel of a scene, from top to bottom.
 * @param preset the ID of the model that a new node has
 * @param before what stands between the model and the prompt
 * @param behind what stands behind the prompt
 */
export const sceneFields = (
	preset: string,
	before: INodeProperties[],
	behind: INodeProperties[],
): INodeProperties[] => [modelField(preset), ...before, promptField, ...behind, ...ownFields];
