import { klingError } from '../errors.cjs';
import { image } from '../media/judge.cjs';
import type { Body, Kind, Rule, Source } from './kind.cjs';
import {
	address,
	inside,
	isRecord,
	list,
	longest,
	oneOf,
	required,
	rows,
	strings,
} from './rules.cjs';

const settingsOf = ({ settings }: Body): Body => (isRecord(settings) ? settings : {});
const contentsOf = (body: Body, type: string) =>
	rows(body.contents).filter((content) => content.type === type);

/** The path's own; put into the body by the route. */
const known: Rule = ({ body }) =>
	/^kling-[\w.-]+$/.test(String(body.model_name))
		? undefined
		: klingError(1203, `The model ${String(body.model_name)} does not exist`);

/** Also what a body of the older form gets here, as recorded. */
const contents: Rule = ({ body }) =>
	rows(body.contents).length === 0 ? 'contents cannot be empty' : undefined;

const types = [
	'prompt',
	'first_frame',
	'last_frame',
	'voice',
	'image',
	'video',
	'element',
	'audio',
];

const voices: Rule = ({ body, world }) => {
	const given = contentsOf(body, 'voice');
	if (given.length > 2) return 'contents: at most 2 voices';
	const unknown = given.find(({ voice_id }) => !world.isVoice(String(voice_id)));
	if (unknown) return `Voice id not found: ${String(unknown.voice_id)}`;
	return given.length > 0 && !hasSound(body) ? 'A voice requires native audio' : undefined;
};

const hasSound = (body: Body) => settingsOf(body).audio === 'native';

const settings: Rule = ({ body }) => {
	const { resolution = '720p', duration = 5 } = settingsOf(body);
	if (hasSound(body) && resolution !== '1080p') return 'Native audio requires 1080p';
	const isWhole = Number.isInteger(duration) && Number(duration) >= 3 && Number(duration) <= 15;
	return isWhole ? undefined : `duration value '${String(duration)}' is invalid`;
};

const options: readonly Rule[] = [
	known,
	inside('options', strings('callback_url', 'external_task_id'), address('callback_url')),
	inside('settings', oneOf('audio', 'native', 'off'), oneOf('resolution', '720p', '1080p', '4k')),
	settings,
];

const frame = (type: string): Source => ({
	of: (body) => {
		const url = contentsOf(body, type)[0]?.url;
		return typeof url === 'string' && url !== '' ? url : undefined;
	},
	judge: image(type),
});

const secondsOf = (body: Body) => Number(settingsOf(body).duration ?? 5);

const made = {
	makes: 'video',
	ids: 'options',
	isNewStandard: true,
	offeredBy: 'kling',
	hasSound,
	seconds: ({ body }) => secondsOf(body) + 0.1,
	price: ({ body }) => secondsOf(body) * (hasSound(body) ? 1 : 0.3),
} satisfies Partial<Kind>;

const withContents: Kind['rules'] = [
	...options,
	contents,
	list('contents', 1, 20, oneOf('type', ...types), required('type'), longest('text', 2500)),
	voices,
];

/** Kling's new standard; the rest of its models are made the same way. */
export const newStandard = {
	newImageToVideo: {
		...made,
		path: '/image-to-video/:model',
		rules: withContents,
		sources: [frame('first_frame'), frame('last_frame')],
	},
	newTextToVideo: {
		...made,
		path: '/text-to-video/:model',
		rules: [...options, required('prompt'), longest('prompt', 2500)],
	},
	newOmniVideo: { ...made, path: '/omni-video/:model', rules: withContents },
	newMotionControl: { ...made, path: '/motion-control/:model', rules: withContents },
} satisfies Record<string, Kind>;
