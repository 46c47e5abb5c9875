import { checkImage } from '../../nodes/Kling/media/checkImage';
import type { OpenFile } from '../../nodes/Kling/media/openFile';
import { jpg, png } from '../support/pictures.cjs';

/** A file in pieces, which counts how many of them are read. */
function fileOf(content: Buffer, sizeBytes = content.length, pieceBytes = 7) {
	const seen = { pieces: 0, closed: false };
	const open = async () => {
		const pieces = async function* () {
			try {
				for (let at = 0; at < content.length; at += pieceBytes) {
					seen.pieces += 1;
					yield await Promise.resolve(content.subarray(at, at + pieceBytes));
				}
			} finally {
				seen.closed = true;
			}
		};
		return await Promise.resolve(pieces());
	};
	const file: OpenFile = { sizeBytes, open };
	return { file, seen };
}

const WHAT = 'The image "host.png"';
const problemOf = async (content: Buffer, sizeBytes?: number) => {
	const reply = await checkImage(fileOf(content, sizeBytes).file, WHAT);
	return reply.ok ? undefined : reply.problem.what;
};

test.each<[string, Buffer, object]>([
	['a png', png(640, 480), { format: 'png', width: 640, height: 480 }],
	['a jpg', jpg(300, 750), { format: 'jpg', width: 300, height: 750 }],
	['a jpg with a preview of 60 KB in front', jpg(800, 600, 60_000), { format: 'jpg', width: 800 }],
])('%s of a fitting size passes', async (_name, content, expected) => {
	expect(await checkImage(fileOf(content).file, WHAT)).toMatchObject({ ok: true, value: expected });
});

test.each<[string, Buffer, string]>([
	['a side under 300 pixels', png(1000, 299), 'is 1000 × 299 pixels; Kling needs at least 300'],
	['a ratio beyond 2.5', jpg(300, 751), 'is 300 × 751 pixels; Kling takes images up to 2.5 times'],
	['a WebP picture', Buffer.from('RIFF\0\0\0\0WEBPVP8 '), 'is a file of type webp'],
	['a GIF', Buffer.from('GIF89a..........'), 'is a file of type gif'],
	['a web page', Buffer.from('<!doctype html><html>'.padEnd(80)), 'is a file of type html'],
	['an empty file', Buffer.alloc(0), 'is cut off or damaged'],
	['a text', Buffer.from('hello'), 'is not a known type of image'],
	['a png that is cut off', png(640, 480).subarray(0, 20), 'is cut off or damaged'],
	['a jpg without a frame', Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 4, 0, 0]), 'a damaged image'],
	['a png without a size', png(0, 480), 'a damaged image'],
])('%s is refused in words', async (_name, content, expected) => {
	expect(await problemOf(content)).toContain(expected);
});

test('an image of more than 10 MB is refused by its size alone', async () => {
	const { file, seen } = fileOf(png(640, 480), 10 * 1024 * 1024 + 1);
	expect(await checkImage(file, WHAT)).toMatchObject({
		ok: false,
		problem: {
			what: expect.stringContaining('10.0 MB; Kling takes images of up to 10 MB') as string,
		},
	});
	expect(seen.pieces).toBe(0);
});

test('only the beginning of an image is read, and the file is closed', async () => {
	const content = Buffer.concat([png(640, 480), Buffer.alloc(1_000_000)]);
	const { file, seen } = fileOf(content, content.length, 1000);
	await checkImage(file, WHAT);
	expect(seen).toEqual({ pieces: 1, closed: true });
});

test('a jpg that does not show its size is refused after 2 MB', async () => {
	const endless = Buffer.concat([
		Buffer.from([0xff, 0xd8]),
		...Array.from({ length: 100 }, () => jpg(0, 0, 60_000).subarray(2, 60_006)),
	]);
	const { file, seen } = fileOf(endless, endless.length, 100_000);
	expect((await checkImage(file, WHAT)).ok).toBe(false);
	expect(seen.pieces).toBeLessThan(25);
});
