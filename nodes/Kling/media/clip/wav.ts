import { ok, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { FETCH_AGAIN, fault, MEASURED_SECONDS, type Length } from './clip';
import { behindTags } from './tags';

export interface WavSound {
	/** The content of the fmt chunk as it stands in the file. */
	format: Buffer;
	/** One of `CODECS`, also where an extended format wraps it. */
	codec: number;
	isPlainPcm: boolean;
	channels: number;
	sampleRate: number;
	/** Of one sample of every channel. */
	blockBytes: number;
	/** Where the sound begins in the file, and how long it is. */
	start: number;
	bytes: number;
	/** Whether there is more, and it would take too long to see how much. */
	isMinimum: boolean;
}

const CHUNK_HEADER = 8;
const MAX_CHUNKS = 1000;
const MAX_FORMAT = 1024;
/** Programs that count a header too many or too few, or that lose their last block, are off by no more. */
const TOLERATED_BYTES = 100;
/** A program that announces so much more than there is did not know the length, and wrote some large number. */
const UNBELIEVED_SECONDS = 600;
/** ffmpeg writes the first or the last, sox the middle one, when a pipe does not let them write the size later. */
const isStreamed = (size: number): boolean => size === 0 || size >= 0x7fff_f000;

export const PCM = 1;
export const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** PCM, float, A-law and µ-law: every length is exact, and every reader has them. */
const CODECS = new Set([PCM, FLOAT, 6, 7]);
/** From telephones that save to laboratories. */
const SAMPLE_RATES = { least: 500, most: 768_000 };

const damaged = (how: string) => fault(`is a damaged wav file: ${how}`, FETCH_AGAIN);

export async function wavSound(bytes: ClipBytes): Promise<Reply<WavSound>> {
	let format: Buffer | undefined;
	let longSize: number | undefined;
	let at = (await behindTags(bytes, 0)) + 12;
	for (let count = 0; count < MAX_CHUNKS; count++) {
		const header = await read(bytes, at, CHUNK_HEADER);
		if (header.length < CHUNK_HEADER) return damaged('it ends before its sound begins');
		const id = header.toString('latin1', 0, 4);
		const size = header.readUInt32LE(4);
		at += CHUNK_HEADER;
		if (id === 'data') {
			const announced = size === 0xffff_ffff ? (longSize ?? size) : size;
			return await soundAt(bytes, at, announced, format);
		}
		if (id === 'fmt ') format = await read(bytes, at, Math.min(size, MAX_FORMAT));
		if (id === 'ds64') longSize = longSizeIn(await read(bytes, at, Math.min(size, 16)));
		if (!/^[ -~]{4}$/.test(id)) return damaged('it has something else where a chunk should begin');
		at += size + (size % 2);
	}
	return damaged('there is no sound among its first chunks');
}

async function read(bytes: ClipBytes, at: number, size: number): Promise<Buffer> {
	const { buffer, byteOffset, byteLength } = await bytes.read(at, at + size);
	return Buffer.from(buffer, byteOffset, byteLength);
}

/** RF64 and BW64 have room here for the sizes of files beyond 4 GB. */
const longSizeIn = (content: Buffer): number | undefined =>
	content.length < 16 ? undefined : Number(content.readBigUInt64LE(8));

async function soundAt(
	bytes: ClipBytes,
	start: number,
	announced: number,
	format: Buffer | undefined,
): Promise<Reply<WavSound>> {
	if (!format || format.length < 16) return damaged('it does not say how its sound is stored');
	const sampleRate = format.readUInt32LE(4);
	const blockBytes = format.readUInt16LE(12);
	const tag = format.readUInt16LE(0);
	const codec = tag === EXTENSIBLE && format.length >= 26 ? format.readUInt16LE(24) : tag;
	if (!CODECS.has(codec)) {
		return fault(
			`is a wav file with compressed sound (codec ${codec})`,
			'Convert it to mp3 or to a plain wav (PCM).',
		);
	}
	if (blockBytes === 0) return damaged('its block size is 0');
	if (sampleRate < SAMPLE_RATES.least || sampleRate > SAMPLE_RATES.most) {
		return damaged(`its sample rate is ${sampleRate} Hz`);
	}
	const size = await sizeOfSound(bytes, start, announced, sampleRate * blockBytes);
	if (!size.ok) return size;
	return ok({
		format,
		codec,
		isPlainPcm: tag === PCM,
		channels: format.readUInt16LE(2),
		sampleRate,
		blockBytes,
		start,
		bytes: size.value.bytes - (size.value.bytes % blockBytes),
		isMinimum: size.value.isMinimum,
	});
}

async function sizeOfSound(
	bytes: ClipBytes,
	start: number,
	announced: number,
	bytesPerSecond: number,
): Promise<Reply<{ bytes: number; isMinimum: boolean }>> {
	const wanted = isStreamed(announced) ? Infinity : announced;
	const enough = start + Math.min(wanted, MEASURED_SECONDS * bytesPerSecond);
	// A stream that nobody knows the end of is not read to its end.
	if (bytes.knownSize === undefined) await bytes.read(enough, enough + 1);
	const { knownSize = Infinity } = bytes;
	if (knownSize >= start + wanted) {
		const isKnown = knownSize !== Infinity || enough === start + wanted;
		return ok({ bytes: (isKnown ? start + wanted : enough) - start, isMinimum: !isKnown });
	}
	const there = Math.max(0, knownSize - start);
	const missing = wanted - there;
	if (missing > TOLERATED_BYTES && missing <= UNBELIEVED_SECONDS * bytesPerSecond) {
		const [has, says] = inWords(there / bytesPerSecond, wanted / bytesPerSecond);
		return fault(`is cut off: it should have ${says} s of sound and has ${has} s`, FETCH_AGAIN);
	}
	return ok({ bytes: there, isMinimum: false });
}

/** With as many decimals as it takes to tell them apart. */
function inWords(...seconds: [number, number]): string[] {
	const shown = (digits: number) => seconds.map((value) => value.toFixed(digits));
	return shown([1, 2, 3, 4, 5].find((digits) => new Set(shown(digits)).size === 2) ?? 6);
}

export async function wavSeconds(bytes: ClipBytes): Promise<Reply<Length>> {
	const sound = await wavSound(bytes);
	if (!sound.ok) return sound;
	const { bytes: size, blockBytes, sampleRate, isMinimum } = sound.value;
	return ok({ seconds: size / (blockBytes * sampleRate), isMinimum });
}
