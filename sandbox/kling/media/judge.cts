import {
	ADTS,
	BufferSource,
	FilePathSource,
	Input,
	type InputFormat,
	MP3,
	MP4,
	QTFF,
	type Source,
	WAVE,
} from 'mediabunny';
import { Unavailable, bytesOf, withCopy } from './fetchSource.cjs';
import { imageSize } from './imageHeader.cjs';

const MB = 1024 * 1024;

/** Encoders pad the ends: a clip cut to 30 s may measure a few hundredths more. */
const PADDING_SECONDS = 0.1;

/** What Kling finds when it looks at a file. */
export type Verdict = { refusal: string } | { refusal?: undefined; seconds?: number };
/** @param source an address or raw Base64 */
export type Judge = (source: string, signal: AbortSignal) => Promise<Verdict>;

/** A judge of files called `name`, to which a file that cannot be had is one more reason. */
const judgeOf =
	(name: string, look: Judge): Judge =>
	async (source, signal) => {
		try {
			return await look(source, signal);
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			return error instanceof Unavailable
				? { refusal: `Failed to download ${name}: ${why}` }
				: { refusal: `The file of ${name} is damaged: ${why}` };
		}
	};

/** Kling's words for a picture that is too small, as recorded. */
export const image = (name: string): Judge =>
	judgeOf(name, async (source, signal) => {
		const size = imageSize(await bytesOf(source, 10 * MB, signal));
		if (!size) return { refusal: 'Image format is invalid: must be jpg, jpeg or png' };
		const ratio = size.width / size.height;
		if (Math.min(size.width, size.height) < 300) return { refusal: 'Image pixel is invalid' };
		return ratio < 1 / 2.5 || ratio > 2.5 ? { refusal: 'Image aspect ratio is invalid' } : {};
	});

interface Length {
	least: number;
	most: number;
}

interface SoundLimits extends Length {
	formats: InputFormat[];
	formatNames: string;
	mostBytes: number;
}

const outside = (what: string, seconds: number, { least, most }: Length): Verdict => {
	if (seconds >= least && seconds <= most + PADDING_SECONDS) return { seconds };
	const how = seconds < least ? 'short' : 'long';
	const must = `must be between ${least} and ${most} s`;
	return { refusal: `The ${what} is too ${how}: ${seconds.toFixed(1)} s, ${must}` };
};

async function looking<T>(
	source: Source,
	formats: InputFormat[],
	look: (input: Input) => Promise<T>,
): Promise<T> {
	const input = new Input({ source, formats });
	try {
		return await look(input);
	} finally {
		input.dispose();
	}
}

async function judgeSound(
	bytes: Uint8Array,
	name: string,
	what: string,
	limits: SoundLimits,
): Promise<Verdict> {
	return await looking(new BufferSource(bytes), limits.formats, async (input) => {
		if (!(await input.canRead())) {
			return { refusal: `Unsupported file format: ${name} must be ${limits.formatNames}` };
		}
		const track = await input.getPrimaryAudioTrack();
		if (!track) return { refusal: `No sound found in the file of ${name}` };
		return outside(what, await track.computeDuration(), limits);
	});
}

const sound = (name: string, what: string, limits: SoundLimits): Judge =>
	judgeOf(name, async (source, signal) =>
		judgeSound(await bytesOf(source, limits.mostBytes, signal), name, what, limits),
	);

const VOICE_LIMITS: SoundLimits = {
	least: 5,
	most: 30,
	formats: [MP3, WAVE, MP4, QTFF],
	formatNames: 'mp3, wav, mp4 or mov',
	mostBytes: 100 * MB,
};

export const voiceClip: Judge = sound('voice_url', 'voice', VOICE_LIMITS);

/** Resolves to null when Kling would take the clip, else to the reason in words. */
export async function judgeBytes(bytes: Uint8Array): Promise<string | null> {
	const judge = judgeOf('voice_url', async () =>
		judgeSound(bytes, 'voice_url', 'voice', VOICE_LIMITS),
	);
	return (await judge('', new AbortController().signal)).refusal ?? null;
}

export const soundFile = (least: number, most: number): Judge =>
	sound('sound_file', 'audio', {
		least,
		most,
		formats: [MP3, WAVE, MP4, ADTS],
		formatNames: 'mp3, wav, m4a or aac',
		mostBytes: 5 * MB,
	});

interface VideoLimits extends Length {
	/** Of a side, in pixels. */
	sides?: [least: number, most: number];
	mostBytes?: number;
}

export const video = (name: string, limits: VideoLimits): Judge =>
	judgeOf(name, async (source, signal) =>
		withCopy(source, limits.mostBytes ?? 100 * MB, signal, async (path) =>
			looking(new FilePathSource(path), [MP4, QTFF], async (input) =>
				judgeVideo(input, name, limits),
			),
		),
	);

async function judgeVideo(input: Input, name: string, limits: VideoLimits): Promise<Verdict> {
	if (!(await input.canRead())) return { refusal: `${name} must be mp4 or mov` };
	const track = await input.getPrimaryVideoTrack();
	if (!track) return { refusal: `No picture found in the file of ${name}` };
	const [least, most] = limits.sides ?? [0, Infinity];
	const sides = [await track.getDisplayWidth(), await track.getDisplayHeight()];
	return sides.some((side) => side < least || side > most)
		? { refusal: `Video resolution is invalid: ${sides.join(' × ')}` }
		: outside('video', await track.computeDuration(), limits);
}
