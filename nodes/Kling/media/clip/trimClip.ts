import { ok, type Reply } from '../../api/reply';
import { ClipBytes } from './bytes';
import { MAX_SECONDS, fault, ofClip, type Clip, type ClipFile } from './clip';
import { mp3Frames, type Mp3Frame } from './mp3';
import { wavSound } from './wav';

/**
 * The first 30 s of a longer clip, never more, with the bytes of its sound as they are.
 * @param clip what `checkClip` found
 * @throws what `file.open` and its stream throw
 */
export async function trimClip(file: ClipFile, { format }: Clip): Promise<Reply<Buffer>> {
	const bytes = new ClipBytes(file);
	try {
		const trimmed = await TRIMMERS[format](bytes);
		return trimmed.ok ? ok(trimmed.value) : ofClip(file, trimmed.problem);
	} finally {
		await bytes.close();
	}
}

const TRIMMERS: Record<Clip['format'], (bytes: ClipBytes) => Promise<Reply<Buffer>>> = {
	mp3: firstFrames,
	wav: firstBlocks,
	mp4: notVideo,
	mov: notVideo,
};

async function notVideo(): Promise<Reply<Buffer>> {
	return fault(
		'is a video, which cannot be trimmed without re-encoding',
		'Cut it to 30 s beforehand, or pass its sound as mp3 or wav.',
	);
}

/** Tags and the length header of the encoder stay behind: both tell of the whole clip. */
async function firstFrames(bytes: ClipBytes): Promise<Reply<Buffer>> {
	const frames: Mp3Frame[] = [];
	for await (const frame of mp3Frames(bytes)) {
		// Counted in whole frames, as a sum of fractions would drift.
		if ((frames.length + 1) * frame.seconds > MAX_SECONDS) break;
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

async function firstBlocks(bytes: ClipBytes): Promise<Reply<Buffer>> {
	const sound = await wavSound(bytes);
	if (!sound.ok) return sound;
	const { format, isPcm, bytesPerSecond, blockBytes, start, bytes: whole } = sound.value;
	const size = Math.min(whole, MAX_SECONDS * bytesPerSecond);
	const data = await bytes.read(start, start + size);
	const blocks = Buffer.alloc(4);
	blocks.writeUInt32LE(size / blockBytes);
	const chunks = [
		chunk('fmt ', format),
		// All but plain PCM have to say how many samples there are.
		...(isPcm ? [] : [chunk('fact', blocks)]),
		chunk('data', data),
	];
	return ok(chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks])));
}

function chunk(id: string, content: Uint8Array): Buffer {
	const header = Buffer.alloc(8, id, 'latin1');
	header.writeUInt32LE(content.length, 4);
	return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}
