import { image, soundFile } from '../media/judge.cjs';
import type { Body, Kind, Rule, Surroundings } from './kind.cjs';
import { between, exactlyOne, file, list, oneOf, required, rows, strings, text } from './rules.cjs';
import { catalogue } from './speechCatalogue.cjs';

/** An `audio_id` is the id of a speech, and as old as any file may be. */
const spoken =
	(least: number, most: number): Rule =>
	({ body, world }) => {
		const id = text(body, 'audio_id');
		if (id === undefined) return undefined;
		const media = world.media(id);
		if (media?.what !== 'audio') return `Audio not found by audio_id: ${id}`;
		return media.seconds >= least && media.seconds <= most
			? undefined
			: `The audio is ${media.seconds.toFixed(1)} s long, must be between ${least} and ${most} s`;
	};

const audioRules = (least: number, most: number): Rule[] => [
	exactlyOne('audio_id', 'sound_file'),
	strings('audio_id', 'sound_file'),
	file('sound_file'),
	spoken(least, most),
];

const secondsOf = (body: Body, world: Surroundings) =>
	world.media(text(body, 'audio_id') ?? '')?.seconds ?? 5.1;

export const avatar: Kind = {
	path: '/v1/videos/avatar/image2video',
	makes: 'video',
	offeredBy: 'kkiai',
	hasSound: () => true,
	rules: [
		strings('image'),
		required('image'),
		file('image'),
		...audioRules(2, 300),
		oneOf('mode', 'std', 'pro'),
	],
	sources: [
		{ of: (body) => text(body, 'image'), judge: image('image') },
		{ of: (body) => text(body, 'sound_file'), judge: soundFile(2, 300), setsLength: true },
	],
	seconds: ({ body, world }) => secondsOf(body, world),
	price: ({ body }, seconds) => (body.mode === 'pro' ? 0.8 : 0.4) * seconds,
};

const faceOf = (body: Body): Body => rows(body.face_choose)[0] ?? {};

const session: Rule = ({ body, world }) => {
	const id = text(body, 'session_id');
	return id === undefined || !world.session(id) ? `Session not found: ${String(id)}` : undefined;
};

const wholeNumbers =
	(...keys: string[]): Rule =>
	({ body }) => {
		const wrong = keys.find((key) => !Number.isInteger(body[key]) || Number(body[key]) < 0);
		return wrong && `${wrong} is required, in milliseconds`;
	};

/** At least two seconds of sound, and as much of it while the face is there. */
const times: Rule = ({ body, world }) => {
	const face = faceOf(body);
	const found = world.session(text(body, 'session_id') ?? '')?.faces;
	const chosen = found?.find(({ face_id }) => face_id === face.face_id);
	if (!chosen) return `Face not found: ${String(face.face_id)}`;
	const length = Number(face.sound_end_time) - Number(face.sound_start_time);
	if (length < 2000) return 'The sound between sound_start_time and sound_end_time is under 2 s';
	const start = Number(face.sound_insert_time);
	const overlap = Math.min(start + length, chosen.end_time) - Math.max(start, chosen.start_time);
	return overlap < 2000 ? 'The sound and the face overlap by less than 2 s' : undefined;
};

export const lipSync: Kind = {
	path: '/v1/videos/advanced-lip-sync',
	makes: 'video',
	hasSound: () => true,
	rules: [
		session,
		list(
			'face_choose',
			1,
			1,
			required('face_id'),
			...audioRules(2, 60),
			wholeNumbers('sound_start_time', 'sound_end_time', 'sound_insert_time'),
			between('sound_volume', 0, 2),
			between('original_audio_volume', 0, 2),
		),
		times,
	],
	sources: [{ of: (body) => text(faceOf(body), 'sound_file'), judge: soundFile(2, 60) }],
	seconds: ({ body, world }) => world.session(text(body, 'session_id') ?? '')?.seconds ?? 5.1,
	price: (_order, seconds) => 0.5 * Math.ceil(seconds / 5),
};

const voiceOfCatalogue: Rule = ({ body }) => {
	const languages = catalogue[String(body.voice_id)];
	if (!languages) return 'Voice id not found';
	const language = text(body, 'voice_language') ?? 'zh';
	return languages.includes(language) ? undefined : `The voice does not speak ${language}`;
};

const SIGNS_PER_SECOND = 14;

/** What lies outside of 0.8 to 2 is adjusted, as the page says. */
function speedOf({ voice_speed = 1 }: Body): number {
	return Math.min(2, Math.max(0.8, Number(voice_speed) || 1));
}

export const speech: Kind = {
	path: '/v1/audio/tts',
	makes: 'audio',
	offeredBy: 'kkiai',
	isInstant: true,
	ids: 'none',
	hasSound: () => true,
	rules: [
		strings('text', 'voice_id'),
		required('text', 'voice_id'),
		({ body }) =>
			[...String(body.text)].length > 1000 ? 'text must be at most 1000 characters' : undefined,
		oneOf('voice_language', 'zh', 'en'),
		voiceOfCatalogue,
	],
	seconds: ({ body }) =>
		Math.max(0.5, [...String(body.text)].length / SIGNS_PER_SECOND / speedOf(body)),
	price: () => 0.05,
};
