import { checksum } from '../../../nodes/Kling/media/clip/opus/oggChecksum';

interface PageSpec {
	packets: Buffer[];
	granule: number;
	serial?: number;
	/** 1 continued, 2 first, 4 last. */
	flags?: number;
	/** Whether the last packet is continued on the next page; its size must be a multiple of 255. */
	isOpen?: boolean;
}

/** A page of ogg with its right checksum. */
export function oggPage({ packets, granule, serial = 1, flags = 0, isOpen = false }: PageSpec) {
	const lacing = packets.flatMap(({ length }) => [
		...Array.from({ length: Math.floor(length / 255) }, () => 255),
		length % 255,
	]);
	if (isOpen) lacing.pop();
	const head = Buffer.alloc(27);
	head.write('OggS');
	head[5] = flags;
	head.writeBigInt64LE(BigInt(granule), 6);
	head.writeUInt32LE(serial, 14);
	head[26] = lacing.length;
	return withChecksum(Buffer.concat([head, Buffer.from(lacing), ...packets]));
}

/** The same page with the checksum that it should have. */
export function withChecksum(page: Buffer): Buffer {
	const copy = Buffer.from(page);
	copy.writeUInt32LE(checksum(copy), 22);
	return copy;
}

interface HeadSpec {
	channels?: number;
	preSkip?: number;
	rate?: number;
	gain?: number;
	family?: number;
	/** Streams, coupled streams, and the place of each channel. */
	mapping?: number[];
}

export function opusHead({
	channels = 1,
	preSkip = 0,
	rate = 48_000,
	gain = 0,
	family = 0,
	mapping = [],
}: HeadSpec = {}): Buffer {
	const head = Buffer.alloc(19);
	head.write('OpusHead\x01');
	head[9] = channels;
	head.writeUInt16LE(preSkip, 10);
	head.writeUInt32LE(rate, 12);
	head.writeInt16LE(gain, 16);
	head[18] = family;
	return Buffer.concat([head, Buffer.from(mapping)]);
}

export const opusTags = (bytes = 0): Buffer =>
	Buffer.concat([Buffer.from('OpusTags'), Buffer.alloc(8 + bytes)]);

/** A packet of 60 ms of SILK at 8 kHz, which is silence. */
export const packet = (): Buffer => Buffer.from([0x18, 0, 0, 0]);
export const PACKET_SAMPLES = 2880;

interface OggSpec {
	packets: Buffer[];
	head?: Buffer;
	tags?: Buffer;
	/** Granule position of the last page; without it all samples count. */
	granule?: number;
	serial?: number;
	samples?: number;
}

/** A whole ogg file, fifty packets to the page. */
export function oggOpus({
	packets,
	head = opusHead(),
	tags = opusTags(),
	samples = PACKET_SAMPLES,
	granule = packets.length * samples,
	serial = 1,
}: OggSpec): Buffer {
	const pages = Array.from({ length: Math.ceil(packets.length / 50) }, (_, index) => {
		const isLast = (index + 1) * 50 >= packets.length;
		return oggPage({
			packets: packets.slice(index * 50, index * 50 + 50),
			granule: isLast ? granule : (index + 1) * 50 * samples,
			flags: isLast ? 4 : 0,
			serial,
		});
	});
	return Buffer.concat([
		oggPage({ packets: [head], granule: 0, flags: 2, serial }),
		oggPage({ packets: [tags], granule: 0, serial }),
		...pages,
	]);
}

export const many = (count: number, make: () => Buffer = packet): Buffer[] =>
	Array.from({ length: count }, make);

/** An element of EBML around its content; `size` is what it announces, in eight bytes. */
export function element(id: number, content: Buffer | Buffer[], size?: number | 'unknown'): Buffer {
	const inside = Buffer.isBuffer(content) ? content : Buffer.concat(content);
	const name = Buffer.from(id.toString(16).padStart(id > 0xff ? 4 : 2, '0'), 'hex');
	const announced = Buffer.alloc(8);
	announced.writeBigUInt64BE(
		size === 'unknown' ? (1n << 57n) - 1n : BigInt(size ?? inside.length) | (1n << 56n),
	);
	return Buffer.concat([name, announced, inside]);
}

interface WebmSpec {
	/** What the clusters hold; see `simpleBlock` and `blockGroup`. */
	blocks: Buffer[];
	docType?: string;
	codec?: string;
	head?: Buffer | null;
	channels?: number;
	/** Further elements of the track. */
	track?: Buffer[];
	/** Further elements before the clusters. */
	before?: Buffer[];
	/** Whether sizes are unknown. */
	isLive?: boolean;
}

export function webm({
	blocks,
	docType = 'webm',
	codec = 'A_OPUS',
	head = opusHead(),
	channels = 1,
	track = [],
	before = [],
	isLive = false,
}: WebmSpec): Buffer {
	const entry = element(0xae, [
		element(0xd7, Buffer.from([1])),
		element(0x83, Buffer.from([2])),
		element(0x86, Buffer.from(codec)),
		...(head ? [element(0x63a2, head)] : []),
		element(0xe1, element(0x9f, Buffer.from([channels]))),
		...track,
	]);
	const size = isLive ? 'unknown' : undefined;
	const time = element(0xe7, Buffer.from([0]));
	return Buffer.concat([
		element(0x1a45dfa3, element(0x4282, Buffer.from(docType))),
		element(
			0x18538067,
			[...before, element(0x1654ae6b, entry), element(0x1f43b675, [time, ...blocks], size)],
			size,
		),
	]);
}

/** @param lacing 0 none, 1 Xiph, 2 fixed, 3 EBML; then `content` begins with the sizes */
export const block = (content: Buffer, lacing = 0, track = 1): Buffer =>
	Buffer.concat([Buffer.from([0x80 | track, 0, 0, lacing << 1]), content]);

export const simpleBlock = (content: Buffer, lacing = 0, track = 1): Buffer =>
	element(0xa3, block(content, lacing, track));

/** @param discard nanoseconds at the end that are no sound */
export function blockGroup(content: Buffer, discard?: number): Buffer {
	const padding = Buffer.alloc(8);
	padding.writeBigInt64BE(BigInt(discard ?? 0));
	return element(0xa0, [
		element(0xa1, block(content)),
		...(discard === undefined ? [] : [element(0x75a2, padding)]),
	]);
}
