import { readdirSync } from 'node:fs';
import { bytesOf } from './clips.cjs';
import { apeTag, chunk, fragmentOf, id3, id3v1, soundMp4, wavHead, box, words } from './made.cjs';

/** Numbers from 0 to 1, the same ones for the same seed. */
export function randomOf(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

export interface Seed {
	name: string;
	bytes: Buffer;
}

/** What no encoder here makes. */
const MADE: Record<string, () => Buffer> = {
	'made: mp4 with edits': () =>
		soundMp4({
			frames: 400,
			edits: [
				[2000, -1],
				[8000, 1000],
			],
		}),
	'made: mp4 and fragments': () =>
		soundMp4({
			frames: 20,
			fragments: [30, 30, 40],
			edits: [[2000, 0]],
		}),
	'made: mp4 without ftyp': () => soundMp4({ frames: 80 }).subarray(20),
	'made: mp4 behind free': () =>
		Buffer.concat([box('free', words(1, 2)), soundMp4({ frames: 80 })]),
	'made: protected mp4': () => soundMp4({ frames: 80, codec: 'enca' }),
	'made: fragments alone': () =>
		Buffer.concat([box('styp', Buffer.from('msdh'), words(0)), ...fragmentOf(40)]),
	'made: wav behind a tag': () =>
		Buffer.concat([id3(300), wavHead({ bytes: 48_000 }), Buffer.alloc(48_000)]),
	'made: wav of six channels': () =>
		Buffer.concat([
			wavHead({ bytes: 96_000, channels: 6, bits: 16, rate: 1000 }),
			Buffer.alloc(96_000, 5),
		]),
	'made: BW64': () =>
		Buffer.concat([
			wavHead({
				bytes: 0xffff_ffff,
				form: 'BW64',
				chunks: [
					chunk(
						'ds64',
						Buffer.concat([words(0, 0), Buffer.from([0x80, 0xbb, 0, 0]), words(0, 0, 0, 0)]),
					),
				],
			}),
			Buffer.alloc(48_000),
		]),
	'made: mp3 joined': () =>
		Buffer.concat([
			bytesOf('mp3-5.0.mp3'),
			id3v1(),
			id3(2000),
			bytesOf('mp3-vbr.mp3'),
			apeTag(100),
		]),
};

/** Files of every kind that is read, and of those that are only recognized. */
export function seeds(): Seed[] {
	const files = readdirSync(__dirname)
		.filter((name) => /^(wav|mp3|mp4|mov|opus|other)[-.]/.test(name))
		.map((name) => ({ name, bytes: bytesOf(name) }));
	const made = Object.entries(MADE).map(([name, make]) => ({ name, bytes: make() }));
	return [...files, ...made];
}

const NUMBERS = [
	0, 1, 7, 0x7f, 0xff, 0x7fff, 0xffff, 0xffffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff,
];

/** Most of what is read of a file stands at its two ends. */
function place(random: () => number, length: number): number {
	const near = Math.min(length, 2048);
	const where = random();
	if (where < 0.6) return Math.floor(random() * near);
	if (where < 0.85) return length - 1 - Math.floor(random() * near);
	return Math.floor(random() * length);
}

const CHANGES: ((bytes: Buffer, random: () => number) => Buffer)[] = [
	// A number of 32 bits, in either order of bytes.
	(bytes, random) => {
		const at = Math.min(place(random, bytes.length), bytes.length - 4);
		const value = NUMBERS[Math.floor(random() * NUMBERS.length)] ?? 0;
		if (at < 0) return bytes;
		if (random() < 0.5) bytes.writeUInt32BE(value, at);
		else bytes.writeUInt32LE(value, at);
		return bytes;
	},
	// A byte, or a bit of it.
	(bytes, random) => {
		const at = place(random, bytes.length);
		bytes[at] =
			random() < 0.5
				? Math.floor(random() * 256)
				: (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
		return bytes;
	},
	// A piece that is missing.
	(bytes, random) => {
		const at = place(random, bytes.length);
		return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + Math.floor(random() * 300))]);
	},
	// A piece that is there twice.
	(bytes, random) => {
		const at = place(random, bytes.length);
		const end = at + Math.floor(random() * 500);
		return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
	},
	// An end that comes early.
	(bytes, random) => bytes.subarray(0, place(random, bytes.length)),
	// Noise.
	(bytes, random) => {
		const at = place(random, bytes.length);
		for (let index = at; index < Math.min(bytes.length, at + 64); index++)
			bytes[index] = Math.floor(random() * 256);
		return bytes;
	},
	// A name that stands somewhere else too.
	(bytes, random) => {
		const from = place(random, bytes.length);
		bytes.copy(bytes, place(random, bytes.length), from, from + 8);
		return bytes;
	},
];

/** One to four changes. */
export function mutated({ bytes }: Seed, random: () => number): Buffer {
	let changed = Buffer.from(bytes);
	for (let count = 1 + Math.floor(random() * 4); count > 0 && changed.length > 0; count--) {
		changed = Buffer.from(
			CHANGES[Math.floor(random() * CHANGES.length)]?.(changed, random) ?? changed,
		);
	}
	return changed;
}

/** Where a file is cut: at each byte of its first and last 4 KB, and about each border of its outermost parts. */
export function cuts({ bytes }: Seed): number[] {
	const ends = new Set<number>();
	for (let at = 0; at <= Math.min(4096, bytes.length); at++) ends.add(at).add(bytes.length - at);
	for (const border of borders(bytes)) for (const by of [-1, 0, 1]) ends.add(border + by);
	return [...ends].filter((end) => end >= 0 && end < bytes.length).sort((a, b) => a - b);
}

function borders(bytes: Buffer): number[] {
	const isWav = bytes.toString('latin1', 8, 12) === 'WAVE';
	const places: number[] = [];
	for (let at = isWav ? 12 : 0; at + 8 <= bytes.length;) {
		places.push(at, at + 8);
		at += Math.max(8, isWav ? bytes.readUInt32LE(at + 4) + 8 : bytes.readUInt32BE(at));
	}
	return places;
}
