import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import { fileOf, generatedFile, type WatchedFile } from '../support/clips/clips.cjs';
import { isSound, LIMITS, looked } from '../support/clips/limits.cjs';
import {
	element,
	many,
	oggOpus,
	oggPage,
	opusHead,
	opusTags,
	simpleBlock,
	webm,
} from '../support/clips/madeOpus.cjs';

/** More than is read of a clip. */
const SIZE = 600 * 1024 * 1024;

/** A file that begins with `head`, and goes on with `unit` again and again. */
function endless(head: Buffer, unit: Buffer): WatchedFile {
	return generatedFile(SIZE, (start, end) => {
		const part = Buffer.alloc(end - start);
		for (let at = start; at < end;) {
			const [from, offset] =
				at < head.length ? [head, at] : [unit, (at - head.length) % unit.length];
			at += from.copy(part, at - start, offset);
		}
		return part;
	});
}

const heads = Buffer.concat([
	oggPage({ packets: [opusHead()], granule: 0, flags: 2 }),
	oggPage({ packets: [opusTags()], granule: 0 }),
]);
const page = (packets: Buffer[], more = {}) => oggPage({ packets, granule: -1, ...more });
const live = webm({ blocks: [], isLive: true });
const tracks = (content: Buffer): Buffer =>
	Buffer.concat([
		element(0x1a45dfa3, element(0x4282, Buffer.from('webm'))),
		element(0x18538067, element(0x1654ae6b, content)),
	]);

const FAR_TOO_MANY = 'it has far more parts than sound';

describe('A hostile recording stays within the limits of a look and is refused in words', () => {
	test.each<[string, () => WatchedFile, string]>([
		['pages without anything', () => endless(heads, page([])), FAR_TOO_MANY],
		[
			'links of a chain',
			() => endless(Buffer.alloc(0), oggOpus({ packets: many(1) })),
			FAR_TOO_MANY,
		],
		[
			'pages of another stream',
			() => endless(heads, page([Buffer.alloc(65_000)], { serial: 9 })),
			'too large',
		],
		['empty packets', () => endless(heads, page(many(255, () => Buffer.alloc(0)))), FAR_TOO_MANY],
		[
			'the shortest packets',
			() => endless(heads, page(many(255, () => Buffer.from([0x80])))),
			'more than 60 s long',
		],
		[
			'a packet without end',
			() =>
				endless(
					Buffer.concat([heads, page(many(9))]),
					page([Buffer.alloc(65_025)], { isOpen: true, flags: 1 }),
				),
			'too large',
		],
		['beginnings of streams', () => endless(Buffer.alloc(0), heads.subarray(0, 47)), FAR_TOO_MANY],
		['elements without anything', () => endless(live, Buffer.from('ec80', 'hex')), FAR_TOO_MANY],
		['segments in segments', () => endless(live, Buffer.from('18538067ff', 'hex')), FAR_TOO_MANY],
		[
			'blocks of empty frames',
			() => endless(live, simpleBlock(Buffer.concat([Buffer.from([255]), Buffer.alloc(255)]), 1)),
			FAR_TOO_MANY,
		],
		[
			'blocks of pictures',
			() => endless(live, simpleBlock(Buffer.alloc(2 ** 20), 0, 2)),
			'too large',
		],
		[
			'tracks',
			() => fileOf(tracks(Buffer.concat(many(700_000, () => Buffer.from([0xae, 0x80]))))),
			FAR_TOO_MANY,
		],
		[
			'parts of a track',
			() =>
				fileOf(
					tracks(
						element(
							0xae,
							Buffer.concat(many(900_000, () => Buffer.from([0xe1, 0x82, 0xec, 0x80]))),
						),
					),
				),
			FAR_TOO_MANY,
		],
	])('%s, again and again', async (_, make, words) => {
		const { reply, cost } = await looked(
			make,
			async (file) => await checkClip(file, { converts: true }),
		);
		expect(isSound(reply)).toBe(true);
		expect(reply.ok ? '' : reply.problem.what).toContain(words);
		for (const key of ['blockedMs', 'ms', 'memoryBytes', 'readBytes'] as const) {
			// The last chunk may begin before the limit.
			expect(cost[key]).toBeLessThanOrEqual(LIMITS[key] + (key === 'readBytes' ? 2 ** 20 : 0));
		}
	});
});
