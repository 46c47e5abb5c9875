import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import { problemOf } from '../support/answers.cjs';
import { bytesOf, fileOf } from '../support/clips/clips.cjs';
import { box, fragmentOf, only, patched, soundMp4, words } from '../support/clips/made.cjs';
import { found, refusal, secondsOf } from '../support/clips/judged.cjs';

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
