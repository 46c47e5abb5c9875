import { execFileSync } from 'node:child_process';

import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import type { ConvertibleFormat } from '../../nodes/Kling/media/clip/clip';
import { convertClip } from '../../nodes/Kling/media/clip/convertClip';
import { problemOf, valueOf } from '../support/answers.cjs';
import { bytesOf, clipFile, fileOf, pathOf } from '../support/clips/clips.cjs';

const formatOf = (name: string): ConvertibleFormat =>
	name.endsWith('.ogg') ? 'ogg' : name.endsWith('.webm') ? 'webm' : 'mkv';

const converted = async (name: string, longestSeconds = 30) =>
	valueOf(await convertClip(clipFile(name), formatOf(name), { longestSeconds }));

const samplesOf = (wav: Buffer): Int16Array =>
	Int16Array.from({ length: (wav.length - 44) / 2 }, (_, at) => wav.readInt16LE(44 + 2 * at));

/** The same sound as ffmpeg decodes it. */
const reference = (name: string): Int16Array => {
	const pcm = execFileSync(
		'ffmpeg',
		[
			...[
				'-loglevel',
				'error',
				'-c:a',
				'libopus',
				'-i',
				pathOf(name),
				'-map',
				'0:a',
				'-f',
				's16le',
				'-ac',
				'1',
				'-',
			],
		],
		{ maxBuffer: 8 * 1024 * 1024 },
	);
	return Int16Array.from({ length: pcm.length / 2 }, (_, at) => pcm.readInt16LE(2 * at));
};

const hasFfmpeg = (() => {
	try {
		execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
})();

const RECORDINGS: [name: string, seconds: number][] = [
	['opus-voice.ogg', 8],
	['opus-stereo.ogg', 6],
	['opus-30.0.ogg', 30],
	['opus-voice.webm', 8],
	['opus-browser.webm', 8],
	['opus-video.webm', 6],
	['opus-voice.mkv', 8],
	['opus-surround.mkv', 6],
];

describe('A recording with Opus', () => {
	test.each(RECORDINGS)(
		'is known by its content, with its length: %s, %d s',
		async (name, seconds) => {
			const clip = valueOf(await checkClip(clipFile(name), { converts: true }));
			expect(clip.format).toBe(formatOf(name));
			expect(Math.abs(clip.seconds - seconds)).toBeLessThan(0.05);
		},
	);

	test.each(RECORDINGS)('becomes a wav that the check takes: %s, %d s', async (name, seconds) => {
		const { wav, sampleRate } = await converted(name);
		const clip = valueOf(await checkClip(fileOf(wav)));
		expect(clip).toMatchObject({ format: 'wav' });
		expect(Math.abs(clip.seconds - seconds)).toBeLessThan(0.05);
		expect([wav.readUInt16LE(22), wav.readUInt16LE(34), sampleRate]).toEqual([1, 16, 48_000]);
	});

	// Surround sound is left out: ffmpeg mixes its channels with weights.
	(hasFfmpeg ? test : test.skip).each(RECORDINGS.filter(([name]) => !name.includes('surround')))(
		'sounds as ffmpeg decodes it: %s',
		async (name) => {
			const ours = samplesOf((await converted(name)).wav);
			const theirs = reference(name);
			expect(Math.abs(ours.length - theirs.length)).toBeLessThan(480);
			let power = 0;
			let noise = 0;
			for (const [at, value] of theirs.entries()) {
				power += value ** 2;
				noise += (value - (ours[at] ?? 0)) ** 2;
			}
			expect(power).toBeGreaterThan(0);
			expect(noise / power).toBeLessThan(0.001);
		},
	);

	test('of 31 s is too long, unless it will be cut', async () => {
		const file = () => clipFile('opus-31.ogg');
		expect(problemOf(await checkClip(file(), { converts: true })).what).toContain('is 31 s long');
		const clip = valueOf(await checkClip(file(), { converts: true, allowLonger: true }));
		expect(clip.seconds).toBeCloseTo(31, 1);
		const { wav, seconds } = await converted('opus-31.ogg');
		expect(seconds).toBe(30);
		expect(wav).toHaveLength(44 + 2 * 48_000 * 30);
	});

	test('is lowered to the sample rate that fits', async () => {
		const reply = await convertClip(clipFile('opus-30.0.ogg'), 'ogg', {
			longestSeconds: 60,
			mostBytes: 2_000_000,
		});
		const { sampleRate, seconds, wav } = valueOf(reply);
		expect(sampleRate).toBe(16_000);
		expect(seconds).toBeCloseTo(30, 1);
		expect(wav.length).toBeLessThan(2_000_000);
	});

	test('is refused when no sample rate fits', async () => {
		const reply = await convertClip(clipFile('opus-voice.ogg'), 'ogg', {
			longestSeconds: 600,
			mostBytes: 2_000_000,
		});
		expect(problemOf(reply).what).toContain('would be too large as a wav of 600 s');
	});

	test('keeps both recordings of a chain', async () => {
		const one = bytesOf('opus-voice.ogg');
		const chain = fileOf(Buffer.concat([one, bytesOf('opus-stereo.ogg')]));
		expect(valueOf(await checkClip(chain, { converts: true })).seconds).toBeCloseTo(14, 1);
		const { seconds } = valueOf(await convertClip(chain, 'ogg', { longestSeconds: 30 }));
		expect(seconds).toBeCloseTo(14, 1);
	});
});

describe('A recording that cannot be converted', () => {
	const refusal = async (bytes: Buffer, converts = true) =>
		problemOf(await checkClip(fileOf(bytes), { converts, allowLonger: true })).what;

	test('names its codec', async () => {
		expect(await refusal(bytesOf('other.ogg'))).toBe(
			'The clip is an Ogg file with Vorbis; Kling takes mp3, wav, mp4 and mov',
		);
	});

	test('is damaged where a checksum is wrong', async () => {
		const bytes = Buffer.from(bytesOf('opus-voice.ogg'));
		bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
		expect(await refusal(bytes)).toBe('The clip is damaged: a checksum is wrong');
	});

	test.each(['opus-voice.ogg', 'opus-voice.webm'])('is cut off: %s', async (name) => {
		const bytes = bytesOf(name);
		expect(await refusal(bytes.subarray(0, bytes.length - 100))).toContain('is cut off');
	});

	test('has encrypted sound', async () => {
		const bytes = bytesOf('opus-voice.webm');
		const codec = bytes.indexOf('\x86\x86A_OPUS', 'latin1');
		const encodings = Buffer.from([0x6d, 0x80, 0x87, 0x62, 0x40, 0x84, 0x50, 0x35, 0x81, 0x00]);
		// In the place of the name of the writer, which is not read.
		const at = bytes.indexOf(Buffer.from([0xae]), 0);
		expect([codec > 0, at > 0]).toEqual([true, true]);
		const changed = Buffer.concat([bytes.subarray(0, codec), encodings, bytes.subarray(codec)]);
		expect(await refusal(changed)).toBe('The clip is protected, so its sound cannot be read');
	});

	test('is refused with advice when it is not to be converted', async () => {
		const off = problemOf(await checkClip(clipFile('opus-voice.ogg')));
		expect(off.what).toContain('an Ogg file with Opus sound; Kling takes mp3, wav, mp4 and mov');
		expect(off.advice).toContain('Convert Clip');
		const web = problemOf(await checkClip({ ...clipFile('opus-voice.webm'), isFromWeb: true }));
		expect(web.advice).toContain('HTTP Request');
	});
});
