import type { OpusDecoder } from 'opus-decoder';

import { ok, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { ClipFault, fault, type ClipFile, type ConvertibleFormat } from './clip';
import { matroskaParts } from './opus/matroska';
import { oggParts } from './opus/ogg';
import {
	damaged,
	SAMPLES_PER_SECOND,
	type OpusHead,
	type OpusPart,
	type OpusParts,
} from './opus/sound';
import { reading } from './reading';
import { Turn } from './turn';

/** What a caller takes. */
export interface Wanted {
	/** The rest is left out. */
	longestSeconds: number;
	/** Of the whole wav; the sample rate is lowered until it fits. */
	mostBytes?: number;
}

export interface Converted {
	/** 16 bits, mono. */
	wav: Buffer;
	seconds: number;
	sampleRate: number;
}

const PARTS: Record<ConvertibleFormat, (bytes: ClipBytes) => OpusParts> = {
	ogg: oggParts,
	webm: matroskaParts,
	mkv: matroskaParts,
};

/** Those that an Opus decoder gives, best first. */
const RATES = [48_000, 24_000, 16_000, 12_000, 8_000] as const;
type Rate = (typeof RATES)[number];

const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;
/** The share of packets that may be damaged, as on a bad line. */
const MOST_LOST = 0.1;

/**
 * Opus sound as a wav: mono, 16 bits, at 48 kHz or what fits. Nothing but the wav is held.
 * @param format what `checkClip` found
 * @throws what `file.open` and its stream throw
 */
export async function convertClip(
	file: ClipFile,
	format: ConvertibleFormat,
	{ longestSeconds, mostBytes = Infinity }: Wanted,
): Promise<Reply<Converted>> {
	const rate = RATES.find((rate) => wavBytes(longestSeconds * rate) <= mostBytes);
	if (rate === undefined) {
		return fault(
			`would be too large as a wav of ${longestSeconds} s`,
			'Cut it beforehand, or convert it to mp3.',
		);
	}
	return await reading(file, async (bytes) => {
		const sound = new Sound(rate, Math.floor(longestSeconds * rate));
		try {
			await sound.fill(PARTS[format](bytes));
		} finally {
			sound.close();
		}
		return ok({ wav: sound.wav(), seconds: sound.length / rate, sampleRate: rate });
	});
}

const wavBytes = (samples: number): number => HEADER_BYTES + Math.floor(samples) * SAMPLE_BYTES;

/** Mono sound that grows. */
class Sound {
	length = 0;
	private samples = new Int16Array(0);
	private decoder: OpusDecoder<Rate> | undefined;
	private head: OpusHead | undefined;
	private packets = 0;
	private lost = 0;

	constructor(
		private readonly rate: Rate,
		private readonly mostSamples: number,
	) {}

	async fill(parts: OpusParts): Promise<void> {
		const turn = new Turn();
		for await (const part of parts) {
			if (turn.isOver) await turn.next();
			await this.take(part);
			// In a longer sound, the samples to cut from its end lie beyond what is kept.
			if (this.length >= this.mostSamples) break;
		}
		if (this.lost > this.packets * MOST_LOST) throw damaged('its sound cannot be decoded');
	}

	private async take(part: OpusPart): Promise<void> {
		if ('head' in part) {
			await this.begin(part.head);
		} else if ('cutSamples' in part) {
			this.length = Math.max(0, this.length - this.atRate(part.cutSamples));
		} else {
			this.packets += 1;
			this.add(this.decoded(part.packet), this.atRate(part.samples));
		}
	}

	/** Recordings in a chain each have a head of their own. */
	private async begin(head: OpusHead): Promise<void> {
		this.close();
		this.head = head;
		const { OpusDecoder } = await import('opus-decoder');
		this.decoder = new OpusDecoder({
			channels: head.channels,
			preSkip: head.preSkip,
			streamCount: head.streams,
			coupledStreamCount: head.coupledStreams,
			channelMappingTable: head.mapping,
			sampleRate: this.rate,
		});
		await this.decoder.ready;
	}

	/** @returns `undefined` for a packet that is damaged */
	private decoded(packet: Uint8Array): Float32Array[] | undefined {
		if (packet.length === 0) return undefined;
		const mostBytes = MOST_PACKET_BYTES_OF_A_CHANNEL * (this.head?.channels ?? 1);
		if (packet.length > mostBytes) return undefined;
		const { channelData, errors } = this.decoder?.decodeFrame(packet) ?? { errors: [{}] };
		return errors.length === 0 ? channelData : undefined;
	}

	private add(channels: Float32Array[] | undefined, expected: number): void {
		if (!channels) this.lost += 1;
		const count = Math.min(channels?.[0]?.length ?? expected, this.mostSamples - this.length);
		this.makeRoom(this.length + count);
		const gain = ((this.head?.gain ?? 1) * 32_767) / Math.max(1, channels?.length ?? 1);
		for (let at = 0; at < count; at++) {
			let sum = 0;
			for (const channel of channels ?? []) sum += channel[at] ?? 0;
			const value = Math.max(-32_768, Math.min(32_767, Math.round(sum * gain)));
			this.samples[this.length + at] = value;
		}
		this.length += count;
	}

	private makeRoom(length: number): void {
		if (length <= this.samples.length) return;
		const wider = new Int16Array(Math.min(this.mostSamples, Math.max(length, 2 * length)));
		wider.set(this.samples.subarray(0, this.length));
		this.samples = wider;
	}

	private readonly atRate = (samples: number): number =>
		Math.round((samples * this.rate) / SAMPLES_PER_SECOND);

	wav(): Buffer {
		if (this.length === 0) throw new ClipFault(fault('has no sound', 'Record it again.'));
		const bytes = this.length * SAMPLE_BYTES;
		const wav = Buffer.alloc(HEADER_BYTES + bytes);
		wav.write('RIFF', 0, 'latin1');
		wav.writeUInt32LE(wav.length - 8, 4);
		wav.write('WAVEfmt ', 8, 'latin1');
		wav.writeUInt32LE(16, 16);
		wav.writeUInt16LE(1, 20);
		wav.writeUInt16LE(1, 22);
		wav.writeUInt32LE(this.rate, 24);
		wav.writeUInt32LE(this.rate * SAMPLE_BYTES, 28);
		wav.writeUInt16LE(SAMPLE_BYTES, 32);
		wav.writeUInt16LE(16, 34);
		wav.write('data', 36, 'latin1');
		wav.writeUInt32LE(bytes, 40);
		for (let at = 0; at < this.length; at++) {
			wav.writeInt16LE(this.samples[at] ?? 0, HEADER_BYTES + at * SAMPLE_BYTES);
		}
		return wav;
	}

	close(): void {
		this.decoder?.free();
		this.decoder = undefined;
	}
}

/** The room that the library has for a packet. */
const MOST_PACKET_BYTES_OF_A_CHANNEL = 3840;
