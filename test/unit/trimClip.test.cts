import { BufferSource, Input, MP3 } from 'mediabunny';
import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import { isTooLong } from '../../nodes/Kling/media/clip/clip';
import { trimClip } from '../../nodes/Kling/media/clip/trimClip';
import { judgeBytes } from '../../sandbox/kling/media/judge.cjs';
import {
	bytesOf,
	clipFile,
	fileOf,
	generatedFile,
	type WatchedFile,
	taken,
} from '../support/clips/clips.cjs';
import { problemOf, valueOf } from '../support/answers.cjs';

async function trimmed(file: WatchedFile): Promise<Buffer> {
	const clip = valueOf(await checkClip(file, { allowLonger: true }));
	file.reads.bytes = 0;
	return valueOf(await trimClip(file, taken(clip)));
}

/** Where the second frame begins, if the first is a length header. */
function soundAt(mp3: Buffer): number {
	return mp3.includes('Xing') ? mp3.indexOf(mp3.subarray(0, 2), 4) : 0;
}

test.each([
	['wav-31.wav', 30],
	['wav-extensible-31.wav', 30],
	['wav-float-31.wav', 30],
	['mp3-31.mp3', 29.988],
	['mp3-vbr-31.mp3', 29.952],
	['mp3-125.mp3', 29.952],
])('Trim Clip makes of %s %d s that Kling accepts', async (name, seconds) => {
	const file = clipFile(name);
	const bytes = await trimmed(file);
	const clip = valueOf(await checkClip(fileOf(bytes)));
	expect(clip.seconds).toBeCloseTo(seconds, 3);
	expect(clip.seconds).toBeLessThanOrEqual(30);
	expect(await judgeBytes(bytes)).toBeNull();
	// Not a byte of sound is changed.
	const sound = bytes.subarray(name.startsWith('wav') ? bytes.indexOf('data') + 8 : soundAt(bytes));
	expect(bytesOf(name).indexOf(sound)).toBeGreaterThanOrEqual(0);
	// To be sure where an mp3 begins, the first 64 KB are looked at.
	expect(file.reads.bytes).toBeLessThanOrEqual(Math.max(65_536, bytes.length + 2 * 16_384));
	expect(file.reads.closed).toBe(file.reads.opened);
});

describe('Trim Clip of a wav', () => {
	test.each(['wav-31.wav', 'wav-extensible-31.wav', 'wav-float-31.wav'])(
		'keeps the format of %s, with true sizes',
		async (name) => {
			const bytes = await trimmed(clipFile(name));
			const formatOf = (wav: Buffer) => {
				const at = wav.indexOf('fmt ');
				return wav.subarray(at, at + 8 + wav.readUInt32LE(at + 4));
			};
			expect(formatOf(bytes).equals(formatOf(bytesOf(name)))).toBe(true);
			const data = bytes.indexOf('data');
			expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
			expect(bytes.readUInt32LE(data + 4)).toBe(bytes.length - data - 8);
			const fact = bytes.indexOf('fact');
			expect(fact === -1 ? undefined : bytes.readUInt32LE(fact + 8)).toBe(
				name === 'wav-31.wav' ? undefined : 30_000,
			);
		},
	);

	test('ends with a whole block and an even number of bytes', async () => {
		const bytes = bytesOf('wav-31.wav');
		// 8001 blocks of 3 bytes a second, for 31 s, and a part of one.
		bytes.writeUInt32LE(8001, 24);
		bytes.writeUInt16LE(3, 32);
		bytes.writeUInt16LE(24, 34);
		const size = 31 * 8001 * 3 + 2;
		bytes.writeUInt32LE(size, 40);
		const whole = Buffer.concat([bytes.subarray(0, 44), Buffer.alloc(size, 7)]);
		const short = await trimmed(fileOf(whole));
		expect(short.readUInt32LE(40)).toBe(30 * 8001 * 3);
		expect(short.length).toBe(44 + 30 * 8001 * 3);
		whole.writeUInt32LE(8001 * 3 * 29 + 3, 40);
		const odd = await trimmed(fileOf(whole));
		expect(odd.readUInt32LE(40)).toBe(8001 * 3 * 29 + 3);
		expect(odd.length % 2).toBe(0);
	});

	test('reads only the first 30 s of hours that came through a pipe', async () => {
		const head = bytesOf('wav-pipe-ffmpeg.wav').subarray(0, 44);
		const file = generatedFile(8000 * 3600 * 3, (start, end) => {
			const chunk = Buffer.alloc(end - start, 1);
			chunk.set(head.subarray(start, end));
			return chunk;
		});
		expect((await trimmed(file)).length).toBe(44 + 240_000);
		expect(file.reads.bytes).toBeLessThanOrEqual(240_000 + 2 * 16_384);
	});
});

describe('Trim Clip of an mp3', () => {
	test.each(['mp3-31.mp3', 'mp3-cover.mp3', 'mp3-header.mp3'])(
		'keeps no tag and no length header of the whole clip: %s',
		async (name) => {
			const bytes = await trimmed(clipFile(name));
			expect(bytes[0]).toBe(0xff);
			for (const stale of ['Info', 'ID3', 'TLEN']) expect(bytes.includes(stale)).toBe(false);
		},
	);

	test('writes a new length header when the bit rate varies', async () => {
		const bytes = await trimmed(clipFile('mp3-vbr-31.mp3'));
		const at = bytes.indexOf('Xing');
		// As the encoder placed its own, with the frames and bytes of the whole clip.
		expect(at).toBe(bytesOf('mp3-vbr-31.mp3').indexOf('Xing'));
		expect(bytes.readUInt32BE(at + 4)).toBe(3);
		expect(bytes.readUInt32BE(at + 8)).toBe(416);
		expect(bytes.readUInt32BE(at + 12)).toBe(bytes.length);
		const input = new Input({ source: new BufferSource(bytes), formats: [MP3] });
		expect(await input.getDurationFromMetadata()).toBeCloseTo(29.952, 3);
		expect((await trimmed(clipFile('mp3-31.mp3'))).includes('Xing')).toBe(false);
	});

	test('keeps all frames of a shorter one', async () => {
		const bytes = bytesOf('mp3-no-header.mp3');
		expect((await trimmed(fileOf(Buffer.concat([Buffer.alloc(50), bytes])))).equals(bytes)).toBe(
			true,
		);
	});
});

test.each(['mp4-31.mp4', 'mov-31.mov'])('Trim Clip refuses %s in words', async (name) => {
	const file = clipFile(name);
	const clip = valueOf(await checkClip(file, { allowLonger: true }));
	file.reads.opened = 0;
	expect(problemOf(await trimClip(file, taken(clip)))).toEqual({
		cause: 'refused',
		retry: 'never',
		what: 'The clip is a video, which cannot be trimmed without re-encoding',
		advice:
			'Cut it to 30 s beforehand, or pass its sound as mp3 or wav. Nothing was sent to Kling.',
	});
	expect(file.reads.opened).toBe(0);
});

test.each([
	['wav-30.0.wav', false],
	['mp3-30.0.mp3', false],
	['wav-31.wav', true],
])('a clip %s is too long without Trim Clip: %s', async (name, expected) => {
	const clip = valueOf(await checkClip(clipFile(name), { allowLonger: true }));
	expect(isTooLong(clip.seconds)).toBe(expected);
});
