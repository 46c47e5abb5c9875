import { bytesOf } from './clips.cjs';

/** A box of mp4 and mov around its content. */
export function box(type: string, ...content: (Buffer | number[])[]): Buffer {
	const inside = Buffer.concat(content.map((part) => Buffer.from(part)));
	const header = Buffer.alloc(8, type.padStart(8), 'latin1');
	header.writeUInt32BE(inside.length + 8);
	return Buffer.concat([header, inside]);
}

/** Numbers of 32 bits, as boxes have them. */
export function words(...values: number[]): Buffer {
	const bytes = Buffer.alloc(values.length * 4);
	values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
	return bytes;
}

/** Where the content of every box of a type begins; sound stands last. */
export function contentsOf(file: Buffer, type: string): number[] {
	const places: number[] = [];
	for (let at = file.indexOf(type, 4); at !== -1; at = file.indexOf(type, at + 4))
		places.push(at + 4);
	return places;
}

/** A copy in which numbers stand elsewhere: `at` counts from the content of each box of the type. */
export function patched(file: Buffer, type: string, at: number, ...values: number[]): Buffer {
	const copy = Buffer.from(file);
	for (const place of contentsOf(file, type)) copy.set(words(...values), place + at);
	return copy;
}

interface WavSpec {
	rate?: number;
	channels?: number;
	bits?: number;
	codec?: number;
	/** As the header announces them. */
	bytes: number;
	form?: 'RIFF' | 'RF64' | 'BW64' | 'RIFX';
	chunks?: Buffer[];
}

/** All of a wav but its sound. */
export function wavHead({
	rate = 8000,
	channels = 1,
	bits = 8,
	codec = 1,
	bytes,
	form = 'RIFF',
	chunks = [],
}: WavSpec): Buffer {
	const format = Buffer.alloc(16);
	const block = (channels * bits) / 8;
	format.writeUInt16LE(codec, 0);
	format.writeUInt16LE(channels, 2);
	format.writeUInt32LE(rate, 4);
	format.writeUInt32LE((rate * block) >>> 0, 8);
	format.writeUInt16LE(block, 12);
	format.writeUInt16LE(bits, 14);
	const inside = Buffer.concat([
		Buffer.from('WAVE'),
		...chunks,
		chunk('fmt ', format),
		chunk('data', Buffer.alloc(0), bytes),
	]);
	return chunk(form, inside, Math.min(inside.length + bytes, 0xffff_ffff));
}

/** Of wav: content, and a size that may be another. */
export function chunk(id: string, content: Buffer, size = content.length): Buffer {
	const header = Buffer.alloc(8, id, 'latin1');
	header.writeUInt32LE(size >>> 0, 4);
	return Buffer.concat([header, content]);
}

export function id3(bytes: number, fill = 0): Buffer {
	const tag = Buffer.alloc(10 + bytes, fill);
	tag.write('ID3\x04\0\0', 'latin1');
	[21, 14, 7, 0].forEach((shift, index) => (tag[6 + index] = (bytes >> shift) & 127));
	return tag;
}

export const id3v1 = (): Buffer => Buffer.alloc(128, 'TAG'.padEnd(128));

export function apeTag(bytes: number): Buffer {
	const part = (flags: number) => {
		const header = Buffer.alloc(32);
		header.write('APETAGEX');
		header.writeUInt32LE(2000, 8);
		header.writeUInt32LE(bytes + 32, 12);
		header.writeUInt32LE(flags, 20);
		return header;
	};
	return Buffer.concat([part(0xa000_0000), Buffer.alloc(bytes), part(0x8000_0000)]);
}

/** The outermost boxes of a file. */
export function boxesOf(file: Buffer): { type: string; bytes: Buffer }[] {
	const boxes: { type: string; bytes: Buffer }[] = [];
	for (let at = 0; at + 8 <= file.length;) {
		const size = file.readUInt32BE(at);
		boxes.push({
			type: file.toString('latin1', at + 4, at + 8),
			bytes: file.subarray(at, at + size),
		});
		at += Math.max(8, size);
	}
	return boxes;
}

/** The outermost boxes of a file of the given types, in the order of the file. */
export const only = (file: Buffer, ...types: string[]): Buffer =>
	Buffer.concat(boxesOf(file).flatMap(({ type, bytes }) => (types.includes(type) ? [bytes] : [])));

interface SoundSpec {
	/** Samples of a second; a frame has 1000 of them. */
	rate?: number;
	/** In the list of tracks. */
	frames: number;
	/** In fragments of their own. */
	fragments?: number[];
	/** In milliseconds, which are the units of the movie; starts are in samples, -1 for silence. */
	edits?: [duration: number, start: number][];
	codec?: string;
	brand?: string;
	/** Instead of where the sound is. */
	dataAt?: number;
}

const FRAME_BYTES = 4;

const editList = (edits: [number, number][]): Buffer[] =>
	edits.length === 0
		? []
		: [box('edts', box('elst', words(0, edits.length, ...edits.flatMap((e) => [...e, 0x10000]))))];

const sampleTable = (frames: number, codec: string, rate: number, place: number): Buffer =>
	box(
		'stbl',
		box('stsd', words(0, 1), box(codec, words(0, 1, 0, 0, 0x10010, 0, rate << 16))),
		box('stts', frames > 0 ? words(0, 1, frames, 1000) : words(0, 0)),
		box('stsc', frames > 0 ? words(0, 1, 1, frames, 1) : words(0, 0)),
		box('stsz', words(0, frames > 0 ? FRAME_BYTES : 0, frames)),
		box('stco', frames > 0 ? words(0, 1, place) : words(0, 0)),
	);

/** A sound-only mp4 whose frames have 1000 samples and four bytes. */
export function soundMp4({
	rate = 10_000,
	frames,
	fragments = [],
	edits = [],
	codec = 'mp4a',
	brand = 'isom',
	dataAt,
}: SoundSpec): Buffer {
	const type = box('ftyp', Buffer.from(brand), words(0), Buffer.from('isom'));
	const moov = (place: number) =>
		box(
			'moov',
			box('mvhd', words(0, 0, 0, 1000, 0), Buffer.alloc(80)),
			box(
				'trak',
				box('tkhd', words(7, 0, 0, 1, 0, 0), Buffer.alloc(60)),
				...editList(edits),
				box(
					'mdia',
					box('mdhd', words(0, 0, 0, rate, frames * 1000, 0)),
					box('hdlr', words(0, 0), Buffer.from('soun'), words(0, 0, 0)),
					box('minf', sampleTable(frames, codec, rate, place)),
				),
			),
			...(fragments.length === 0
				? []
				: [box('mvex', box('trex', words(0, 1, 1, 1000, FRAME_BYTES, 0)))]),
		);
	const place = type.length + moov(0).length + 8;
	return Buffer.concat([
		type,
		moov(dataAt ?? place),
		...(frames > 0 ? [box('mdat', Buffer.alloc(frames * FRAME_BYTES, 1))] : []),
		...fragments.flatMap((count) => fragmentOf(count)),
	]);
}

/** A fragment with its sound behind it. */
export function fragmentOf(frames: number): Buffer[] {
	const moof = (offset: number) =>
		box(
			'moof',
			box('mfhd', words(0, 1)),
			box('traf', box('tfhd', words(0x20000, 1)), box('trun', words(1, frames, offset))),
		);
	return [moof(moof(0).length + 8), box('mdat', Buffer.alloc(frames * FRAME_BYTES, 1))];
}

/** The file of a name, `times` over. */
export const repeated = (name: string, times: number): Buffer =>
	Buffer.concat(Array.from({ length: times }, () => bytesOf(name)));
