import type { IDataObject } from 'n8n-workflow';

import { refused, type Problem } from '../../api/reply';
import { quoted } from '../../media/address';
import { isSet, type Check } from '../../operation/checks';

/** What a model takes. Sources: Kling's pages on image and text to video and its capability map. */
export interface VideoModel {
	id: string;
	name: string;
	fromImage: boolean;
	fromText: boolean;
	modes: readonly string[];
	/** Of the video, as Kling takes them. */
	durations: readonly number[];
	hasSound: boolean;
	mostVoices: number;
	/** Fields that other models do not take. */
	takes: readonly ('camera_control' | 'cfg_scale')[];
	/** Whether sound, voices and an end image need `pro`, and an end image goes without sound. */
	isStrict: boolean;
}

const SHORT = [5, 10];
const LONG = Array.from({ length: 13 }, (_, index) => index + 3);

const OLD: Omit<VideoModel, 'id' | 'name'> = {
	fromImage: true,
	fromText: true,
	modes: ['std', 'pro'],
	durations: SHORT,
	hasSound: false,
	mostVoices: 0,
	takes: ['camera_control', 'cfg_scale'],
	isStrict: false,
};
const V2 = { ...OLD, takes: [] };

/** From the newest on. An ID that is not here is passed on as it is. */
export const MODELS: readonly VideoModel[] = [
	{
		...V2,
		id: 'kling-v3',
		name: 'Kling 3.0',
		modes: ['std', 'pro', '4k'],
		durations: LONG,
		hasSound: true,
		takes: ['cfg_scale'],
	},
	{
		...V2,
		id: 'kling-v2-6',
		name: 'Kling 2.6',
		hasSound: true,
		mostVoices: 2,
		isStrict: true,
	},
	{ ...V2, id: 'kling-v2-5-turbo', name: 'Kling 2.5 Turbo' },
	{ ...V2, id: 'kling-v2-1-master', name: 'Kling 2.1 Master' },
	{ ...V2, id: 'kling-v2-1', name: 'Kling 2.1', fromText: false },
	{ ...V2, id: 'kling-v2-master', name: 'Kling 2.0 Master' },
	{ ...OLD, id: 'kling-v1-6', name: 'Kling 1.6' },
	{ ...OLD, id: 'kling-v1-5', name: 'Kling 1.5', fromText: false },
	{ ...OLD, id: 'kling-v1', name: 'Kling 1.0' },
];

const FIELD_LABELS = { camera_control: 'Camera', cfg_scale: 'CFG Scale' } as const;

/** Modes as the panel shows them. */
export const MODES = [
	{ name: '4K', value: '4k', description: 'Only Kling 3.0' },
	{ name: 'Professional', value: 'pro' },
	{ name: 'Standard', value: 'std' },
];

const modeLabel = (mode: string): string =>
	MODES.find(({ value }) => value === mode)?.name ?? quoted(mode);

/** `undefined` for one that is not known here. */
const modelOf = ({ model_name: id }: IDataObject) => MODELS.find((model) => model.id === id);

/** IDs of the models for which this does not hold, to hide a field in the panel. */
export const modelsWithout = (has: (model: VideoModel) => boolean): string[] =>
	MODELS.filter((model) => !has(model)).map(({ id }) => id);

const hasVoices = ({ voice_list: voices }: IDataObject) =>
	Array.isArray(voices) && voices.length > 0;
const isLoud = ({ sound }: IDataObject) => sound === 'on';
const hasEndImage = ({ image_tail: image }: IDataObject) => isSet(image);

/** What a video needs that is about its sound, whatever the model. */
const checkSound: Check = (body) =>
	hasVoices(body) && !isLoud(body)
		? refused('A video with voices needs sound', 'Turn on Sound, or remove the voices.')
		: undefined;

const checkModel: Check = ({ model_name: id }) => {
	if (!isSet(id)) return refused('There is no model', 'Choose a Model, or enter its ID.');
	return typeof id === 'string' && /^[\w.-]+$/.test(id)
		? undefined
		: refused(`${quoted(String(id))} is not the ID of a model`, 'Choose a Model from the list.');
};

/** A problem of a body with a model that is known. */
type ModelCheck = (body: IDataObject, model: VideoModel) => Problem | undefined;

const checkMode: ModelCheck = ({ mode }, { name, modes }) =>
	!isSet(mode) || modes.includes(String(mode))
		? undefined
		: refused(
				`${name} has no mode ${modeLabel(String(mode))}`,
				`Choose one of these in Mode: ${modes.map((one) => `${modeLabel(one)} (${one})`).join(', ')}.`,
			);

const checkDuration: ModelCheck = ({ duration }, { name, durations }) =>
	!isSet(duration) || durations.includes(Number(duration))
		? undefined
		: refused(
				`${name} makes no video of ${String(duration)} s`,
				durations.length === 2
					? `Enter ${durations.join(' or ')} in Duration.`
					: `Enter ${String(durations[0])} to ${String(durations.at(-1))} in Duration.`,
			);

const checkSilence: ModelCheck = (body, { name, hasSound }) =>
	hasSound || !isLoud(body)
		? undefined
		: refused(
				`${name} makes silent videos only`,
				'Turn off Sound, or choose Kling 2.6, which makes sound in the mode Professional.',
			);

const checkVoices: ModelCheck = ({ voice_list: voices }, { name, mostVoices }) => {
	const count = Array.isArray(voices) ? voices.length : 0;
	if (count <= mostVoices) return undefined;
	return mostVoices === 0
		? refused(
				`${name} takes no voices`,
				'Choose Kling 2.6 in Model, the one whose videos speak with custom voices.',
			)
		: refused(
				`The video has ${String(count)} voices; ${name} takes ${String(mostVoices)} at most`,
				'Remove some, or make several videos.',
			);
};

const checkStrict: ModelCheck = (body, { name, isStrict }) => {
	if (!isStrict) return undefined;
	const [what] = [
		hasVoices(body) && 'voices',
		isLoud(body) && 'sound',
		hasEndImage(body) && 'an end image',
	].filter((part) => typeof part === 'string');
	if (what !== undefined && body.mode !== 'pro') {
		return refused(
			`${name} makes a video with ${what} only in the mode Professional`,
			'Choose Professional in Mode, or turn off Sound and leave out voices and end image.',
		);
	}
	return hasEndImage(body) && (isLoud(body) || hasVoices(body))
		? refused(
				`${name} makes a video with an end image only without sound`,
				'Turn off Sound and remove the voices, or leave out the end image.',
			)
		: undefined;
};

const checkExtras: ModelCheck = (body, { name, takes }) => {
	for (const key of ['camera_control', 'cfg_scale'] as const) {
		if (isSet(body[key]) && !takes.includes(key)) {
			return refused(
				`${name} does not take ${FIELD_LABELS[key]}`,
				`Remove the option ${FIELD_LABELS[key]}.`,
			);
		}
	}
	return undefined;
};

const ofKnownModels: Check = (body) => {
	const model = modelOf(body);
	if (!model) return undefined;
	for (const check of [
		checkVoices,
		checkSilence,
		checkStrict,
		checkMode,
		checkDuration,
		checkExtras,
	]) {
		const problem = check(body, model);
		if (problem) return problem;
	}
	return undefined;
};

/** What a video costs is fifty to two hundred times the price of a voice, so no doubt is left to Kling. */
export const MODEL_CHECKS: readonly Check[] = [checkModel, ofKnownModels, checkSound];
