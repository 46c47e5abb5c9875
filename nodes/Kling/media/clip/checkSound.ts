import { failed, ok, refused, type Reply } from '../../api/reply';
import { aacSeconds, isAac } from './aac';
import type { ClipBytes } from './bytes';
import { measure } from './checkClip';
import { fault, isConvertible, opusFile, type ClipFile, type ConvertibleFormat } from './clip';
import { reading } from './reading';

const MB = 1024 * 1024;
/** Kling's pages on avatars and lip-sync. */
export const MOST_SOUND_BYTES = 5 * MB;
/** A cut may be a few frames longer than it was asked for. */
const ROUNDING_SECONDS = 0.1;

/** Sound that Kling takes as it is, or that becomes a wav here. */
export type SoundFormat = 'aac' | 'm4a' | 'mp3' | 'wav' | ConvertibleFormat;

export interface Sound {
	format: SoundFormat;
	mimeType: string;
	seconds: number;
}

export interface SoundRules {
	leastSeconds: number;
	mostSeconds: number;
}

/**
 * Refuses sound that Kling refuses beside a picture or video, by what is in the file.
 * @throws what `file.open` and its stream throw
 */
export async function checkSound(file: ClipFile, rules: SoundRules): Promise<Reply<Sound>> {
	return await reading(file, async (bytes) => {
		const sound = await soundIn(bytes, file);
		if (!sound.ok) return sound;
		const { format, seconds } = sound.value;
		const { leastSeconds, mostSeconds } = rules;
		const isFitting =
			seconds >= leastSeconds - ROUNDING_SECONDS && seconds <= mostSeconds + ROUNDING_SECONDS;
		if (!isFitting) {
			return failed(
				refused(
					`is ${String(Number(seconds.toFixed(1)))} s long; Kling needs ${String(leastSeconds)} to ${String(mostSeconds)} s here`,
					'Choose another recording, or cut it beforehand.',
				),
			);
		}
		const size = file.sizeBytes ?? 0;
		if (size <= MOST_SOUND_BYTES || isConvertible(format)) return sound;
		const shown = (size / MB).toFixed(1);
		return fault(
			`is ${shown} MB; Kling takes sound files of up to 5 MB here`,
			'Convert it to mp3 beforehand.',
		);
	});
}

async function soundIn(bytes: ClipBytes, file: ClipFile): Promise<Reply<Sound>> {
	const head = await bytes.read(0, 12);
	if (isAac(head)) {
		const length = await aacSeconds(bytes);
		return length.ok
			? ok({ format: 'aac', mimeType: 'audio/aac', seconds: length.value.seconds })
			: length;
	}
	const measured = await measure(bytes);
	if (!measured.ok) return measured;
	const { format, mimeType, length } = measured.value;
	const { seconds } = length;
	if (format === 'mp4' || format === 'mov') {
		const brand = Buffer.from(head).toString('latin1', 4, 11);
		const isSound = /^ftypM4[AB]/.test(brand) || /\.m4[ab]$/i.test(file.name ?? '');
		return isSound
			? ok({ format: 'm4a', mimeType: 'audio/mp4', seconds })
			: fault('is a video; Kling takes mp3, wav, m4a and aac here', 'Convert its sound to mp3.');
	}
	if (!isConvertible(format)) return ok({ format, mimeType, seconds });
	return file.isFromWeb
		? fault(
				`is ${opusFile(format)}; Kling takes mp3, wav, m4a and aac here`,
				'Fetch it with an HTTP Request node and choose File in Audio Source; the node then converts it to wav.',
			)
		: ok({ format, mimeType, seconds });
}
