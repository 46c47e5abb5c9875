import { ok, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { fault, MAX_SECONDS } from './clip';
import { mixOf, type Mix } from './mix';
import { PCM, wavSound, type WavSound } from './wav';

/** Kling makes one voice of it, and a file of many channels would be far larger than the voice needs. */
const MOST_CHANNELS = 2;
/** Half a minute of stereo at 384 kHz and 32 bits. */
const MOST_BYTES = 100_000_000;
const PIECE = 256 * 1024;

/** The first 30 s, as they are or mixed down to one channel. Nothing else is held. */
export async function trimmedWav(bytes: ClipBytes): Promise<Reply<Buffer>> {
	const reply = await wavSound(bytes);
	if (!reply.ok) return reply;
	const sound = reply.value;
	const mix = sound.channels > MOST_CHANNELS ? mixOf(sound) : undefined;
	if (sound.channels > MOST_CHANNELS && !mix) {
		return fault(
			`is a wav file of ${sound.channels} channels that cannot be mixed down here`,
			'Convert it to mono or stereo beforehand.',
		);
	}
	const blockBytes = mix?.sampleBytes ?? sound.blockBytes;
	const blocks = Math.min(sound.bytes / sound.blockBytes, MAX_SECONDS * sound.sampleRate);
	if (blocks * blockBytes > MOST_BYTES) {
		return fault(
			`has a sample rate of ${Math.round(sound.sampleRate / 1000)} kHz with ${blockBytes} bytes per sample, too much for Trim Clip`,
			'Convert it to a wav of 48 kHz or to mp3 beforehand.',
		);
	}
	const { file, at } = emptyFile(sound, mix, blocks);
	await fill(bytes, sound, mix, file.subarray(at, at + blocks * blockBytes));
	return ok(file);
}

async function fill(
	bytes: ClipBytes,
	{ start, blockBytes }: WavSound,
	mix: Mix | undefined,
	content: Buffer,
): Promise<void> {
	const keptBytes = mix?.sampleBytes ?? blockBytes;
	const blocks = content.length / keptBytes;
	const perPiece = Math.ceil(PIECE / blockBytes);
	for (let block = 0; block < blocks; block += perPiece) {
		const end = Math.min(blocks, block + perPiece);
		const piece = await bytes.read(start + block * blockBytes, start + end * blockBytes);
		const { buffer, byteOffset, length } = piece;
		if (mix) mix.write(Buffer.from(buffer, byteOffset, length), content, block * keptBytes);
		else content.set(piece, block * keptBytes);
	}
}

/** A file with its header, and room for its sound. */
function emptyFile(
	sound: WavSound,
	mix: Mix | undefined,
	blocks: number,
): { file: Buffer; at: number } {
	const format = mix ? monoFormat(sound, mix) : sound.format;
	const size = blocks * (mix?.sampleBytes ?? sound.blockBytes);
	const isPlain = mix ? mix.codec === PCM : sound.isPlainPcm;
	const count = Buffer.alloc(4);
	count.writeUInt32LE(blocks);
	const head = Buffer.concat([
		Buffer.from('RIFF....WAVE'),
		chunk('fmt ', format),
		// All but plain PCM have to say how many samples there are.
		...(isPlain ? [] : [chunk('fact', count)]),
		chunkHeader('data', size),
	]);
	const file = Buffer.alloc(head.length + size + (size % 2));
	file.set(head);
	file.writeUInt32LE(file.length - 8, 4);
	return { file, at: head.length };
}

function monoFormat({ sampleRate }: WavSound, { codec, sampleBytes }: Mix): Buffer {
	const format = Buffer.alloc(16);
	format.writeUInt16LE(codec, 0);
	format.writeUInt16LE(1, 2);
	format.writeUInt32LE(sampleRate, 4);
	format.writeUInt32LE(sampleRate * sampleBytes, 8);
	format.writeUInt16LE(sampleBytes, 12);
	format.writeUInt16LE(sampleBytes * 8, 14);
	return format;
}

function chunkHeader(id: string, size: number): Buffer {
	const header = Buffer.alloc(8, id, 'latin1');
	header.writeUInt32LE(size, 4);
	return header;
}

const chunk = (id: string, content: Uint8Array): Buffer =>
	Buffer.concat([chunkHeader(id, content.length), content, Buffer.alloc(content.length % 2)]);
