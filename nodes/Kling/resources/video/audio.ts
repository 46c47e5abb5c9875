import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { ok, refused, type Reply } from '../../api/reply';
import type { SoundRules } from '../../media/clip/checkSound';
import { CONVERTIBLE, isConvertible } from '../../media/clip/clip';
import { nameWithEnding } from '../../media/fileName';
import type { OpenFile } from '../../media/openFile';
import type { Check } from '../../operation/checks';
import type { FileInput, Looked } from '../../operation/givenFiles';
import { parameter, type Item } from '../../operation/item';
import { readId } from '../../operation/read';

const MB = 1024 * 1024;

/**
 * The sound that a face speaks.
 * @param onLength told the length of a file in seconds, once it was read
 */
export const audioInput = (
	rules: SoundRules,
	onLength: (seconds: number) => void = () => undefined,
): FileInput => ({
	name: 'audio',
	label: 'Audio Field',
	key: 'sound_file',
	mostBytes: 5 * MB,
	takesBase64: true,
	looksAtUrls: () => true,
	read: (item) => {
		const source = parameter(item, 'audioSource', 'binary');
		if (source === 'url') return { url: parameter(item, 'audioUrl', '') };
		return source === 'speech'
			? undefined
			: { file: parameter(item, 'audioPropertyName', 'audio') };
	},
	look: async (file) => await lookInto(file, rules, onLength),
});

async function lookInto(
	file: OpenFile,
	rules: SoundRules,
	onLength: (seconds: number) => void,
): Promise<Reply<Looked>> {
	const { checkSound, convertClip, MOST_SOUND_BYTES } = await import('../../media/clip/clipTools');
	const sound = await checkSound(file, rules);
	if (!sound.ok) return sound;
	const { format, mimeType, seconds } = sound.value;
	onLength(seconds);
	if (!isConvertible(format)) {
		return ok({ fileName: nameWithEnding(file.name, format, 'audio'), mimeType });
	}
	// Of this length and no longer, as the sample rate is what fits into 5 MB.
	const wanted = { longestSeconds: Math.ceil(seconds), mostBytes: MOST_SOUND_BYTES };
	const converted = await convertClip(file, format, wanted);
	if (!converted.ok) return converted;
	return ok({
		content: converted.value.wav,
		fileName: nameWithEnding(file.name, 'wav', 'audio'),
		mimeType: 'audio/wav',
		hint: `The recording was converted from ${CONVERTIBLE[format]} to wav.`,
	});
}

/** The ID of a speech, where that is the sound. */
export function readSpeech(item: Item): Reply<IDataObject> {
	if (parameter(item, 'audioSource', 'binary') !== 'speech') return ok({});
	const id = readId(parameter(item, 'audioId', ''), 'Audio ID');
	return id.ok ? ok({ audio_id: id.value }) : id;
}

export const checkOneAudio: Check = ({ audio_id: id, sound_file: file }) =>
	id === undefined || file === undefined
		? undefined
		: refused(
				'There are two sounds for one video: audio_id and sound_file',
				'Keep one of them; the other may be in Additional Fields (JSON).',
			);

const audioSource: INodeProperties = {
	displayName: 'Audio Source',
	name: 'audioSource',
	type: 'options',
	default: 'binary',
	description: 'Where the sound comes from',
	options: [
		{
			name: 'File',
			value: 'binary',
			description:
				'A file of the item. If n8n has no public address, the file is sent in the request.',
		},
		{ name: 'Speech', value: 'speech', description: 'A speech that Speech: Create has made' },
		{ name: 'URL', value: 'url', description: 'The public address of a sound file' },
	],
};

/** @param lengths as the panel says it, e.g. `2 to 300 seconds` */
export const audioFields = (lengths: string): INodeProperties[] => [
	audioSource,
	{
		displayName: 'Audio Field',
		name: 'audioPropertyName',
		type: 'string',
		default: 'audio',
		required: true,
		placeholder: 'e.g. audio',
		hint: 'The name of the input binary field containing the sound',
		description: `An .mp3, .wav, .m4a or .aac of ${lengths} and up to 5 MB, or a voice message (.ogg, .webm)`,
		displayOptions: { show: { audioSource: ['binary'] } },
	},
	{
		displayName: 'Audio ID',
		name: 'audioId',
		type: 'string',
		default: '={{ $json.audio_id }}',
		required: true,
		placeholder: 'e.g. 850087542757541250',
		description: 'The audio_id from the output of Speech: Create, at most 30 days old',
		displayOptions: { show: { audioSource: ['speech'] } },
	},
	{
		displayName: 'Audio URL',
		name: 'audioUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://files.example.com/speech.mp3',
		description: `Public address of an .mp3, .wav, .m4a or .aac of ${lengths} and up to 5 MB`,
		displayOptions: { show: { audioSource: ['url'] } },
	},
];
