import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import type { Clip } from '../../nodes/Kling/media/clip/clip';
import { trimClip } from '../../nodes/Kling/media/clip/trimClip';
import { problemOf, valueOf } from '../support/answers.cjs';
import { bytesOf, fileOf, taken } from '../support/clips/clips.cjs';
import {
	apeTag,
	box,
	chunk,
	fragmentOf,
	id3,
	id3v1,
	only,
	patched,
	soundMp4,
	wavHead,
	words,
} from '../support/clips/made.cjs';

async function found(bytes: Buffer): Promise<Pick<Clip, 'format' | 'seconds'>> {
	const known = valueOf(await checkClip(fileOf(bytes), { allowLonger: true }));
	const unknown = fileOf(bytes, { sizeBytes: undefined });
	expect(valueOf(await checkClip(unknown, { allowLonger: true }))).toEqual(known);
	return known;
}

const secondsOf = async (bytes: Buffer): Promise<number> => (await found(bytes)).seconds;

const refusal = async (bytes: Buffer): Promise<string> =>
	problemOf(await checkClip(fileOf(bytes))).what;

describe('The length of an mp4 with fragments', () => {
	test.each([
		[10, [50, 60], 12],
		[10, [390], 40],
		[0, [80], 8],
		[120, [], 12],
	])('counts %d frames and fragments of %j as %d s', async (frames, fragments, seconds) => {
		expect(await secondsOf(soundMp4({ frames, fragments }))).toBeCloseTo(seconds, 6);
	});

	test('counts all parts when an edit covers only the first', async () => {
		const edits: [number, number][] = [[1000, 0]];
		expect(await secondsOf(soundMp4({ frames: 10, fragments: [50, 60], edits }))).toBeCloseTo(12);
	});

	test('leaves out fragments of another track', async () => {
		const [moof = Buffer.alloc(0), mdat = Buffer.alloc(0)] = fragmentOf(100);
		const other = patched(moof, 'tfhd', 4, 2);
		const bytes = Buffer.concat([soundMp4({ frames: 0, fragments: [80] }), other, mdat]);
		expect(await secondsOf(bytes)).toBeCloseTo(8);
	});
});

describe('The length of an mp4 with edits', () => {
	test.each<[what: string, edits: [number, number][], seconds: number]>([
		['cut to 10 s', [[10_000, 5000]], 10],
		[
			'late by 20 s',
			[
				[20_000, -1],
				[40_000, 0],
			],
			40,
		],
		[
			'late, and cut',
			[
				[20_000, -1],
				[6000, 0],
			],
			6,
		],
		[
			'two pieces',
			[
				[4000, 0],
				[3000, 200_000],
			],
			7,
		],
		['open to its end', [[0, 10_000]], 39],
		['longer than there is', [[90_000, 0]], 40],
		['begun behind the end of a piece', [[9000, 350_000]], 5],
	])('counts only what the edits leave: %s', async (_what, edits, seconds) => {
		expect(await secondsOf(soundMp4({ frames: 400, edits }))).toBeCloseTo(seconds, 6);
	});

	test('is refused when the edits leave no sound', async () => {
		expect(await refusal(soundMp4({ frames: 400, edits: [[5000, 500_000]] }))).toBe(
			'The clip has no sound track',
		);
	});
});

describe('An mp4 whose sound is not in the file', () => {
	const whole = soundMp4({ frames: 120 });

	test.each([
		['no data', only(whole, 'ftyp', 'moov')],
		['data of another file', soundMp4({ frames: 120, dataAt: 1_000_000 })],
		['an empty box of data', Buffer.concat([only(whole, 'ftyp', 'moov'), box('mdat')])],
		['fragments alone', only(soundMp4({ frames: 0, fragments: [120] }), 'ftyp', 'moov', 'moof')],
	])('is refused as cut off: %s', async (_what, bytes) => {
		expect(await refusal(bytes)).toMatch(/^The clip is cut off: at least \d+ KB of its sound is/);
	});

	test.each(['enca', 'drms'])('is refused as protected with the codec %s', async (codec) => {
		expect(problemOf(await checkClip(fileOf(soundMp4({ frames: 120, codec }))))).toMatchObject({
			what: 'The clip has protected sound (DRM), which cannot be used',
			advice: expect.stringContaining('without copy protection') as string,
		});
	});
});

describe('An mp4 or mov with an unusual beginning or end', () => {
	const mp4 = soundMp4({ frames: 80 });
	const free = box('free', Buffer.alloc(20));
	// The places of sound count from the start of the file.
	const moved = (by: number) => soundMp4({ frames: 80, dataAt: mp4.indexOf('mdat') + 4 + by });

	test.each([
		['free first', Buffer.concat([free, moved(free.length)]), 'mp4'],
		['styp first', Buffer.concat([box('styp', Buffer.from('iso5'), words(0)), moved(16)]), 'mp4'],
		['zeros behind the end', Buffer.concat([mp4, Buffer.alloc(300)]), 'mp4'],
		[
			'a text behind the end',
			Buffer.concat([mp4, Buffer.from('made by a program of mine')]),
			'mp4',
		],
		['three bytes behind the end', Buffer.concat([mp4, Buffer.from('end')]), 'mp4'],
		['no ftyp', moved(-20).subarray(20), 'mov'],
		['no ftyp but wide', Buffer.concat([box('wide'), moved(-12).subarray(20)]), 'mov'],
		['the brand of 3gp', soundMp4({ frames: 80, brand: '3gp5' }), 'mp4'],
		['the brand of m4a', soundMp4({ frames: 80, brand: 'M4A ' }), 'mp4'],
		['the brand of QuickTime', soundMp4({ frames: 80, brand: 'qt  ' }), 'mov'],
	])('is accepted with %s', async (_what, bytes, format) => {
		expect(await found(bytes)).toMatchObject({ format, seconds: 8 });
	});

	test.each(['other.m4a', 'other.3gp'])('is only too short: %s', async (name) => {
		expect(await refusal(bytesOf(name))).toBe('The clip is 2 s long; Kling needs 5 to 30 s');
	});

	test.each(['Hey wide world, this is a text', 'Now free of charge'])(
		'is not recognized in the text "%s"',
		async (text) => {
			expect(await refusal(Buffer.from(text))).toMatch('is a text file');
		},
	);
});

describe('The length of a wav', () => {
	const SECONDS = 12;
	const sound = Buffer.alloc(8000 * SECONDS, 128);
	const announcing = (bytes: number) => Buffer.concat([wavHead({ bytes }), sound]);

	test.each([1, 8, 44, 100])(
		'counts what is there with %d bytes too many announced',
		async (more) => {
			expect(await secondsOf(announcing(sound.length + more))).toBeCloseTo(SECONDS, 6);
		},
	);

	test.each([0, 0x7fff_f000, 0x7fff_ffff, 0xffff_ffff, 8000 * (SECONDS + 601), 1_000_000_000])(
		'counts what is there with %d bytes announced by a recorder that did not know',
		async (bytes) => {
			expect(await secondsOf(announcing(bytes))).toBe(SECONDS);
		},
	);

	test.each([
		[101, 'it should have 12.01 s of sound and has 12.00 s'],
		[8000, 'it should have 13.0 s of sound and has 12.0 s'],
		[8000 * 599, 'it should have 611.0 s of sound and has 12.0 s'],
	])('is refused as cut off with %d bytes missing', async (more, what) => {
		expect(await refusal(announcing(sound.length + more))).toBe(`The clip is cut off: ${what}`);
	});

	test.each(['RF64', 'BW64'] as const)('counts what is there in the form %s', async (form) => {
		const sizes = Buffer.alloc(28);
		sizes.writeBigUInt64LE(BigInt(sound.length), 8);
		const head = wavHead({ form, bytes: 0xffff_ffff, chunks: [chunk('ds64', sizes)] });
		expect(await found(Buffer.concat([head, sound]))).toEqual({
			format: 'wav',
			mimeType: 'audio/wav',
			seconds: SECONDS,
		});
	});

	test('counts what is there behind a tag', async () => {
		const bytes = Buffer.concat([id3(700), announcing(sound.length)]);
		expect(await found(bytes)).toMatchObject({ format: 'wav', seconds: SECONDS });
		const clip = valueOf(await checkClip(fileOf(bytes)));
		expect(
			valueOf(await trimClip(fileOf(bytes), taken(clip))).equals(announcing(sound.length)),
		).toBe(true);
	});
});

describe('The length of an mp3', () => {
	const vbr = bytesOf('mp3-vbr.mp3');
	const stereo = bytesOf('mp3-stereo-44100.mp3');
	const [VBR, STEREO] = [8.1, 6.048];

	test.each<[what: string, parts: Buffer[], seconds: number]>([
		['one after the other', [vbr, vbr, vbr], 3 * VBR],
		['tags between', [vbr, id3v1(), id3(500), vbr, id3v1(), vbr], 3 * VBR],
		['pictures between', [vbr, id3v1(), id3(400_000), vbr, id3(90_000, 0xff), vbr], 3 * VBR],
		['tags of APE between', [vbr, apeTag(70_000), id3v1(), vbr], 2 * VBR],
		['zeros and a tag between', [vbr, Buffer.alloc(5000), id3(200_000), vbr], 2 * VBR],
		['two sample rates', [vbr, stereo, vbr], 2 * VBR + STEREO],
		['two sample rates and tags', [stereo, id3v1(), id3(300_000), vbr], VBR + STEREO],
	])('counts all parts: %s', async (_what, parts, seconds) => {
		expect(await secondsOf(Buffer.concat(parts))).toBeCloseTo(seconds, 3);
	});

	test('lets a joined mp3 be trimmed like a single one', async () => {
		const file = fileOf(Buffer.concat([vbr, id3v1(), id3(400_000), stereo, vbr, vbr, vbr]));
		const clip = valueOf(await checkClip(file, { allowLonger: true }));
		expect(clip.seconds).toBeGreaterThan(30);
		const cut = valueOf(await trimClip(file, taken(clip)));
		const { seconds } = valueOf(await checkClip(fileOf(cut)));
		expect(seconds).toBeLessThanOrEqual(30);
		expect(seconds).toBeGreaterThan(29.9);
	});

	/** Silence, in frames of 576 samples as they are at low rates: 16 kilobits, mono. */
	function silence(rate: 8000 | 11_025, frames: number): Buffer {
		const frame = Buffer.alloc(Math.floor((72 * 16_000) / rate));
		frame.set([0xff, 0xe3, rate === 8000 ? 0x28 : 0x20, 0xc4]);
		return Buffer.alloc(frame.length * frames, frame);
	}

	// Half a minute is 417 frames at 8 kHz, and 575 at 11.025.
	test.each([
		[8000, 417 + 3, 420 * 0.072],
		[11_025, 575 + 3, (578 * 576) / 11_025],
	] as const)(
		'accepts 30 s at %d Hz with what encoders add: %d frames',
		async (rate, frames, seconds) => {
			const clip = valueOf(await checkClip(fileOf(silence(rate, frames))));
			expect(clip.seconds).toBeCloseTo(seconds, 3);
		},
	);

	test.each([
		[8000, 422],
		[11_025, 580],
	] as const)('refuses, at %d Hz, %d frames as too long', async (rate, frames) => {
		expect(await refusal(silence(rate, frames))).toMatch(/30\.\d+ s long/);
	});
});

describe('A length that no recording has', () => {
	test.each([
		soundMp4({ frames: 10_000, rate: 100 }),
		patched(soundMp4({ frames: 120, rate: 1 }), 'stts', 12, 0xffff_ffff),
	])('is given as more than a day', async (bytes) => {
		expect(await refusal(bytes)).toBe('The clip is more than a day long; Kling needs 5 to 30 s');
	});
});

describe('Trim Clip', () => {
	const RATE = 500;
	const values = [-100, 0, 40, 20];
	const mean = -10;

	/** 40 s of these values, one for each channel. */
	function wav(
		bits: number,
		codec: number,
		write: (into: Buffer, value: number, at: number) => void,
	) {
		const sample = bits / 8;
		const block = Buffer.alloc(sample * 4);
		values.forEach((value, channel) => write(block, value, channel * sample));
		const bytes = block.length * RATE * 40;
		return Buffer.concat([
			wavHead({ rate: RATE, channels: 4, bits, codec, bytes }),
			Buffer.alloc(bytes, block),
		]);
	}

	type Case = [
		bits: number,
		codec: number,
		write: (into: Buffer, value: number, at: number) => void,
		read: (from: Buffer, at: number) => number,
	];
	test.each<Case>([
		[8, 1, (into, value, at) => (into[at] = value + 128), (from, at) => (from[at] ?? 0) - 128],
		[16, 1, (into, value, at) => into.writeInt16LE(value, at), (from, at) => from.readInt16LE(at)],
		[
			24,
			1,
			(into, value, at) => into.writeIntLE(value, at, 3),
			(from, at) => from.readIntLE(at, 3),
		],
		[32, 1, (into, value, at) => into.writeInt32LE(value, at), (from, at) => from.readInt32LE(at)],
		[32, 3, (into, value, at) => into.writeFloatLE(value, at), (from, at) => from.readFloatLE(at)],
		[
			64,
			3,
			(into, value, at) => into.writeDoubleLE(value, at),
			(from, at) => from.readDoubleLE(at),
		],
	])(
		'mixes more than two channels down to one: %d bits of codec %d',
		async (bits, codec, write, read) => {
			const file = fileOf(wav(bits, codec, write));
			const clip = valueOf(await checkClip(file, { allowLonger: true }));
			const cut = valueOf(await trimClip(file, taken(clip)));
			expect(valueOf(await checkClip(fileOf(cut))).seconds).toBe(30);
			expect([cut.readUInt16LE(20), cut.readUInt16LE(22), cut.readUInt16LE(34)]).toEqual([
				codec,
				1,
				bits,
			]);
			const sound = cut.subarray(cut.indexOf('data') + 8);
			expect(sound.length).toBe((RATE * 30 * bits) / 8);
			const mixed = new Set<number>();
			for (let at = 0; at < sound.length; at += bits / 8) mixed.add(read(sound, at));
			expect([...mixed]).toEqual([mean]);
		},
	);

	test('keeps two channels', async () => {
		const head = wavHead({ rate: RATE, channels: 2, bits: 16, bytes: RATE * 4 * 40 });
		const file = fileOf(Buffer.concat([head, Buffer.alloc(RATE * 4 * 40, 'abcd')]));
		const cut = valueOf(
			await trimClip(file, taken(valueOf(await checkClip(file, { allowLonger: true })))),
		);
		expect(cut.readUInt16LE(22)).toBe(2);
		expect(cut.length).toBe(44 + RATE * 4 * 30);
	});

	test.each([6, 7])('refuses codec %d in words', async (codec) => {
		const bytes = RATE * 4 * 40;
		const head = wavHead({ rate: RATE, channels: 4, bits: 8, codec, bytes });
		const file = fileOf(Buffer.concat([head, Buffer.alloc(bytes)]));
		const clip = valueOf(await checkClip(file, { allowLonger: true }));
		expect(problemOf(await trimClip(file, taken(clip)))).toMatchObject({
			what: 'The clip is a wav file of 4 channels that cannot be mixed down here',
			advice: expect.stringContaining('Convert it to mono or stereo') as string,
		});
	});
});
