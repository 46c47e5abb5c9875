import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { failed, ok, refused, type Problem, type Reply } from '../../api/reply';
import { isSet } from '../../operation/checks';
import { optionsOf, parameter, type Item } from '../../operation/item';
import type { Face } from '../../tasks/faces';

/** Kling's page on lip-sync. */
const LEAST_MS = 2_000;
const MOST_VOLUME = 2;

/** Which part of the sound is spoken, and from when on; what is not set follows sound and face. */
export interface Times {
	startMs?: number;
	endMs?: number;
	insertMs?: number;
	volumes: { sound_volume: number; original_audio_volume: number };
}

/** Of the sound and the video, in milliseconds, as far as they are known. */
export interface Lengths {
	soundMs?: number;
	videoMs?: number;
}

export function readTimes(item: Item): Reply<Times> {
	const options = optionsOf(item);
	const read = (name: string, label: string, most: number): Reply<number | undefined> => {
		const given = options[name];
		if (!isSet(given)) return ok(undefined);
		const value = Number(given);
		const range = most === Infinity ? 'of 0 or more' : `from 0 to ${String(most)}`;
		return value >= 0 && value <= most
			? ok(value)
			: failed(
					refused(`${label} is not a number ${range}`, `Enter a number ${range} in ${label}.`),
				);
	};
	const start = read('soundStart', 'Audio Start', Infinity);
	const end = read('soundEnd', 'Audio End', Infinity);
	const insert = read('insertAt', 'Insert At', Infinity);
	const volume = read('soundVolume', 'Audio Volume', MOST_VOLUME);
	const original = read('originalVolume', 'Original Volume', MOST_VOLUME);
	for (const reply of [start, end, insert, volume, original]) if (!reply.ok) return reply;
	const valueOf = (reply: Reply<number | undefined>) => (reply.ok ? reply.value : undefined);
	return ok({
		startMs: valueOf(start),
		endMs: valueOf(end),
		insertMs: valueOf(insert),
		volumes: {
			sound_volume: valueOf(volume) ?? 1,
			original_audio_volume: valueOf(original) ?? 1,
		},
	});
}

/** What the speech's own item says, or the user, in milliseconds. */
export function speechMs(item: Item): number | undefined {
	if (parameter(item, 'audioSource', 'binary') !== 'speech') return undefined;
	const seconds = Number(parameter(item, 'audioDuration', NaN) ?? NaN);
	return seconds > 0 ? Math.floor(seconds * 1000) : undefined;
}

/** The times as the body has them: by default the whole sound, from when the face can be seen. */
export function timesOf(
	times: Times,
	face: Face,
	{ soundMs, videoMs }: Lengths,
): Reply<IDataObject> {
	const startMs = times.startMs ?? 0;
	const insertMs = times.insertMs ?? face.startMs;
	// What is longer than the video would be refused.
	const wholeMs =
		soundMs === undefined || videoMs === undefined
			? soundMs
			: Math.min(soundMs, startMs + videoMs - insertMs);
	const endMs = times.endMs ?? wholeMs;
	if (endMs === undefined) return failed(NO_LENGTH);
	const spokenMs = endMs - startMs;
	const problem = faultOf(spokenMs, insertMs, face);
	if (problem) return failed(problem);
	return ok({
		sound_start_time: Math.round(startMs),
		sound_end_time: Math.round(endMs),
		sound_insert_time: Math.round(insertMs),
		...times.volumes,
	});
}

function faultOf(spokenMs: number, insertMs: number, face: Face): Problem | undefined {
	if (spokenMs < LEAST_MS) {
		const what = `Only ${String(Math.max(0, spokenMs) / 1000)} s of the sound would be spoken; Kling needs 2 s`;
		return { ...refused(what, 'Change Audio Start, Audio End or Insert At.'), cause: 'invalid' };
	}
	const overlapMs = Math.min(face.endMs, insertMs + spokenMs) - Math.max(face.startMs, insertMs);
	if (overlapMs >= LEAST_MS) return undefined;
	const seen = `${String(face.startMs / 1000)} to ${String(face.endMs / 1000)} s`;
	return {
		...refused(
			`The face is visible from ${seen}, for less than 2 s of the speech`,
			'Change Insert At, or choose another face.',
		),
		cause: 'invalid',
	};
}

export const NO_LENGTH = refused(
	'The length of the speech is not known',
	'Enter the duration from the output of Speech: Create in Audio Duration, or add the option Audio End.',
);

export const audioDurationField: INodeProperties = {
	displayName: 'Audio Duration',
	name: 'audioDuration',
	type: 'string',
	default: '={{ $json.duration }}',
	placeholder: 'e.g. 4.2',
	hint: 'In seconds',
	description: 'Length of the speech, from the output of Speech: Create',
	displayOptions: { show: { audioSource: ['speech'] } },
};

const time = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0 },
	hint: 'In milliseconds',
	description,
});

const volume = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'number',
	default: 1,
	typeOptions: { minValue: 0, maxValue: MOST_VOLUME, numberPrecision: 1 },
	description,
});

export const timeOptions: INodeProperties[] = [
	time(
		'Insert At',
		'insertAt',
		'When in the video the speech begins. By default, when the face appears.',
	),
	volume('Original Volume', 'originalVolume', "How loud the video's own sound stays, from 0 to 2"),
	time('Audio End', 'soundEnd', 'Where in the audio to stop. By default, at its end.'),
	time('Audio Start', 'soundStart', 'Where in the audio to begin'),
	volume('Audio Volume', 'soundVolume', 'How loud the speech is, from 0 to 2'),
];
