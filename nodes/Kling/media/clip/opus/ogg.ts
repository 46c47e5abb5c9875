import type { ClipBytes } from '../bytes';
import { ClipFault, fault } from '../clip';
import { checksum } from './oggChecksum';
import {
	cutOff,
	damaged,
	latin1,
	MOST_PACKET_BYTES,
	packetSamples,
	readHead,
	TOO_MANY_PARTS,
	type OpusPart,
	type OpusParts,
} from './sound';

/** A page of RFC 3533, section 6. */
interface Page {
	stream: number;
	continues: boolean;
	begins: boolean;
	ends: boolean;
	/** Where the sound is behind the last packet that ends here; `undefined` where none ends. */
	position: number | undefined;
	/** The packets of the page; the last one may continue on the next page. */
	packets: Uint8Array[];
	lastContinues: boolean;
	end: number;
}

const HEADER_BYTES = 27;
/** A minute of the shortest packets, each on a page of its own, beside as many pages of a picture. */
const MOST_PAGES = 50_000;

/** Sound beyond this is not kept, so its checksums do not matter. */
const CHECKED_BYTES = 64 * 1024 * 1024;

/** What an Ogg stream begins with when it is no Opus. */
const CODECS: [beginning: string, name: string][] = [
	['\x01vorbis', 'Vorbis'],
	['\x7fFLAC', 'FLAC'],
	['Speex   ', 'Speex'],
	['\x80theora', 'Theora'],
];

/** The Opus sound in an Ogg file; the first stream where there are several, and those that follow it in a chain. */
export async function* oggParts(bytes: ClipBytes): OpusParts {
	let stream: OpusStream | undefined;
	let other = '';
	let count = 0;
	for await (const page of pagesOf(bytes)) {
		if (++count > MOST_PAGES) throw TOO_MANY_PARTS;
		const [first = new Uint8Array()] = page.packets;
		if (page.begins && latin1(first, 8) === 'OpusHead') {
			// Before the first one has any sound, it is another stream beside it, not the next of a chain.
			if (stream && !stream.hasSound) continue;
			stream = new OpusStream(page.stream);
			yield { head: readHead(first) };
		} else if (page.begins) {
			other ||= CODECS.find(([beginning]) => latin1(first, 8).startsWith(beginning))?.[1] ?? '';
		} else if (!stream) {
			break;
		} else if (page.stream === stream.number) {
			yield* stream.partsOf(page);
		}
	}
	if (!stream) throw new ClipFault(withoutOpus(other));
}

const withoutOpus = (codec: string) =>
	fault(
		`is an Ogg file ${codec === '' ? 'without Opus sound' : `with ${codec}`}; Kling takes mp3, wav, mp4 and mov`,
		'Convert it to mp3 or wav. The node converts Ogg only with Opus sound.',
	);

/** One logical stream: joins what pages cut, and counts. */
class OpusStream {
	private hasTags = false;
	/** The beginning of a packet that continues on the next page. */
	private begun: Uint8Array[] = [];
	private begunBytes = 0;
	private samples = 0;
	/** The position at which the sound begins: not 0 in a recording of something that was under way. */
	private origin: number | undefined;

	constructor(readonly number: number) {}

	get hasSound(): boolean {
		return this.samples > 0;
	}

	*partsOf(page: Page): Generator<OpusPart> {
		const before = this.samples;
		for (const packet of this.wholePackets(page)) {
			const samples = packetSamples(packet);
			this.samples += samples;
			yield { packet, samples };
		}
		if (page.position === undefined || this.samples === 0) return;
		// A first page that says more than it holds belongs to a recording that was under way.
		this.origin ??= page.ends ? 0 : Math.max(0, page.position - this.samples);
		const surplus = this.samples - (page.position - this.origin);
		if (!page.ends || surplus <= 0) return;
		const cutSamples = Math.min(surplus, this.samples - before);
		this.samples -= cutSamples;
		yield { cutSamples };
	}

	private *wholePackets(page: Page): Generator<Uint8Array> {
		// The end of a packet whose beginning is missing.
		const packets =
			page.continues && this.begun.length === 0 ? page.packets.slice(1) : page.packets;
		if (!page.continues) this.forget();
		const last = packets.length - 1;
		for (const [index, packet] of packets.entries()) {
			this.add(packet);
			if (index === last && page.lastContinues) return;
			const whole = Buffer.concat(this.begun);
			this.forget();
			if (this.hasTags) yield whole;
			else if (latin1(whole, 8) === 'OpusTags') this.hasTags = true;
			else throw damaged('its Opus tags are missing');
		}
	}

	/** Of tags, which may hold a picture, only the beginning is kept. */
	private add(packet: Uint8Array): void {
		if (!this.hasTags && this.begun.length > 0) return;
		this.begunBytes += packet.length;
		if (this.hasTags && this.begunBytes > MOST_PACKET_BYTES) {
			throw damaged('its sound cannot be read');
		}
		// A copy, as the page itself is not kept.
		this.begun.push(this.hasTags ? packet : packet.slice(0, 64));
	}

	private forget(): void {
		this.begun = [];
		this.begunBytes = 0;
	}
}

async function* pagesOf(bytes: ClipBytes): AsyncGenerator<Page, void, undefined> {
	let page = await pageAt(bytes, 0);
	while (page) {
		yield page;
		page = await pageAt(bytes, page.end, page.ends);
	}
}

/** @param mayEnd whether what is no page is something that stands behind the last one */
async function pageAt(bytes: ClipBytes, at: number, mayEnd = false): Promise<Page | undefined> {
	const header = await bytes.read(at, at + HEADER_BYTES);
	if (header.length === 0) return undefined;
	if (latin1(header, 4) !== 'OggS' || header[4] !== 0) {
		if (mayEnd) return undefined;
		throw header.length < 5 ? cutOff() : damaged('a page is missing');
	}
	if (header.length < HEADER_BYTES) throw cutOff();
	const count = header[26] ?? 0;
	const bodyAt = at + HEADER_BYTES + count;
	const lacing = (await bytes.read(at + HEADER_BYTES, bodyAt)).slice();
	const end = bodyAt + lacing.reduce((sum, size) => sum + size, 0);
	const whole = Buffer.from(await bytes.read(at, end));
	if (whole.length < end - at) throw cutOff();
	if (end < CHECKED_BYTES && checksum(whole) !== whole.readUInt32LE(22)) {
		throw damaged('a checksum is wrong');
	}
	const flags = whole[5] ?? 0;
	const position = whole.readBigInt64LE(6);
	return {
		stream: whole.readUInt32LE(14),
		continues: (flags & 1) !== 0,
		begins: (flags & 2) !== 0,
		ends: (flags & 4) !== 0,
		position: position < 0 || position > Number.MAX_SAFE_INTEGER ? undefined : Number(position),
		packets: packetsOf(whole.subarray(HEADER_BYTES + count), lacing),
		lastContinues: lacing.at(-1) === 255,
		end,
	};
}

/** A packet ends with a segment of less than 255 bytes. */
function packetsOf(body: Uint8Array, lacing: Uint8Array): Uint8Array[] {
	const packets: Uint8Array[] = [];
	let start = 0;
	let end = 0;
	for (const [index, size] of lacing.entries()) {
		end += size;
		if (size === 255 && index < lacing.length - 1) continue;
		packets.push(body.subarray(start, end));
		start = end;
	}
	return packets;
}
