import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import type { ClipFile } from '../../nodes/Kling/media/clip/clip';
import { bytesOf, clipFile, fileOf, generatedFile } from '../support/clips/clips.cjs';
import { problemOf, valueOf } from '../support/answers.cjs';

async function refusal(file: ClipFile): Promise<string> {
	return problemOf(await checkClip(file)).what;
}

describe('A clip that was cut off', () => {
	const AGAIN =
		'Export or fetch the file again; a download may have ended early. Nothing was sent to Kling.';
	const share = (name: string, part: number) => {
		const bytes = bytesOf(name);
		return fileOf(bytes.subarray(0, Math.floor(bytes.length * part)));
	};

	test.each([
		['wav-30.0.wav', 0.5, 'is cut off: it should have 30.0 s of sound and has 15.0 s'],
		['wav-rf64.wav', 0.5, 'is cut off: it should have 5.0 s of sound and has 2.5 s'],
		['wav-list.wav', 0.001, 'is a damaged wav file: it ends before its sound begins'],
		['mp4-30.0.mp4', 0.5, 'is cut off: it ends at least 37 KB too early'],
		['mp4-30.0.mp4', 0.99, 'is cut off: it ends at least 1 KB too early'],
		['mp4-faststart.mp4', 0.5, 'is cut off: it ends at least 12 KB too early'],
		['mov-moov-behind.mov', 0.7, 'is cut off: it ends at least 6 KB too early'],
		['mp4-fragmented.mp4', 0.9, 'is cut off: it ends at least 3 KB too early'],
	])('is refused in words: %s, cut to %d of its length', async (name, part, what) => {
		expect(problemOf(await checkClip(share(name, part)))).toMatchObject({
			what: `The clip ${what}`,
			advice: AGAIN,
		});
	});

	test('is refused when a mov ends before its list of tracks', async () => {
		const bytes = bytesOf('mov-moov-behind.mov');
		expect(await refusal(fileOf(bytes.subarray(0, bytes.indexOf('moov') - 4)))).toBe(
			'The clip is cut off or damaged: it has no list of tracks (moov)',
		);
	});

	test.each([
		[101, 'it should have 30.00 s of sound and has 29.99 s'],
		[200_000, 'it should have 30.0 s of sound and has 5.0 s'],
	])('is judged by its length when a wav misses its last %d bytes', async (missing, what) => {
		const bytes = bytesOf('wav-30.0.wav');
		expect(await refusal(fileOf(bytes.subarray(0, -missing)))).toBe(`The clip is cut off: ${what}`);
	});

	test.each(['wav-30.0.wav', 'mp4-30.0.mp4'])(
		'is refused when its size is not known: %s',
		async (name) => {
			const bytes = bytesOf(name);
			const half = fileOf(bytes.subarray(0, bytes.length / 2), { sizeBytes: undefined });
			expect(await refusal(half)).toMatch('is cut off');
		},
	);

	test.each(['wav-bext.wav', 'mp3-cover.mp3', 'mp4-faststart.mp4', 'mp4-fragmented.mp4'])(
		'gets an answer in words, wherever it ends and whatever is wrong in it: %s',
		async (name) => {
			const bytes = bytesOf(name);
			for (let at = 0; at < 1200; at += 13) {
				const spoiled = Buffer.from(bytes);
				spoiled.fill(0xff, at, at + 4);
				for (const file of [fileOf(spoiled), fileOf(bytes.subarray(0, at * 7))]) {
					const reply = await checkClip(file);
					if (!reply.ok) expect(reply.problem.what).toMatch(/^The clip (is|has) [^\n]{5,}[^.]$/);
					expect(file.reads.closed).toBe(file.reads.opened);
				}
			}
		},
	);

	test('a file that cannot be read is reported as such, not as a damaged clip', async () => {
		const broken = (error: Error) => ({
			sizeBytes: 1000,
			open: async () => await Promise.reject<AsyncIterable<Uint8Array>>(error),
		});
		await expect(checkClip(broken(new Error('disk gone')))).rejects.toThrow('disk gone');
		const breaking = generatedFile(8_000_000, (start) => {
			if (start > 4000) throw new Error('line gone');
			return bytesOf('mov-moov-behind.mov').subarray(start, start + 16_384);
		});
		const later = { ...breaking, open: async () => await breaking.open(4096) };
		await expect(checkClip(later)).rejects.toThrow('line gone');
	});
});

describe('The check of a clip reads', () => {
	test.each(['wav-30.0.wav', 'wav-bext.wav', 'wav-extensible-31.wav', 'wav-rf64.wav'])(
		'one small chunk of %s, and closes the stream',
		async (name) => {
			const file = clipFile(name);
			await checkClip(file);
			expect(file.reads).toEqual({ bytes: 16_384, opened: 1, closed: 1, chunkBytes: [16_384] });
		},
	);

	test('only the front of an mp4 whose moov comes first', async () => {
		const bytes = bytesOf('mp4-31.mp4');
		expect(bytes.length).toBeGreaterThan(80_000);
		const file = clipFile('mp4-faststart.mp4');
		await checkClip(file);
		expect(file.reads.bytes).toBe(16_384);
	});

	test('the first minute of three hours of mp3', async () => {
		const frames = bytesOf('mp3-125.mp3');
		const size = frames.length * 87;
		const part = (start: number, end: number) =>
			Buffer.from(
				Array.from({ length: end - start }, (_, at) => frames[(start + at) % frames.length] ?? 0),
			);
		const file = generatedFile(size, part);
		expect(await refusal(file)).toBe('The clip is about 182 min long; Kling needs 5 to 30 s');
		expect(file.reads.bytes).toBeLessThanOrEqual(100_000);
		const unknown = generatedFile(size, part, {});
		expect(await refusal(unknown)).toBe('The clip is more than 60 s long; Kling needs 5 to 30 s');
		expect(unknown.reads.bytes).toBeLessThanOrEqual(100_000);
		expect(unknown.reads.closed).toBe(1);
	});

	test('200 MB of mov once, in large chunks, when moov comes last', async () => {
		const bytes = bytesOf('mov-moov-behind.mov');
		const mdat = bytes.indexOf('mdat') - 4;
		const moov = bytes.indexOf('moov') - 4;
		const head = Buffer.concat([bytes.subarray(0, mdat), Buffer.alloc(16)]);
		const tail = bytes.subarray(moov);
		const size = 200 * 1024 * 1024;
		head.writeUInt32BE(1, mdat);
		head.write('mdat', mdat + 4);
		head.writeBigUInt64BE(BigInt(size - mdat - tail.length), mdat + 8);
		const part = (start: number, end: number) => {
			const chunk = Buffer.alloc(end - start);
			chunk.set(head.subarray(start, end));
			if (end > size - tail.length) {
				const from = Math.max(0, start - (size - tail.length));
				chunk.set(tail.subarray(from), Math.max(0, size - tail.length - start));
			}
			return chunk;
		};
		const file = generatedFile(size, part);
		expect(valueOf(await checkClip(file))).toMatchObject({ format: 'mov', seconds: 8 });
		expect(file.reads.bytes).toBeLessThan(size + 100_000);
		expect(file.reads).toMatchObject({ opened: 2, closed: 2, chunkBytes: [16_384, 524_288] });
	});
});
