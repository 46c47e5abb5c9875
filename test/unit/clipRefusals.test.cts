import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import type { ClipFile } from '../../nodes/Kling/media/clip/clip';
import { judgeBytes } from '../../sandbox/kling/media/judge.cjs';
import { bytesOf, clipFile, fileOf } from '../support/clips/clips.cjs';
import { problemOf, valueOf } from '../support/answers.cjs';

async function refusal(file: ClipFile): Promise<string> {
	return problemOf(await checkClip(file)).what;
}

describe('The length of a clip', () => {
	const SHORT = 'Choose a longer recording of one person speaking. Nothing was sent to Kling.';
	const TRIM =
		'Cut it beforehand, or choose File in Voice Source and turn on the option "Trim Clip", which sends its first 30 s. To turn a URL into a file, use an HTTP Request node. Nothing was sent to Kling.';
	const CUT =
		'Cut the video to 30 s beforehand; the option "Trim Clip" can cut only sound files. Nothing was sent to Kling.';

	test.each([
		['wav-4.9.wav', '4.9 s', SHORT],
		['wav-4.99.wav', '4.99 s', SHORT],
		['mp3-4.8.mp3', '4.9 s', SHORT],
		['mp4-4.9.mp4', '4.9 s', SHORT],
		['wav-31.wav', '31 s', TRIM],
		['wav-extensible-31.wav', '31 s', TRIM],
		['wav-float-31.wav', '31 s', TRIM],
		['mp3-31.mp3', '31.1 s', TRIM],
		['mp3-vbr-31.mp3', '31.2 s', TRIM],
		['mp3-125.mp3', 'about 2 min', TRIM],
		['mp4-31.mp4', '31 s', CUT],
		['mp4-fragmented-31.mp4', '31.1 s', CUT],
		['mov-31.mov', '31 s', CUT],
	])('is refused for %s: %s', async (name, length, advice) => {
		expect(problemOf(await checkClip(clipFile(name)))).toEqual({
			cause: 'refused',
			retry: 'never',
			what: `The clip is ${length} long; Kling needs 5 to 30 s`,
			advice,
		});
		expect(await judgeBytes(bytesOf(name))).toMatch('The voice is too');
	});

	/** A wav of exactly so many samples, 8000 a second. */
	function wavOf(samples: number): Buffer {
		const header = bytesOf('wav-30.0.wav').subarray(0, 44);
		header.writeUInt32LE(samples, 40);
		return Buffer.concat([header, Buffer.alloc(samples)]);
	}

	test.each([
		[39_991, '4.999 s', true],
		[39_999, '', false],
		[40_000, '', false],
		[240_800, '', false],
		[240_808, '30.101 s', true],
		[240_840, '30.11 s', true],
		[0, '0 s', true],
	])('decides about %d samples: refused %s', async (samples, length, isRefused) => {
		const reply = await checkClip(fileOf(wavOf(samples)));
		expect(reply.ok).toBe(!isRefused);
		if (isRefused) expect(problemOf(reply).what).toContain(`The clip is ${length} long`);
	});

	test('may be over 30 s when the clip will be trimmed, but not under 5 s', async () => {
		const long = await checkClip(clipFile('mp3-31.mp3'), { allowLonger: true });
		expect(valueOf(long)).toMatchObject({ format: 'mp3' });
		expect(valueOf(long).seconds).toBeCloseTo(31.104, 3);
		const short = await checkClip(clipFile('wav-4.9.wav'), { allowLonger: true });
		expect(problemOf(short).what).toContain('4.9 s');
	});
});

describe('A file that Kling does not accept', () => {
	const TAKEN = 'Kling takes mp3, wav, mp4 and mov';
	test.each([
		['other.aac', `an AAC file; ${TAKEN}`],
		['other.ogg', `an Ogg file with Vorbis; ${TAKEN}`],
		['other.flac', `a FLAC file; ${TAKEN}`],
		['other.avi', `an AVI video; ${TAKEN}`],
		['other.mp2', `an MPEG layer 2 file (.mp2); ${TAKEN}`],
		['other.aiff', `an AIFF file; ${TAKEN}`],
		['wav-adpcm.wav', 'a wav file with compressed sound (codec 17)'],
	])('is refused with its type: %s is %s', async (name, what) => {
		const file = fileOf(bytesOf(name), { name: 'talk.mp4', sizeBytes: bytesOf(name).length });
		const { what: said, advice } = problemOf(await checkClip(file));
		expect(said).toBe(`The clip "talk.mp4" is ${what}`);
		expect(advice).toMatch(/^Convert it to .*\. Nothing was sent to Kling\.$/);
		expect(file.reads.bytes).toBeLessThanOrEqual(65_536);
	});

	test.each([
		['#!AMR\n', 'an AMR file'],
		['\x02#!SILK_V3', 'a SILK recording, as WeChat makes them'],
		['\x0b\x77\x11', 'an AC-3 file'],
		['\x7f\xfe\x80\x01', 'a DTS file'],
		['MAC \x96', "a Monkey's Audio file (.ape)"],
		['wvPK', 'a WavPack file'],
		['MPCK', 'a Musepack file'],
		['DSD ', 'a DSD file (.dsf)'],
		['.RMF', 'a RealMedia file'],
		['.snd', 'a Sun audio file (.au)'],
		['MThd', 'a MIDI file, which has notes and no sound'],
	])('is refused by its first bytes: %j is %s', async (beginning, what) => {
		const bytes = Buffer.concat([Buffer.from(beginning, 'latin1'), Buffer.alloc(5000)]);
		expect(await refusal(fileOf(bytes))).toBe(`The clip is ${what}; ${TAKEN}`);
	});

	test.each([
		['nothing', '', 'is an empty file'],
		['a text', 'Hello, Kling! Grüße, 你好\n'.repeat(300), `is a text file; ${TAKEN}`],
		['a web page', '\n<!DOCTYPE html><html><body>403</body></html>', `is a web page; ${TAKEN}`],
		['JSON', '{"error":"not found"}', `is a text file; ${TAKEN}`],
	])('is refused with its type: %s', async (_what, content, what) => {
		expect(await refusal(fileOf(content))).toBe(`The clip ${what}`);
	});

	test('is refused after its first bytes when they have no meaning', async () => {
		const noise = Buffer.from(
			Array.from({ length: 1e6 }, (_, at) => (at * 7919 + (at >> 3)) & 0xff),
		);
		const file = fileOf(noise);
		expect(await refusal(file)).toBe(
			'The clip is not a file that Kling takes: mp3, wav, mp4 or mov',
		);
		expect(file.reads.bytes).toBeLessThanOrEqual(100_000);
		expect(file.reads.closed).toBe(1);
	});

	test('is refused when a video has no sound', async () => {
		expect(problemOf(await checkClip(clipFile('mp4-silent.mp4')))).toMatchObject({
			what: 'The clip has no sound track',
			advice: expect.stringContaining('somebody speaks') as string,
		});
	});
});
