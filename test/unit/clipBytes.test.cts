import fc from 'fast-check';
import { ClipBytes } from '../../nodes/Kling/media/clip/bytes';
import { fileOf, generatedFile } from '../support/clips/clips.cjs';

const MB = 1024 * 1024;
/** What stands at a place can be told from the place. */
const part = (start: number, end: number): Buffer => {
	const bytes = Buffer.alloc(Math.max(0, end - start));
	for (let at = start; at < end; at++) bytes[at - start] = (at * 31 + (at >> 9)) & 0xff;
	return bytes;
};

test('ClipBytes gives any part of a file in any order, from chunks of any size', async () => {
	const size = 600_000;
	const content = part(0, size);
	const wish = fc
		.tuple(fc.nat(size + 1000), fc.nat(100_000))
		.map(([start, length]) => [start, start + length] as const);
	await fc.assert(
		fc.asyncProperty(
			fc.array(wish, { maxLength: 12 }),
			fc.integer({ min: 100, max: 700_000 }),
			fc.constantFrom(undefined, size, size + 5000),
			async (wishes, chunkBytes, sizeBytes) => {
				const whole = fileOf(content);
				const open = async () => await whole.open(chunkBytes);
				const bytes = new ClipBytes({ sizeBytes, open });
				// All at once: they have to wait for one another.
				const parts = await Promise.all(wishes.map(([start, end]) => bytes.read(start, end)));
				expect(parts.map((given) => given.length)).toEqual(
					wishes.map(([start, end]) => content.subarray(start, end).length),
				);
				for (const [index, [start, end]] of wishes.entries()) {
					expect(content.subarray(start, end).equals(parts[index] ?? Buffer.alloc(0))).toBe(true);
				}
				const seesEnd = wishes.some(([, end]) => end > size) || sizeBytes === undefined;
				// A chunk that is filled may reach the end before anybody asks for it.
				expect([size, seesEnd ? size : sizeBytes]).toContain(await bytes.measuredSize());
				await bytes.close();
				expect(whole.reads.closed).toBe(whole.reads.opened);
			},
		),
		{ numRuns: 60 },
	);
});

test('ClipBytes keeps only the head and what was last read', async () => {
	const file = generatedFile(40 * MB, part);
	const bytes = new ClipBytes(file);
	await bytes.read(0, 100);
	await bytes.read(30 * MB, 30 * MB + 100);
	expect(file.reads.chunkBytes).toEqual([16_384, 524_288]);
	const read = file.reads.bytes;
	expect(Buffer.from(await bytes.read(40, 80)).equals(part(40, 80))).toBe(true);
	await bytes.read(30 * MB - 1000, 30 * MB);
	expect(file.reads).toMatchObject({ opened: 2, bytes: read });
	await bytes.read(15 * MB, 15 * MB + 10);
	expect(file.reads.opened).toBe(3);
	await bytes.close();
	expect(file.reads.closed).toBe(3);
});

test('ClipBytes gives the error of a broken stream to the next reader, too', async () => {
	const bytes = new ClipBytes({
		open: async () => await Promise.reject<AsyncIterable<Uint8Array>>(new Error('gone')),
	});
	await expect(bytes.read(0, 10)).rejects.toThrow('gone');
	await expect(bytes.read(5, 10)).rejects.toThrow('gone');
	expect(bytes.failure?.message).toBe('gone');
});
