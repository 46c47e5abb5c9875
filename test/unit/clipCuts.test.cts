import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import { trimClip } from '../../nodes/Kling/media/clip/trimClip';
import { problemOf, valueOf } from '../support/answers.cjs';
import { fileOf, taken } from '../support/clips/clips.cjs';
import { wavHead } from '../support/clips/made.cjs';

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
