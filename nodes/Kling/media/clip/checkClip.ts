import { failed, ok, refused, type Problem, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import {
	isTooLong,
	MAX_SECONDS,
	MIN_SECONDS,
	type Clip,
	type ClipFile,
	type ClipFormat,
	type Length,
} from './clip';
import { recognize } from './format';
import { mp3Seconds } from './mp3';
import { mp4Seconds } from './mp4/mp4';
import { reading } from './reading';
import { wavSeconds } from './wav';

/** Nothing makes a clip shorter than it was cut, but mp4 and mov count in units of up to a millisecond. */
const ROUNDING_SECONDS = 0.001;

/** Of a length beyond this it only matters that it is one, and it may come from a damaged file. */
const LONGEST_IN_WORDS = 24 * 3600;

const FORMATS: Record<
	ClipFormat,
	{
		mimeType: Clip['mimeType'];
		canTrim: boolean;
		secondsOf: (bytes: ClipBytes) => Promise<Reply<Length>>;
	}
> = {
	mp3: { mimeType: 'audio/mpeg', canTrim: true, secondsOf: mp3Seconds },
	wav: { mimeType: 'audio/wav', canTrim: true, secondsOf: wavSeconds },
	mp4: { mimeType: 'video/mp4', canTrim: false, secondsOf: mp4Seconds },
	mov: { mimeType: 'video/quicktime', canTrim: false, secondsOf: mp4Seconds },
};

/**
 * Refuses what Kling refuses, by what is in the file, before a task is paid for.
 * @param allowLonger for a clip that will be trimmed
 * @throws what `file.open` and its stream throw
 */
export async function checkClip(
	file: ClipFile,
	{ allowLonger = false }: { allowLonger?: boolean } = {},
): Promise<Reply<Clip>> {
	return await reading(file, async (bytes) => {
		const format = await recognize(bytes);
		if (!format.ok) return format;
		const { mimeType, canTrim, secondsOf } = FORMATS[format.value];
		const length = await secondsOf(bytes);
		if (!length.ok) return length;
		const problem = lengthFault(length.value, canTrim, allowLonger);
		if (problem) return failed(problem);
		return ok({ format: format.value, mimeType, seconds: length.value.seconds });
	});
}

function lengthFault(length: Length, canTrim: boolean, allowLonger: boolean): Problem | undefined {
	const { seconds, paddingSeconds } = length;
	const what = `is ${lengthInWords(length)} long; Kling needs ${MIN_SECONDS} to ${MAX_SECONDS} s`;
	if (seconds < MIN_SECONDS - ROUNDING_SECONDS) {
		return refused(what, 'Choose a longer piece in which one person speaks.');
	}
	if (allowLonger || !isTooLong(seconds, paddingSeconds)) return undefined;
	return refused(
		what,
		canTrim
			? 'Cut it beforehand, or choose File in Voice Source and turn on the option "Trim Clip", which sends its first 30 s. A clip behind a URL becomes a file with an HTTP Request node.'
			: 'Cut the video to 30 s beforehand; the option "Trim Clip" can cut only mp3 and wav files.',
	);
}

/** One decimal, and more where it takes them to see what is wrong: 4.99 s must not read as 5 s. */
function lengthInWords({ seconds, isMinimum, paddingSeconds }: Length): string {
	if (isMinimum) return `more than ${Math.floor(seconds)} s`;
	if (seconds > LONGEST_IN_WORDS) return 'more than a day';
	if (seconds >= 120) return `about ${Math.round(seconds / 60)} min`;
	const digits = [1, 2, 3].find((count) => {
		const shown = Number(seconds.toFixed(count));
		return shown < MIN_SECONDS || isTooLong(shown, paddingSeconds);
	});
	return `${Number(seconds.toFixed(digits ?? 4))} s`;
}
