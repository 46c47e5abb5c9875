import { ok, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { FETCH_AGAIN, fault, MEASURED_SECONDS, type Length } from './clip';
import { FrameSearch } from './frameSearch';
import { frameHeader, LONGEST_FRAME } from './frame';

export interface Mp3Frame {
	data: Uint8Array;
	/** Samples, and how many of them make a second. */
	samples: number;
	sampleRate: number;
	/** Place in the file behind the frame. */
	end: number;
	/** Where a length header stands, if the frame is one. */
	lengthAt: number;
}

/** Encoders such as lame begin with two frames of their own and fill up the last one or two. */
const PADDING_FRAMES = 4;

/** Frames of sound: whole ones only, and without the length header of the encoder. */
export async function* mp3Frames(bytes: ClipBytes): AsyncGenerator<Mp3Frame, void, undefined> {
	const search = new FrameSearch(bytes);
	let at = await search.next(0);
	let kind: number | undefined;
	while (at !== undefined) {
		const most = at + LONGEST_FRAME;
		const window = bytes.inMemory(at, most) ?? (await bytes.read(at, most));
		const header = frameHeader(window);
		if (!header || (kind !== undefined && header.kind !== kind)) {
			// Recordings that were joined may differ in everything.
			at = await search.next(at);
			kind = undefined;
			continue;
		}
		if (window.length < header.sizeBytes) return;
		kind = header.kind;
		const { sizeBytes, samples, sampleRate, lengthAt } = header;
		const data = window.subarray(0, sizeBytes);
		at += sizeBytes;
		if (!isLengthHeader(data, lengthAt)) yield { data, samples, sampleRate, end: at, lengthAt };
	}
}

/** Xing and LAME write after the side information, Fraunhofer at a fixed place. */
function isLengthHeader(data: Uint8Array, lengthAt: number): boolean {
	return (
		/^(Xing|Info)/.test(ascii(data.subarray(lengthAt, lengthAt + 4))) ||
		ascii(data.subarray(36, 40)) === 'VBRI'
	);
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** The length in a header is ignored: it stays the same when a file is cut. */
export async function mp3Seconds(bytes: ClipBytes): Promise<Reply<Length>> {
	let seconds = 0;
	let start: number | undefined;
	let paddingSeconds = 0;
	for await (const frame of mp3Frames(bytes)) {
		const frameSeconds = frame.samples / frame.sampleRate;
		seconds += frameSeconds;
		paddingSeconds = Math.max(paddingSeconds, PADDING_FRAMES * frameSeconds);
		start ??= frame.end - frame.data.length;
		if (seconds < MEASURED_SECONDS) continue;
		const size = bytes.knownSize;
		return size === undefined
			? ok({ seconds, isMinimum: true })
			: ok({ seconds: (seconds * (size - start)) / (frame.end - start) });
	}
	return seconds > 0
		? ok({ seconds, paddingSeconds })
		: fault('is a damaged mp3 file: it has no complete frame of sound', FETCH_AGAIN);
}

/** Whether there is sound of this format, as far as decoders look for it. */
export async function hasMp3Frames(bytes: ClipBytes): Promise<boolean> {
	return (await new FrameSearch(bytes).next(0)) !== undefined;
}
