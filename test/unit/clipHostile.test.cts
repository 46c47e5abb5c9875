import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import { trimClip } from '../../nodes/Kling/media/clip/trimClip';
import { problemOf } from '../support/answers.cjs';
import { bytesOf, fileOf, generatedFile, type WatchedFile } from '../support/clips/clips.cjs';
import { isSound, LIMITS, looked } from '../support/clips/limits.cjs';
import {
	apeTag,
	box,
	chunk,
	contentsOf,
	fragmentOf,
	id3,
	id3v1,
	only,
	patched,
	soundMp4,
	wavHead,
	words,
} from '../support/clips/made.cjs';

const MB = 1024 * 1024;
const ENDLESS = 71_000 * MB;
const DAMAGED = /^The clip (is|has its) (a )?(damaged|sound in parts)/;

/** A file that is nowhere whole: a beginning, and then one byte again and again. */
function long(head: Buffer, size: number, { isKnown = true, fill = 1 } = {}): WatchedFile {
	const part = (start: number, end: number) => {
		const bytes = Buffer.alloc(end - start, fill);
		bytes.set(head.subarray(start, end));
		return bytes;
	};
	return generatedFile(size, part, isKnown ? { sizeBytes: size } : {});
}

async function expectWithin(
	make: () => WatchedFile,
	look?: Parameters<typeof looked>[1],
): Promise<string> {
	const { reply, cost } = await looked(make, look);
	expect(cost.blockedMs).toBeLessThanOrEqual(LIMITS.blockedMs);
	expect(cost.ms).toBeLessThanOrEqual(LIMITS.ms);
	expect(cost.memoryBytes).toBeLessThanOrEqual(LIMITS.memoryBytes);
	expect(cost.readBytes).toBeLessThanOrEqual(LIMITS.readBytes + MB);
	expect(isSound(reply)).toBe(true);
	return reply.ok ? '' : problemOf(reply).what;
}

const fragmented = bytesOf('mp4-fragmented.mp4');
const faststart = bytesOf('mp4-faststart.mp4');

describe('An mp4 whose fragments announce more than the file can hold', () => {
	test.each([
		['4,294,967,295 samples with sizes of their own', 0x205, 0xffff_ffff],
		['4,294,967,295 samples', 0, 0xffff_ffff],
		['10 million samples', 0, 10_000_000],
		['as many samples as the file has bytes', 0, fragmented.length],
	])('is refused as damaged with %s', async (_what, flags, count) => {
		const bytes = patched(fragmented, 'trun', 0, flags, count);
		expect(await expectWithin(() => fileOf(bytes))).toMatch(DAMAGED);
	});

	test('is refused as damaged in a file of 4.7 KB', async () => {
		const [moof = Buffer.alloc(0), mdat = Buffer.alloc(0)] = fragmentOf(100);
		const run = patched(moof, 'trun', 0, 0, 0xffff_ffff);
		const init = only(soundMp4({ frames: 0, fragments: [1] }), 'ftyp', 'moov');
		const bytes = Buffer.concat([init, run, mdat, box('free', Buffer.alloc(3200))]);
		expect(await expectWithin(() => fileOf(bytes))).toMatch(DAMAGED);
	});
});

describe('An mp4 whose tables announce more than the file can hold', () => {
	const COUNTS = [0xffff_ffff, 0x7fff_ffff, 10_000_000, 5000];
	test.each(
		['stts', 'stsc', 'stco', 'elst'].flatMap((type) =>
			COUNTS.map((count) => [type, 4, count] as const),
		),
	)('is refused as damaged with %s at %d: %d', async (type, at, count) => {
		const bytes = patched(faststart, type, at, count);
		expect(await expectWithin(() => fileOf(bytes))).toMatch(DAMAGED);
		await expectWithin(() => fileOf(bytes, { sizeBytes: undefined }));
	});

	test.each(COUNTS)('is refused as damaged with stsz: %d', async (count) => {
		const bytes = patched(faststart, 'stsz', 8, count);
		expect(await expectWithin(() => fileOf(bytes))).toMatch(DAMAGED);
	});

	test.each(COUNTS)('is refused as damaged with %d samples of one size', async (count) => {
		const bytes = patched(patched(faststart, 'stsz', 4, 40, count), 'stts', 4, 1, count, 1024);
		expect(await expectWithin(() => fileOf(bytes))).toMatch(/damaged|cut off/);
	});

	test('is judged within the limits with runs of samples that are longer than any file', async () => {
		const bytes = patched(faststart, 'stts', 8, 0xffff_ffff, 0xffff_ffff);
		await expectWithin(() => fileOf(bytes));
	});

	test('is judged within the limits with 64 MB of such tables', async () => {
		const size = 64 * MB;
		const head = soundMp4({ frames: 80 });
		const [times = 0] = contentsOf(head, 'stts');
		const before = head.subarray(0, times + 4);
		// All that is around it has to have room for it.
		for (const type of ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stts']) {
			const [at = 0] = contentsOf(before, type);
			before.writeUInt32BE(size - at + 8, at - 8);
		}
		before.writeUInt32BE((size - times - 8) >> 3, times + 4 - 4);
		await expectWithin(() => long(before, size));
		await expectWithin(() => long(before, ENDLESS, { isKnown: false }));
	});
});

describe('An mp4 of more parts than any recording has', () => {
	const type = only(faststart, 'ftyp');

	/** Boxes in one another, each with its true size. */
	function nested(name: string, depth: number): Buffer {
		const bytes = Buffer.alloc(depth * 8);
		for (let level = 0; level < depth; level++) {
			bytes.writeUInt32BE((depth - level) * 8, level * 8);
			bytes.write(level === 0 ? 'moov' : name, level * 8 + 4);
		}
		return bytes;
	}

	test.each(['moov', 'trak', 'mdia', 'udta', 'free'])(
		'is judged within the limits with %s nested 10,000 deep',
		async (name) => {
			const bytes = Buffer.concat([type, nested(name, 10_000)]);
			expect(await expectWithin(() => fileOf(bytes))).toMatch(DAMAGED);
		},
	);

	test('is judged within the limits with 28,000 fragments', async () => {
		const init = only(soundMp4({ frames: 0, fragments: [1] }), 'ftyp', 'moov');
		const one = Buffer.concat(fragmentOf(2));
		const all = Buffer.alloc(28_000 * one.length, one);
		const what = await expectWithin(() => fileOf(Buffer.concat([init, all])));
		expect(what).toBe('The clip is about 93 min long; Kling needs 5 to 30 s');
		const empty = Buffer.concat([init, Buffer.alloc(28_000 * 8, box('moof'))]);
		expect(await expectWithin(() => fileOf(empty))).toBe('The clip has no sound track');
	});

	test('is judged within the limits with 28,000 fragments without their sound', async () => {
		const init = only(soundMp4({ frames: 0, fragments: [1] }), 'ftyp', 'moov');
		const [moof = Buffer.alloc(0)] = fragmentOf(1000);
		const bytes = Buffer.concat([init, Buffer.alloc(28_000 * moof.length, moof)]);
		expect(await expectWithin(() => fileOf(bytes))).toMatch(DAMAGED);
	});

	test.each(['free', 'moof', 'moov', 'uuid'])(
		'is judged within the limits with 512 MB of empty %s',
		async (name) => {
			const head = Buffer.concat([type, Buffer.alloc(8 * MB, box(name))]);
			await expectWithin(() => long(head, 512 * MB, { fill: 0 }));
		},
	);

	test.each(['trak', 'free', 'mvex'])(
		'is judged within the limits with a list of tracks of empty %s',
		async (name) => {
			const bytes = Buffer.concat([type, box('moov', Buffer.alloc(8 * MB, box(name)))]);
			expect(await expectWithin(() => fileOf(bytes))).toMatch(DAMAGED);
		},
	);

	test('is judged within the limits with a fragment of empty parts', async () => {
		const init = only(soundMp4({ frames: 0, fragments: [1] }), 'ftyp', 'moov');
		for (const name of ['traf', 'free']) {
			for (const size of [1000, MB - 100, 8 * MB]) {
				const bytes = Buffer.concat([init, box('moof', Buffer.alloc(size & ~7, box(name)))]);
				await expectWithin(() => fileOf(bytes));
			}
		}
	});
});

describe('A wav that announces more than the file can hold', () => {
	test.each([0xffff_ffff, 0xffff_fff0, 0x7fff_ffff])(
		'is judged within the limits with %d bytes of sound announced',
		async (bytes) => {
			await expectWithin(() => long(wavHead({ bytes }), 60_000));
		},
	);

	test.each([2n ** 63n - 1n, 2n ** 64n - 1n, 2n ** 53n, 0n])(
		'is accepted with %d in its ds64',
		async (size) => {
			const bytes = bytesOf('wav-rf64.wav');
			bytes.writeBigUInt64LE(size, bytes.indexOf('ds64') + 16);
			expect(await expectWithin(() => fileOf(bytes))).toBe('');
		},
	);

	test('is refused with a ds64 of no size at the end of the file', async () => {
		const bytes = chunk(
			'RF64',
			Buffer.concat([Buffer.from('WAVE'), chunk('ds64', Buffer.alloc(0))]),
		);
		expect(await expectWithin(() => fileOf(bytes))).toMatch(DAMAGED);
	});

	test.each([
		[0xffff_ffff, 2],
		[1, 1],
		[8000, 0],
	])('is refused with %d blocks of %d bytes in a second', async (rate, block) => {
		const bytes = wavHead({ rate, bytes: 100_000 });
		bytes.writeUInt16LE(block, 32);
		expect(await expectWithin(() => long(bytes, 100_044))).toMatch(DAMAGED);
	});

	test.each([0, 1, 0xffff_fff0])(
		'is judged within the limits with half a million chunks of %d bytes',
		async (size) => {
			const head = wavHead({ bytes: 0 }).subarray(0, 36);
			const chunks = Buffer.alloc(4 * MB, chunk('LIST', Buffer.alloc(0), size));
			expect(await expectWithin(() => fileOf(Buffer.concat([head, chunks])))).toMatch(DAMAGED);
		},
	);
});

describe('An mp3 between tags', () => {
	const sound = bytesOf('mp3-vbr.mp3');
	test.each([
		['empty ones', id3(0)],
		['small ones', id3(100)],
		['those of ID3v1', id3v1()],
		['those of APE', apeTag(10)],
	])('is judged within the limits with 4 MB of %s before it', async (_what, tag) => {
		const bytes = Buffer.concat([Buffer.alloc(4 * MB, tag), sound]);
		await expectWithin(() => fileOf(bytes));
	});

	test('is refused when 4 MB of empty tags are all there is', async () => {
		const bytes = Buffer.alloc(4 * MB, id3(0));
		expect(await expectWithin(() => fileOf(bytes))).toBe(
			'The clip is a damaged mp3 file: no sound follows its tags',
		);
	});

	test('is judged within the limits with a tag that is announced far beyond the end', async () => {
		const bytes = Buffer.concat([Buffer.from('ID3\x04\0\0\x7f\x7f\x7f\x7f', 'latin1'), sound]);
		expect(await expectWithin(() => fileOf(bytes))).toMatch(DAMAGED);
		await expectWithin(() => fileOf(bytes, { sizeBytes: undefined }));
	});

	test('is judged within the limits with three frames and 60 KB of what looks like frames, again and again', async () => {
		const frames = bytesOf('mp3-125.mp3').subarray(0, 108);
		const part = Buffer.concat([frames, Buffer.alloc(60_000, '\xff\xfb\x90\x64', 'latin1')]);
		const bytes = Buffer.concat([sound, Buffer.alloc(40 * MB, part)]);
		await expectWithin(() => fileOf(bytes));
	});

	test.each([
		['bytes that are always set', '\xff'],
		['sync words', '\xff\xfb\x90\x64'],
		['what looks like tags', 'TAG'],
	])('is judged within the limits with 32 MB of %s behind it', async (_what, pattern) => {
		const bytes = Buffer.concat([sound, Buffer.alloc(32 * MB, pattern, 'latin1')]);
		await expectWithin(() => fileOf(bytes));
	});
});

describe('A file that never ends', () => {
	test.each([
		['wav', wavHead({ bytes: 0xffff_ffff })],
		['wav whose chunks lead far away', wavHead({ bytes: 9 }).subarray(0, 36)],
		['wav of the highest rate', wavHead({ bytes: 0, rate: 768_000, channels: 64, bits: 32 })],
		['mp3', bytesOf('mp3-vbr.mp3')],
		['mp4', faststart],
		['mp4 whose sound never ends', only(faststart, 'ftyp', 'moov')],
		['list of tracks', Buffer.concat([only(faststart, 'ftyp'), words(0), Buffer.from('moov')])],
		['film of another kind', Buffer.from('free')],
	])('is read up to 512 MB at most: %s', async (_what, head) => {
		await expectWithin(() => long(head, ENDLESS, { isKnown: false, fill: 0x20 }));
		await expectWithin(() => long(head, ENDLESS, { isKnown: false, fill: 0 }));
	});

	test('is refused as too large', async () => {
		const free = Buffer.concat([only(faststart, 'ftyp'), words(0x7fff_ffff), Buffer.from('free')]);
		expect(await expectWithin(() => long(free, ENDLESS, { isKnown: false }))).toBe(
			'The clip is too large: its first 512 MB do not show how long it is',
		);
	});
});

describe('Trim Clip', () => {
	const trim = async (file: WatchedFile) => await trimClip(file, 'wav');

	// 92 MB of sound that become 11: at the same pace however much follows.
	test.each([60, 120])(
		'trims a wav of 96 kHz, 8 channels, 32 bits and %d s in time',
		async (seconds) => {
			const bytes = 96_000 * 32 * seconds;
			const head = wavHead({ rate: 96_000, channels: 8, bits: 32, bytes });
			await expectWithin(() => long(head, head.length + bytes), trim);
		},
	);

	test('reads only the 30 s that it keeps', async () => {
		const head = wavHead({ rate: 48_000, channels: 2, bits: 16, bytes: 400 * MB });
		const file = long(head, 400 * MB);
		expect((await trim(file)).ok).toBe(true);
		expect(file.reads.bytes).toBeLessThan(48_000 * 4 * 30 + MB);
	});
});

test('A file that announces more than it has costs no more to check', async () => {
	const bytes = bytesOf('mp4-30.0.mp4');
	const reply = await checkClip(fileOf(bytes, { sizeBytes: bytes.length * 1000 }));
	expect(isSound(reply)).toBe(true);
});
