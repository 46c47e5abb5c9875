import { ok, type Reply } from '../../../api/reply';
import { ClipFault, FETCH_AGAIN, fault, MEASURED_SECONDS, type Length } from '../clip';

/** Opus counts in these, whatever was recorded (RFC 6716, section 2). */
export const SAMPLES_PER_SECOND = 48_000;

/** More than any encoder writes; RFC 7845 suggests no less than this as the limit of a reader. */
export const MOST_PACKET_BYTES = 61_440;

/** What a decoder must know, from the identification header of RFC 7845, section 5.1. */
export interface OpusHead {
	channels: number;
	/** Samples at the beginning that are not part of the sound. */
	preSkip: number;
	/** To multiply the sound with. */
	gain: number;
	streams: number;
	coupledStreams: number;
	/** Of each channel, the stream that it comes from. */
	mapping: number[];
}

/** What a container gives, in this order: a head, packets, and how many samples of them do not count at their end. */
export type OpusPart =
	{ head: OpusHead } | { packet: Uint8Array; samples: number } | { cutSamples: number };

/** @throws ClipFault */
export type OpusParts = AsyncGenerator<OpusPart, void, undefined>;

/** @param what continues "The clip is damaged: " */
export const damaged = (what: string): ClipFault =>
	new ClipFault(fault(`is damaged: ${what}`, FETCH_AGAIN));

export const cutOff = (): ClipFault =>
	new ClipFault(fault('is cut off: its last part is not whole', FETCH_AGAIN));

/** Of more channels than surround sound has, nobody knows which ones carry the voice. */
const MOST_CHANNELS = 8;
const SILENT_CHANNEL = 255;

/** @throws ClipFault */
export function readHead(bytes: Uint8Array): OpusHead {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	if (bytes.length < 19 || latin1(bytes, 8) !== 'OpusHead' || view.getUint8(8) > 15) {
		throw damaged('its Opus header cannot be read');
	}
	const channels = view.getUint8(9);
	const family = view.getUint8(18);
	const mapped = family === 0 ? plainMapping(channels) : readMapping(bytes, channels);
	const sources = mapped.streams + mapped.coupledStreams;
	const isSound =
		channels > 0 &&
		mapped.mapping.length === channels &&
		mapped.streams > 0 &&
		mapped.coupledStreams <= mapped.streams &&
		mapped.mapping.every((source) => source < sources || source === SILENT_CHANNEL);
	if (!isSound) throw damaged('its Opus header makes no sense');
	if (channels > MOST_CHANNELS) {
		throw new ClipFault(
			fault(`has ${channels} channels, too many to convert here`, 'Convert it to mono mp3 or wav.'),
		);
	}
	const gain = 10 ** (view.getInt16(16, true) / 256 / 20);
	return { channels, preSkip: view.getUint16(10, true), gain, ...mapped };
}

type Mapping = Pick<OpusHead, 'streams' | 'coupledStreams' | 'mapping'>;

const plainMapping = (channels: number): Mapping => ({
	streams: 1,
	coupledStreams: channels - 1,
	mapping: channels === 1 ? [0] : channels === 2 ? [0, 1] : [],
});

const readMapping = (bytes: Uint8Array, channels: number): Mapping => ({
	streams: bytes[19] ?? 0,
	coupledStreams: bytes[20] ?? 0,
	mapping: [...bytes.subarray(21, 21 + channels)],
});

/** Samples in a frame at 48 kHz, by the upper five bits of a packet's first byte (RFC 6716, section 3.1). */
const FRAME_SAMPLES = [
	...Array.from({ length: 3 }, () => [480, 960, 1920, 2880]),
	...Array.from({ length: 2 }, () => [480, 960]),
	...Array.from({ length: 4 }, () => [120, 240, 480, 960]),
].flat();
/** 120 ms. */
const MOST_SAMPLES = 5760;

/**
 * How long a packet sounds, at 48 kHz; 0 for one without sound.
 * @throws ClipFault for one that cannot be
 */
export function packetSamples(packet: Uint8Array): number {
	const [first, second = 0] = packet;
	if (first === undefined) return 0;
	const frames = [1, 2, 2][first & 3] ?? second & 63;
	const samples = frames * (FRAME_SAMPLES[first >> 3] ?? 0);
	if (samples === 0 || samples > MOST_SAMPLES || packet.length > MOST_PACKET_BYTES) {
		throw damaged('its sound cannot be read');
	}
	return samples;
}

/** The length of the sound; of a long one only that it is long. */
export async function opusSeconds(parts: OpusParts): Promise<Reply<Length>> {
	let samples = 0;
	for await (const part of parts) {
		if ('head' in part) samples -= part.head.preSkip;
		else samples += 'packet' in part ? part.samples : -part.cutSamples;
		if (samples > MEASURED_SECONDS * SAMPLES_PER_SECOND) {
			return ok({ seconds: MEASURED_SECONDS, isMinimum: true });
		}
	}
	return ok({ seconds: Math.max(0, samples) / SAMPLES_PER_SECOND });
}

export const latin1 = ({ buffer, byteOffset }: Uint8Array, length: number): string =>
	Buffer.from(buffer, byteOffset, length).toString('latin1');
