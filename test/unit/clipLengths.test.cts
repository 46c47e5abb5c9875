import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import { trimClip } from '../../nodes/Kling/media/clip/trimClip';
import { valueOf } from '../support/answers.cjs';
import { bytesOf, fileOf, taken } from '../support/clips/clips.cjs';
import { apeTag, chunk, id3, id3v1, patched, soundMp4, wavHead } from '../support/clips/made.cjs';
import { found, refusal, secondsOf } from '../support/clips/judged.cjs';

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
