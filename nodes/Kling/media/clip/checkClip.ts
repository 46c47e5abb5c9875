import { failed, ok, refused, type Problem, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import {
	opusFile,
	fault,
	isConvertible,
	isTooLong,
	MAX_SECONDS,
	MIN_SECONDS,
	type Clip,
	type ClipFile,
	type ClipFormat,
	type ConvertibleFormat,
	type Length,
} from './clip';
import { recognize } from './format';
import { mp3Seconds } from './mp3';
import { mp4Seconds } from './mp4/mp4';
import { matroskaParts } from './opus/matroska';
import { oggParts } from './opus/ogg';
import { opusSeconds } from './opus/sound';
import { reading } from './reading';
import { wavSeconds } from './wav';

/** Nothing makes a clip shorter than it was cut, but mp4 and mov count in units of up to a millisecond. */
const ROUNDING_SECONDS = 0.001;

/** Beyond this the exact length does not matter, and it may come from a damaged file. */
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
	ogg: {
		mimeType: 'audio/ogg',
		canTrim: true,
		secondsOf: async (bytes) => await opusSeconds(oggParts(bytes)),
	},
	webm: { mimeType: 'audio/webm', canTrim: true, secondsOf: opusInMatroska },
	mkv: { mimeType: 'audio/x-matroska', canTrim: true, secondsOf: opusInMatroska },
};

async function opusInMatroska(bytes: ClipBytes): Promise<Reply<Length>> {
	return await opusSeconds(matroskaParts(bytes));
}

/**
 * Refuses what Kling refuses, by what is in the file, before a task is paid for.
 * @param allowLonger for a clip that will be trimmed
 * @param converts for a clip that will be converted where it is none that Kling takes
 * @throws what `file.open` and its stream throw
 */
export async function checkClip(
	file: ClipFile,
	{ allowLonger = false, converts = false }: { allowLonger?: boolean; converts?: boolean } = {},
): Promise<Reply<Clip>> {
	return await reading(file, async (bytes) => {
		const measured = await measure(bytes);
		if (!measured.ok) return measured;
		const { format, mimeType, length } = measured.value;
		if (isConvertible(format) && !converts) return notConverted(format, file);
		const problem = lengthFault(length, FORMATS[format].canTrim, allowLonger);
		if (problem) return failed(problem);
		return ok({ format, mimeType, seconds: length.seconds });
	});
}

/** Format and length of a clip, whether Kling takes it or not. */
export async function measure(
	bytes: ClipBytes,
): Promise<Reply<Omit<Clip, 'seconds'> & { length: Length }>> {
	const format = await recognize(bytes);
	if (!format.ok) return format;
	const { mimeType, secondsOf } = FORMATS[format.value];
	const length = await secondsOf(bytes);
	return length.ok ? ok({ format: format.value, mimeType, length: length.value }) : length;
}

const notConverted = (format: ConvertibleFormat, { isFromWeb }: ClipFile) =>
	fault(
		`is ${opusFile(format)}; Kling takes mp3, wav, mp4 and mov`,
		isFromWeb
			? 'Fetch it with an HTTP Request node and choose File in Voice Source; the node then converts it to wav.'
			: 'Turn on the option "Convert Clip", or convert it to mp3 or wav.',
	);

function lengthFault(length: Length, canTrim: boolean, allowLonger: boolean): Problem | undefined {
	const { seconds, paddingSeconds } = length;
	const what = `is ${lengthInWords(length)} long; Kling needs ${MIN_SECONDS} to ${MAX_SECONDS} s`;
	if (seconds < MIN_SECONDS - ROUNDING_SECONDS) {
		return refused(what, 'Choose a longer recording of one person speaking.');
	}
	if (allowLonger || !isTooLong(seconds, paddingSeconds)) return undefined;
	return refused(
		what,
		canTrim
			? 'Cut it beforehand, or choose File in Voice Source and turn on the option "Trim Clip", which sends its first 30 s. To turn a URL into a file, use an HTTP Request node.'
			: 'Cut the video to 30 s beforehand; the option "Trim Clip" can cut only sound files.',
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
