import { ok, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { FETCH_AGAIN, fault, type Length } from './clip';

/**
 * Our own reading of chunks: mediabunny reads on behind the sound to the end of the file, takes what is missing from a
 * file that was cut off for a shorter clip, and does not read what encoders write into a pipe.
 */
export interface WavSound {
	/** The content of the fmt chunk as it stands in the file. */
	format: Uint8Array;
	isPcm: boolean;
	bytesPerSecond: number;
	blockBytes: number;
	/** Where the sound begins in the file, and how long it is. */
	start: number;
	bytes: number;
}

const CHUNK_HEADER = 8;
const MAX_CHUNKS = 100;
const MAX_FORMAT = 1024;
/** ffmpeg writes the first or the last, sox the middle one, when a pipe does not let them write the size later. */
const isStreamed = (size: number): boolean => size === 0 || size >= 0x7fff_f000;

const PCM = 1;
const EXTENSIBLE = 0xfffe;
/** PCM, float, A-law and µ-law: every length is exact, and every reader has them. */
const CODECS = new Set([PCM, 3, 6, 7]);

const damaged = (how: string) => fault(`is a damaged wav file: ${how}`, FETCH_AGAIN);

export async function wavSound(bytes: ClipBytes): Promise<Reply<WavSound>> {
	let format: Uint8Array | undefined;
	let longSize: number | undefined;
	let at = 12;
	for (let count = 0; count < MAX_CHUNKS; count++) {
		const header = await bytes.read(at, at + CHUNK_HEADER);
		if (header.length < CHUNK_HEADER) return damaged('it ends before its sound begins');
		const id = String.fromCharCode(...header.subarray(0, 4));
		const size = viewOf(header).getUint32(4, true);
		at += CHUNK_HEADER;
		if (id === 'data') return await soundAt(bytes, at, longSize ?? size, format);
		if (id === 'fmt ') format = await bytes.read(at, at + Math.min(size, MAX_FORMAT));
		// RF64 has room here for the sizes of files beyond 4 GB.
		if (id === 'ds64')
			longSize = Number(viewOf(await bytes.read(at, at + 16)).getBigUint64(8, true));
		if (!/^[ -~]{4}$/.test(id)) return damaged('it has something else where a chunk should begin');
		at += size + (size % 2);
	}
	return damaged('there is no sound among its first chunks');
}

async function soundAt(
	bytes: ClipBytes,
	start: number,
	announced: number,
	format: Uint8Array | undefined,
): Promise<Reply<WavSound>> {
	if (!format || format.length < 16) return damaged('it does not say how its sound is stored');
	const view = viewOf(format);
	const sampleRate = view.getUint32(4, true);
	const blockBytes = view.getUint16(12, true);
	const bytesPerSecond = sampleRate * blockBytes;
	const tag = view.getUint16(0, true);
	const codec = tag === EXTENSIBLE && format.length >= 26 ? view.getUint16(24, true) : tag;
	if (!CODECS.has(codec)) {
		return fault(
			`is a wav file with compressed sound (codec ${codec})`,
			'Convert it to mp3 or to a plain wav (PCM).',
		);
	}
	if (bytesPerSecond === 0) return damaged('its sample rate or its block size is 0');
	const there = Math.max(0, (await bytes.measuredSize()) - start);
	if (announced > there && !isStreamed(announced)) {
		const [has, says] = [there, announced].map((size) => (size / bytesPerSecond).toFixed(1));
		return fault(`is cut off: it should have ${says} s of sound and has ${has} s`, FETCH_AGAIN);
	}
	const sound = isStreamed(announced) ? there : announced;
	const whole = sound - (sound % blockBytes);
	return ok({ format, isPcm: tag === PCM, bytesPerSecond, blockBytes, start, bytes: whole });
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
	new DataView(buffer, byteOffset, byteLength);

export async function wavSeconds(bytes: ClipBytes): Promise<Reply<Length>> {
	const sound = await wavSound(bytes);
	if (!sound.ok) return sound;
	return ok({ seconds: sound.value.bytes / sound.value.bytesPerSecond });
}
