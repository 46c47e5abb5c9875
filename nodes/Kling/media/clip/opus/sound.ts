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
	new ClipFault(fault('is cut off: its last part is incomplete', FETCH_AGAIN));

export const TOO_MANY_PARTS = damaged('it has far more parts than sound');

/** Of more channels than surround sound has, it is not known which ones carry the voice. */
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
		// Else it has streams that no channel is made of, and a decoder would need room for them.
		(sources <= channels || channels > MOST_CHANNELS) &&
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

/** Of a track that comes without a header. @throws ClipFault */
export function plainHead(channels: number, preSkip: number): OpusHead {
	const mapped = plainMapping(channels);
	if (mapped.mapping.length === 0) throw damaged('its Opus header is missing');
	return { channels, preSkip: Math.min(preSkip, 0xffff), gain: 1, ...mapped };
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

/** How long a packet sounds, at 48 kHz; 0 for one that is empty or cannot be decoded. */
export function packetSamples(packet: Uint8Array): number {
	const [first, second = 0] = packet;
	if (first === undefined || packet.length > MOST_PACKET_BYTES) return 0;
	const frames = [1, 2, 2][first & 3] ?? second & 63;
	const samples = frames * (FRAME_SAMPLES[first >> 3] ?? 0);
	return samples <= MOST_SAMPLES ? samples : 0;
}

/** A minute of the shortest packets has half as many. */
const MOST_PACKETS = 50_000;
/** Each recording of a chain needs a decoder of its own. */
const MOST_RECORDINGS = 20;

/** The length of the sound; of a long one only that it is long. */
export async function opusSeconds(parts: OpusParts): Promise<Reply<Length>> {
	let samples = 0;
	let packets = 0;
	let recordings = 0;
	for await (const part of parts) {
		if ('head' in part) {
			samples -= part.head.preSkip;
			recordings += 1;
		} else if ('packet' in part) {
			samples += part.samples;
			packets += 1;
		} else {
			samples -= part.cutSamples;
		}
		if (packets > MOST_PACKETS || recordings > MOST_RECORDINGS) throw TOO_MANY_PARTS;
		if (samples > MEASURED_SECONDS * SAMPLES_PER_SECOND) {
			return ok({ seconds: MEASURED_SECONDS, isMinimum: true });
		}
	}
	if (samples <= 0) return fault('has no sound in it', FETCH_AGAIN);
	return ok({ seconds: samples / SAMPLES_PER_SECOND });
}

/** The first characters; fewer where there are fewer bytes. */
export const latin1 = ({ buffer, byteOffset, length }: Uint8Array, most: number): string =>
	Buffer.from(buffer, byteOffset, Math.min(most, length)).toString('latin1');
