import { ok, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { FETCH_AGAIN, fault, type Length } from './clip';

/**
 * Our own walk over frames: mediabunny counts layer 1 and 2 as mp3, takes the first sync word in garbage for sound,
 * and its length of a file without a header means a pass over the whole file.
 */
interface FrameHeader {
	/** What all frames of a file have in common: MPEG version and sample rate. */
	kind: number;
	sizeBytes: number;
	samples: number;
	sampleRate: number;
	/** Where an encoder puts the length header that looks like a frame of silence. */
	lengthAt: number;
}

export interface Mp3Frame {
	data: Uint8Array;
	seconds: number;
	/** Place in the file behind the frame. */
	end: number;
	/** Where a length header stands, if the frame is one. */
	lengthAt: number;
}

const HEADER = 4;
/** As far as other decoders look for the first sound, and for more sound behind something damaged. */
const MAX_GARBAGE = 64 * 1024;
/** Random bytes look like a header every few KB, but not three times in the right distance. */
const SURE = 3;
/** After this much a file is only estimated: what Kling takes has long been exceeded. */
const MEASURED_SECONDS = 60;

/** Kilobits per second of layer 3 by the index in the header, MPEG 1 and later (ISO 11172-3, 13818-3). */
const BIT_RATES = {
	mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
	mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
/** Bytes between the header of a frame and its sound. */
const SIDE_INFO = { mpeg1: { mono: 17, stereo: 32 }, mpeg2: { mono: 9, stereo: 17 } };
const SAMPLE_RATES = [44_100, 48_000, 32_000];
/** MPEG version by its bits; 1 is reserved. 2 and 2.5 halve the sample rate, once and twice. */
const HALVED = [2, undefined, 1, 0];

function frameHeader(bytes: Uint8Array, at = 0): FrameHeader | undefined {
	const [sync = 0, version = 0, rates = 0, mode = 0] = bytes.subarray(at, at + HEADER);
	const isLayer3 = sync === 0xff && (version & 0xe6) === 0xe2;
	const halved = HALVED[(version >> 3) & 3];
	const baseRate = SAMPLE_RATES[(rates >> 2) & 3];
	if (!isLayer3 || halved === undefined || baseRate === undefined) return undefined;
	const kilobits = BIT_RATES[halved === 0 ? 'mpeg1' : 'mpeg2'][rates >> 4];
	if (!kilobits) return undefined;
	const sampleRate = baseRate / 2 ** halved;
	const samples = halved === 0 ? 1152 : 576;
	const padding = (rates >> 1) & 1;
	const sideInfo = SIDE_INFO[halved === 0 ? 'mpeg1' : 'mpeg2'][mode >> 6 === 3 ? 'mono' : 'stereo'];
	return {
		kind: (version & 0x18) * 4 + ((rates >> 2) & 3),
		sizeBytes: Math.floor((samples / 8) * ((kilobits * 1000) / sampleRate)) + padding,
		samples,
		sampleRate,
		lengthAt: HEADER + sideInfo,
	};
}

/** Whether frames follow one another from here on, or one does up to the end of the file. */
async function beginsHere(bytes: ClipBytes, first: FrameHeader, start: number): Promise<boolean> {
	let header = first;
	for (let at = start, seen = 1; seen < SURE; seen++) {
		at += header.sizeBytes;
		const next = await bytes.read(at, at + HEADER);
		if (next.length < HEADER) return next.length > 0 || at === bytes.knownSize;
		const following = frameHeader(next);
		if (following?.kind !== header.kind) return seen > 1 && /^TAG|^APE/.test(ascii(next));
		header = following;
	}
	return true;
}

/** The place of the first frame at or after `from`, as far as decoders look for it. */
export async function findMp3Frame(
	bytes: ClipBytes,
	from = 0,
	kind?: number,
): Promise<number | undefined> {
	const start = await behindTags(bytes, from);
	const window = await bytes.read(start, start + MAX_GARBAGE);
	let at = window.indexOf(0xff);
	while (at !== -1) {
		const header = frameHeader(window, at);
		const fits = header && (kind === undefined || header.kind === kind);
		if (fits && (await beginsHere(bytes, header, start + at))) return start + at;
		at = window.indexOf(0xff, at + 1);
	}
	return undefined;
}

/** Leaves out ID3v2 tags, which hold titles and pictures. */
async function behindTags(bytes: ClipBytes, from: number): Promise<number> {
	const tag = await bytes.read(from, from + 10);
	if (tag.length < 10 || !ascii(tag).startsWith('ID3')) return from;
	const [flags = 0, ...size] = tag.subarray(5);
	// Seven bits in each byte, so that no size looks like a sync word.
	const length = size.reduce((sum, septet) => sum * 128 + (septet & 127), 0);
	const footer = flags & 0x10 ? 10 : 0;
	return await behindTags(bytes, from + 10 + length + footer);
}

/** Frames of sound: whole ones only, and without the length header of the encoder. */
export async function* mp3Frames(bytes: ClipBytes): AsyncGenerator<Mp3Frame, void, undefined> {
	let at = await findMp3Frame(bytes);
	let kind: number | undefined;
	while (at !== undefined) {
		const header = frameHeader(await bytes.read(at, at + HEADER));
		if (!header || (kind !== undefined && header.kind !== kind)) {
			at = await findMp3Frame(bytes, at, kind);
			continue;
		}
		kind = header.kind;
		const end: number = at + header.sizeBytes;
		const data = await bytes.read(at, end);
		if (data.length < header.sizeBytes) return;
		if (!isLengthHeader(data, header.lengthAt)) {
			yield { data, seconds: header.samples / header.sampleRate, end, lengthAt: header.lengthAt };
		}
		at = end;
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

/** What a header says about the length is not asked: it stays when a file is cut. */
export async function mp3Seconds(bytes: ClipBytes): Promise<Reply<Length>> {
	let seconds = 0;
	let start: number | undefined;
	for await (const frame of mp3Frames(bytes)) {
		seconds += frame.seconds;
		start ??= frame.end - frame.data.length;
		if (seconds < MEASURED_SECONDS) continue;
		const size = bytes.knownSize;
		return size === undefined
			? ok({ seconds, isMinimum: true })
			: ok({ seconds: (seconds * (size - start)) / (frame.end - start) });
	}
	return seconds > 0
		? ok({ seconds })
		: fault('is a damaged mp3 file: there is no whole frame of sound in it', FETCH_AGAIN);
}
