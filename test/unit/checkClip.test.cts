import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import type { ClipFile } from '../../nodes/Kling/media/clip/clip';
import { judgeBytes } from '../../sandbox/kling/media/judge.cjs';
import { bytesOf, clipFile, fileOf } from '../support/clips/clips.cjs';
import { problemOf, valueOf } from '../support/answers.cjs';

const MIME_TYPES = {
	mp3: 'audio/mpeg',
	wav: 'audio/wav',
	mp4: 'video/mp4',
	mov: 'video/quicktime',
} as const;

type Format = keyof typeof MIME_TYPES;

async function refusal(file: ClipFile): Promise<string> {
	return problemOf(await checkClip(file)).what;
}

describe('The check of a clip', () => {
	test.each<[file: string, format: Format, seconds: number]>([
		['wav-5.0.wav', 'wav', 5],
		['wav-30.0.wav', 'wav', 30],
		['wav-list.wav', 'wav', 5],
		['wav-bext.wav', 'wav', 5],
		['wav-rf64.wav', 'wav', 5],
		['wav-alaw.wav', 'wav', 5],
		['wav-pipe-ffmpeg.wav', 'wav', 6],
		['wav-pipe-sox.wav', 'wav', 6],
		['mp3-5.0.mp3', 'mp3', 5.076],
		['mp3-30.0.mp3', 'mp3', 30.096],
		['mp3-header.mp3', 'mp3', 8.1],
		['mp3-no-header.mp3', 'mp3', 8.1],
		['mp3-vbr.mp3', 'mp3', 8.1],
		['mp3-vbr-no-header.mp3', 'mp3', 8.1],
		['mp3-stereo-44100.mp3', 'mp3', 6.048],
		['mp3-cover.mp3', 'mp3', 8.1],
		['mp4-5.0.mp4', 'mp4', 5],
		['mp4-30.0.mp4', 'mp4', 30],
		['mp4-faststart.mp4', 'mp4', 8],
		['mp4-fragmented.mp4', 'mp4', 8.064],
		['mp4-sound-only.mp4', 'mp4', 8],
		['mov-moov-behind.mov', 'mov', 8],
		['mov-faststart.mov', 'mov', 8],
		['mov-30.0.mov', 'mov', 30],
	])('accepts %s as %s of %d s', async (name, format, seconds) => {
		const file = clipFile(name);
		const clip = valueOf(await checkClip(file));
		expect(clip).toEqual({
			format,
			mimeType: MIME_TYPES[format],
			seconds: expect.closeTo(seconds, 3) as number,
		});
		expect(file.reads.closed).toBe(file.reads.opened);
		expect(await judgeBytes(bytesOf(name))).toBeNull();
	});

	test('goes by the content of the file, not by its name', async () => {
		const file = fileOf(bytesOf('mp3-vbr.mp3'), { name: 'speech.wav' });
		expect(valueOf(await checkClip({ ...file, sizeBytes: 50_616 })).format).toBe('mp3');
	});

	test.each(['wav-list.wav', 'mp3-cover.mp3', 'mov-moov-behind.mov', 'mp4-fragmented.mp4'])(
		'accepts %s when its size is not known',
		async (name) => {
			const known = valueOf(await checkClip(clipFile(name)));
			const file = fileOf(bytesOf(name), { sizeBytes: undefined });
			expect(valueOf(await checkClip(file))).toEqual(known);
		},
	);

	test.each([1, 7, 1000, 10_000_000])('reads chunks of %d bytes', async (size) => {
		for (const name of ['wav-list.wav', 'mp3-header.mp3', 'mov-moov-behind.mov']) {
			const whole = fileOf(bytesOf(name));
			const file = { ...whole, open: async () => await whole.open(size) };
			expect(valueOf(await checkClip(file)).seconds).toBeGreaterThan(4.9);
		}
	});

	test('accepts a wav with data size 0, as an interrupted recorder leaves it', async () => {
		const bytes = bytesOf('wav-30.0.wav');
		bytes.writeUInt32LE(0, 4);
		bytes.writeUInt32LE(0, 40);
		expect(valueOf(await checkClip(fileOf(bytes))).seconds).toBe(30);
	});

	test('accepts a wav with JUNK before its format', async () => {
		const bytes = bytesOf('wav-5.0.wav');
		const junk = Buffer.concat([Buffer.from('JUNK'), Buffer.from([27, 0, 0, 0]), Buffer.alloc(28)]);
		const file = fileOf(Buffer.concat([bytes.subarray(0, 12), junk, bytes.subarray(12)]));
		expect(valueOf(await checkClip(file)).seconds).toBe(5);
	});

	test('accepts an mp3 behind garbage that holds sync words', async () => {
		const garbage = Buffer.alloc(20_000, Buffer.from([0xff, 0xfb, 0x90, 0x64, 1, 2, 3]));
		const bytes = Buffer.concat([garbage, bytesOf('mp3-no-header.mp3')]);
		expect(await judgeBytes(bytes)).not.toBeNull();
		expect(valueOf(await checkClip(fileOf(bytes))).seconds).toBeCloseTo(8.1, 3);
	});

	test('measures what is left of an mp3 that was cut in the middle', async () => {
		const bytes = bytesOf('mp3-header.mp3');
		const half = valueOf(await checkClip(fileOf(bytes.subarray(0, 29_000))));
		expect(half.seconds).toBeCloseTo(5.76, 3);
		expect(await refusal(fileOf(bytes.subarray(0, 15_000)))).toBe(
			'The clip is 3 s long; Kling needs 5 to 30 s',
		);
	});

	test('measures an mp3 joined from two, with a tag and a length header between them', async () => {
		const joined = Buffer.concat([bytesOf('mp3-vbr.mp3'), bytesOf('mp3-cover.mp3')]);
		expect(valueOf(await checkClip(fileOf(joined))).seconds).toBeCloseTo(16.2, 3);
	});

	test('accepts an mp3 with a damaged part', async () => {
		const bytes = bytesOf('mp3-no-header.mp3');
		bytes.fill(0, 9000, 10_000);
		const { seconds } = valueOf(await checkClip(fileOf(bytes)));
		expect(seconds).toBeGreaterThan(7.6);
		expect(seconds).toBeLessThan(8.1);
	});

	test('accepts a mov with the data of a program behind its last box', async () => {
		const bytes = Buffer.concat([bytesOf('mov-moov-behind.mov'), Buffer.alloc(300)]);
		expect(valueOf(await checkClip(fileOf(bytes))).seconds).toBe(8);
	});
});
