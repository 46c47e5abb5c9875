import { klingError } from '../errors.cjs';
import type { Body, Rule } from './kind.cjs';
import { between, inside, isInvalid, list, longest, required, rows, text } from './rules.cjs';

interface Model {
	from: ('image' | 'text')[];
	durations: string[];
	modes?: string[];
	hasSound?: true;
	hasVoices?: true;
	hasCfgScale?: true;
	hasCamera?: true;
	hasShots?: true;
	/** Sound, and a start with an end frame, are for `pro` only. */
	silentStd?: true;
}

const both: Model['from'] = ['image', 'text'];
const durations = ['5', '10'];
const upTo15 = Array.from({ length: 13 }, (_, i) => String(i + 3));

/** Kling's pages on the legacy `model_name` endpoints. */
const models: Record<string, Model> = {
	'kling-v1': { from: both, durations, hasCfgScale: true, hasCamera: true },
	'kling-v1-5': { from: ['image'], durations, hasCfgScale: true, hasCamera: true },
	'kling-v1-6': { from: both, durations, hasCfgScale: true, hasCamera: true },
	'kling-v2-master': { from: both, durations },
	'kling-v2-1': { from: ['image'], durations },
	'kling-v2-1-master': { from: both, durations },
	'kling-v2-5-turbo': { from: both, durations },
	'kling-v2-6': { from: both, durations, hasSound: true, hasVoices: true, silentStd: true },
	'kling-v3': {
		from: both,
		durations: upTo15,
		modes: ['std', 'pro', '4k'],
		hasSound: true,
		hasShots: true,
		hasCfgScale: true,
	},
};

export const modelOf = (body: Body) => text(body, 'model_name') ?? 'kling-v1';
export const hasSound = (body: Body) => body.sound === 'on';
export const voicesOf = (body: Body) => rows(body.voice_list);

/** Voices that the prompt names; the others are neither heard nor charged. */
export function speakersOf(body: Body): string[] {
	const prompt = text(body, 'prompt') ?? '';
	return voicesOf(body)
		.filter((_, i) => prompt.includes(`<<<voice_${i + 1}>>>`))
		.map(({ voice_id }) => String(voice_id));
}

const known =
	(from: 'image' | 'text'): Rule =>
	({ body, world }) => {
		const name = modelOf(body);
		const model = models[name];
		const isMissing = world.isKkiai && from === 'text' && name === 'kling-v2-6';
		if (model?.from.includes(from) && !isMissing) return undefined;
		return klingError(1203, `The model ${name} does not exist`);
	};

/** A rule of the model that the body names; `known` has made sure that there is one. */
const ofModel =
	(rule: (model: Model, body: Body) => string | undefined): Rule =>
	({ body }) => {
		const model = models[modelOf(body)];
		return model && rule(model, body);
	};

const lacks = (body: Body, key: string) => `${key} is not supported by ${modelOf(body)}`;

const modeAndDuration = ofModel(({ modes = ['std', 'pro'], durations: allowed }, body) => {
	const { mode = 'std', duration = '5' } = body;
	if (!modes.includes(String(mode))) return isInvalid('mode', mode);
	return allowed.includes(String(duration)) ? undefined : isInvalid('duration', duration);
});

const sound = ofModel((model, body) => {
	const { sound: value = 'off' } = body;
	if (value !== 'on' && value !== 'off') return isInvalid('sound', value);
	return value === 'on' && !model.hasSound ? lacks(body, 'sound') : undefined;
});

const voices: Rule = ({ body, world }) => {
	const given = voicesOf(body);
	if (given.length === 0) return undefined;
	if (!models[modelOf(body)]?.hasVoices) return lacks(body, 'voice_list');
	if (!hasSound(body)) return 'voice_list requires sound to be on';
	if (rows(body.element_list).length > 0) return 'voice_list excludes element_list';
	const unknown = given.find(({ voice_id }) => !world.isVoice(String(voice_id)));
	return unknown && `Voice id not found: ${String(unknown.voice_id)}`;
};

const voicesInPrompt: Rule = ({ body }) => {
	const named = [...(text(body, 'prompt') ?? '').matchAll(/<<<voice_(\d+)>>>/g)];
	const beyond = named.find(([, n]) => Number(n) < 1 || Number(n) > voicesOf(body).length);
	return beyond && `prompt names ${beyond[0]}, but voice_list has no such voice`;
};

/** What Kling answers when the mode is left out, too, as `std` is its default. */
const proOnly = ofModel(({ silentStd }, body) => {
	if (!silentStd) return undefined;
	const hasBothEnds = text(body, 'image') !== undefined && text(body, 'image_tail') !== undefined;
	if (hasBothEnds && hasSound(body)) return 'image_tail is not supported when sound is on';
	const needsPro = hasSound(body) || hasBothEnds;
	return needsPro && (body.mode ?? 'std') === 'std' ? isInvalid('mode', 'std') : undefined;
});

const olderOnly = ofModel((model, body) => {
	if (body.cfg_scale !== undefined && !model.hasCfgScale) return lacks(body, 'cfg_scale');
	if (body.camera_control !== undefined && !model.hasCamera) return lacks(body, 'camera_control');
	return body.multi_shot === true && !model.hasShots ? lacks(body, 'multi_shot') : undefined;
});

const cameraTypes = [
	'simple',
	'down_back',
	'forward_up',
	'right_turn_forward',
	'left_turn_forward',
];

const camera: Rule = ({ body }) => {
	const { type, config = {} } = (body.camera_control ?? {
		type: 'simple',
		config: { zoom: 1 },
	}) as {
		type?: unknown;
		config?: unknown;
	};
	if (!cameraTypes.includes(String(type))) return isInvalid('camera_control.type', type);
	const axes = Object.values(config as Body).filter((value) => value !== 0);
	if (type !== 'simple') return axes.length > 0 ? 'camera_control.config is for simple' : undefined;
	const isOne = axes.length === 1 && Math.abs(Number(axes[0])) <= 10;
	return isOne ? undefined : isInvalid('camera_control.config', config);
};

const shots: Rule = (order) => {
	const { body } = order;
	if (body.multi_shot !== true || body.shot_type === 'intelligence') {
		return required('prompt')(order);
	}
	if (body.shot_type !== 'customize') return isInvalid('shot_type', body.shot_type);
	const wrong = list('multi_prompt', 1, 6, required('prompt'), longest('prompt', 512))(order);
	if (wrong !== undefined) return wrong;
	const sum = rows(body.multi_prompt).reduce((all, shot) => all + Number(shot.duration), 0);
	return sum === Number(body.duration ?? 5) ? undefined : 'shot durations must add up to duration';
};

/** KKI AI marks the flag as required, and the model, too. */
const kkiaiText: Rule = ({ body, world }) => {
	if (!world.isKkiai) return undefined;
	if (text(body, 'model_name') === undefined) return 'model_name is required';
	return typeof body.multi_shot === 'boolean' ? undefined : 'multi_shot is required';
};

const shared: readonly Rule[] = [
	modeAndDuration,
	sound,
	list('voice_list', 0, 2, required('voice_id')),
	voices,
	voicesInPrompt,
	proOnly,
	olderOnly,
	between('cfg_scale', 0, 1),
	inside('camera_control'),
	camera,
	list('element_list', 0, 3, required('element_id')),
];

export const imageToVideoRules: readonly Rule[] = [known('image'), ...shared];
export const textToVideoRules: readonly Rule[] = [kkiaiText, known('text'), shots, ...shared];

/** Per second; V2.6 by its page, which has no price for the others. */
export function pricePerSecond(body: Body): number {
	if (hasSound(body)) return speakersOf(body).length > 0 ? 1.2 : 1;
	return body.mode === 'pro' ? 0.5 : 0.3;
}
