import { ok, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { MAX_SECONDS, fault, type ClipFile, type TakenFormat } from './clip';
import { mp3Frames, type Mp3Frame } from './mp3';
import { reading } from './reading';
import { trimmedWav } from './trimWav';

/**
 * The first 30 s of a longer clip, never more, with the bytes of its sound as they are, but for a wav of more than two channels.
 * @param format what `checkClip` found
 * @throws what `file.open` and its stream throw
 */
export async function trimClip(file: ClipFile, format: TakenFormat): Promise<Reply<Buffer>> {
	return await reading(file, TRIMMERS[format]);
}

const TRIMMERS: Record<TakenFormat, (bytes: ClipBytes) => Promise<Reply<Buffer>>> = {
	mp3: firstFrames,
	wav: trimmedWav,
	mp4: notVideo,
	mov: notVideo,
};

/** A sum of fractions is not exact. */
const DRIFT_SECONDS = 1e-9;

async function notVideo(): Promise<Reply<Buffer>> {
	return fault(
		'is a video, which cannot be trimmed without re-encoding',
		'Cut it to 30 s beforehand, or pass its sound as mp3 or wav.',
	);
}

/** Tags and the length header of the encoder stay behind: both tell of the whole clip. */
async function firstFrames(bytes: ClipBytes): Promise<Reply<Buffer>> {
	const frames: Mp3Frame[] = [];
	let seconds = 0;
	for await (const frame of mp3Frames(bytes)) {
		seconds += frame.samples / frame.sampleRate;
		if (seconds > MAX_SECONDS + DRIFT_SECONDS) break;
		frames.push(frame);
	}
	const sound = Buffer.concat(frames.map(({ data }) => data));
	return ok(Buffer.concat([...lengthHeader(frames, sound.length), sound]));
}

/**
 * A new length header where the bit rate varies: without one, readers such as ffprobe estimate the length from the
 * first frames, and after a quiet beginning they think that a clip is far longer than it is.
 */
function lengthHeader(frames: Mp3Frame[], soundBytes: number): Buffer[] {
	const rates = new Set(frames.map(({ data: [, , rate = 0] }) => rate >> 4));
	if (rates.size < 2) return [];
	// Only the longest one is sure to have room for it.
	const { data, lengthAt } = frames.reduce((a, b) => (a.data.length < b.data.length ? b : a));
	const header = Buffer.alloc(data.length);
	header.set(data.subarray(0, 4));
	// Says that there is no checksum.
	header[1] = (data[1] ?? 0) | 1;
	const hasFramesAndBytes = 3;
	header.write('Xing', lengthAt);
	header.writeUInt32BE(hasFramesAndBytes, lengthAt + 4);
	header.writeUInt32BE(frames.length, lengthAt + 8);
	header.writeUInt32BE(header.length + soundBytes, lengthAt + 12);
	return [header];
}
