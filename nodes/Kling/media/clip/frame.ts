/** What stands at the start of a frame of MPEG layer 3. */
export interface FrameHeader {
	/** What all frames of one recording share: MPEG version and sample rate. */
	kind: number;
	sizeBytes: number;
	samples: number;
	sampleRate: number;
	/** Where an encoder puts the length header that looks like a frame of silence. */
	lengthAt: number;
}

export const HEADER = 4;
/** At 320 kilobits and 32 kHz, or at 160 and 8, with padding. */
export const LONGEST_FRAME = 1441;

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

/** @returns `undefined` for anything but the start of a frame */
export function frameHeader(bytes: Uint8Array, at = 0): FrameHeader | undefined {
	const version = bytes[at + 1] ?? 0;
	// Eleven bits that are always set, and two for the layer.
	if (bytes[at] !== 0xff || (version & 0xe6) !== 0xe2) return undefined;
	const [rates = 0, mode = 0] = bytes.subarray(at + 2, at + HEADER);
	const halved = HALVED[(version >> 3) & 3];
	const baseRate = SAMPLE_RATES[(rates >> 2) & 3];
	if (halved === undefined || baseRate === undefined) return undefined;
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
