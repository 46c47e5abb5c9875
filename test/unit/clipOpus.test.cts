import { checkClip } from '../../nodes/Kling/media/clip/checkClip';
import type { ClipFile, ConvertibleFormat } from '../../nodes/Kling/media/clip/clip';
import { convertClip } from '../../nodes/Kling/media/clip/convertClip';
import { problemOf, valueOf } from '../support/answers.cjs';
import { bytesOf, fileOf } from '../support/clips/clips.cjs';
import {
	block,
	blockGroup,
	element,
	many,
	oggOpus,
	oggPage,
	opusHead,
	opusTags,
	packet,
	PACKET_SAMPLES,
	simpleBlock,
	webm,
} from '../support/clips/madeOpus.cjs';

const look = async (file: ClipFile) =>
	valueOf(await checkClip(file, { allowLonger: true, converts: true }));
const refusal = async (content: Buffer) =>
	problemOf(await checkClip(fileOf(content), { converts: true })).what;

describe('The length of an ogg', () => {
	test('is the sum of all recordings that were joined', async () => {
		expect(
			(await look(fileOf(Buffer.concat([bytesOf('opus-stereo.ogg'), bytesOf('opus-stereo.ogg')]))))
				.seconds,
		).toBeCloseTo(12, 1);
		const one = oggOpus({ packets: many(100), serial: 5 });
		expect((await look(fileOf(Buffer.concat([one, one])))).seconds).toBeCloseTo(12, 5);
	});

	test('leaves out the samples at the beginning and at the end that are no sound', async () => {
		const packets = many(100);
		const head = opusHead({ preSkip: 4800 });
		const granule = 100 * PACKET_SAMPLES - 1000;
		const { seconds } = await look(fileOf(oggOpus({ packets, head, granule })));
		expect(seconds).toBeCloseTo(6 - (4800 + 1000) / 48_000, 5);
	});

	test('counts from where a recording was joined late', async () => {
		const start = 48_000 * 3600;
		const pages = [
			oggPage({ packets: [opusHead()], granule: 0, flags: 2 }),
			oggPage({ packets: [opusTags()], granule: 0 }),
			oggPage({ packets: many(100), granule: start + 100 * PACKET_SAMPLES }),
			oggPage({ packets: many(2), granule: start + 101 * PACKET_SAMPLES, flags: 4 }),
		];
		expect((await look(fileOf(Buffer.concat(pages)))).seconds).toBeCloseTo(6.06, 5);
	});

	test('is found beside a stream of something else, behind a picture among the tags', async () => {
		const [head, tags, ...sound] = [
			oggPage({ packets: [opusHead()], granule: 0, flags: 2 }),
			oggPage({ packets: [opusTags(65_025 - 16)], granule: -1, isOpen: true }),
			oggPage({ packets: [Buffer.alloc(100)], granule: 0, flags: 1 }),
			oggPage({ packets: many(100), granule: 100 * PACKET_SAMPLES, flags: 4 }),
		];
		const other = (flags: number) =>
			oggPage({ packets: [Buffer.from('\x80theora......')], granule: 0, flags, serial: 9 });
		const file = Buffer.concat([other(2), head, tags, other(0), ...sound, other(4)]);
		expect((await look(fileOf(file))).seconds).toBeCloseTo(6, 5);
	});

	test('counts a packet that is divided between two pages', async () => {
		const long = Buffer.alloc(510, 1);
		long[0] = 0x18;
		const file = Buffer.concat([
			oggPage({ packets: [opusHead()], granule: 0, flags: 2 }),
			oggPage({ packets: [opusTags()], granule: 0 }),
			oggPage({
				packets: [...many(99), long.subarray(0, 255)],
				granule: 99 * PACKET_SAMPLES,
				isOpen: true,
			}),
			oggPage({
				packets: [long.subarray(255, 500), packet()],
				granule: 101 * PACKET_SAMPLES,
				flags: 5,
			}),
		]);
		expect((await look(fileOf(file))).seconds).toBeCloseTo(101 * 0.06, 5);
	});
});

describe('The length of a webm', () => {
	const laced = [packet(), packet(), packet()];

	test.each([
		['no lacing', 0, [packet()], 1],
		['Xiph lacing', 1, [Buffer.from([2, 4, 4]), ...laced], 3],
		['fixed lacing', 2, [Buffer.from([2]), ...laced], 3],
		['EBML lacing', 3, [Buffer.from([2, 0x84, 0xbf]), ...laced], 3],
	])('counts the packets of blocks with %s', async (_, lacing, content, count) => {
		const blocks = many(90, () => simpleBlock(Buffer.concat(content), lacing));
		const { seconds } = await look(fileOf(webm({ blocks })));
		expect(seconds).toBeCloseTo(90 * count * 0.06, 5);
	});

	test.each([false, true])(
		'leaves out what a block discards; sizes unknown: %s',
		async (isLive) => {
			const blocks = [...many(99, () => blockGroup(packet())), blockGroup(packet(), 50_000_000)];
			const { seconds } = await look(fileOf(webm({ blocks, isLive })));
			expect(seconds).toBeCloseTo(5.95, 5);
		},
	);

	test('leaves out blocks of other tracks', async () => {
		const blocks = many(100, () =>
			Buffer.concat([simpleBlock(packet()), simpleBlock(packet(), 0, 2)]),
		);
		expect((await look(fileOf(webm({ blocks })))).seconds).toBeCloseTo(6, 5);
	});

	test('is known without a private part of the codec', async () => {
		const track = [element(0x56aa, Buffer.from([0, 0x63, 0x2e, 0xa0]))];
		const file = webm({ blocks: many(100, () => simpleBlock(packet())), head: null, track });
		expect((await look(fileOf(file))).seconds).toBeCloseTo(6 - 0.0065, 4);
	});

	test('leaves out what stands behind the segment', async () => {
		const file = webm({ blocks: many(100, () => simpleBlock(packet())) });
		const { seconds } = await look(fileOf(Buffer.concat([file, Buffer.alloc(500)])));
		expect(seconds).toBeCloseTo(6, 5);
	});
});

describe('An Opus recording is refused in words when', () => {
	const damagedBlock = (content: number[], lacing: number) =>
		webm({ blocks: [simpleBlock(Buffer.from(content), lacing)] });
	const changed = bytesOf('opus-voice.ogg');
	changed[2000] = (changed[2000] ?? 0) ^ 1;
	const encoding = (type: number) =>
		element(0x6d80, element(0x6240, element(0x5033, Buffer.from([type]))));

	test.each<[string, Buffer, string]>([
		['it is too short', oggOpus({ packets: many(81) }), 'is 4.9 s long; Kling needs 5 to 30 s'],
		['it is too long', bytesOf('opus-31.ogg'), 'is 31 s long; Kling needs 5 to 30 s'],
		['a bit of it has changed', changed, 'is damaged: a checksum is wrong'],
		['an ogg ends inside a page', bytesOf('opus-voice.ogg').subarray(0, 4000), 'is cut off'],
		['a webm ends inside a block', bytesOf('opus-voice.webm').subarray(0, 4000), 'is cut off'],
		['an ogg has no sound', oggOpus({ packets: [] }), 'has no sound in it'],
		['a webm has no sound', webm({ blocks: [] }), 'has no sound in it'],
		['it is Vorbis in ogg', bytesOf('other.ogg'), 'is an Ogg file with Vorbis; Kling takes'],
		[
			'it is AAC in Matroska',
			webm({ blocks: [], codec: 'A_AAC/MPEG4/LC', docType: 'matroska' }),
			'is a WebM or Matroska file with AAC sound; Kling takes',
		],
		[
			'it is encrypted',
			webm({ blocks: [], track: [encoding(1)] }),
			'is protected, so its sound cannot be read',
		],
		[
			'its sound was compressed a second time',
			webm({ blocks: [], track: [encoding(0)] }),
			'has zipped sound, which cannot be read here',
		],
		[
			'it has 255 channels',
			oggOpus({
				packets: many(100),
				head: opusHead({
					channels: 255,
					family: 255,
					mapping: [255, 0, ...Array.from({ length: 255 }, (_, channel) => channel % 255)],
				}),
			}),
			'has 255 channels, too many to convert here',
		],
		[
			'its channels lead nowhere',
			oggOpus({
				packets: many(100),
				head: opusHead({ channels: 3, family: 1, mapping: [1, 1, 0, 1, 200] }),
			}),
			'is damaged: its Opus header makes no sense',
		],
		[
			'it has more streams than decoders have room for',
			oggOpus({
				packets: many(100),
				head: opusHead({ channels: 1, family: 1, mapping: [255, 255, 0] }),
			}),
			'is damaged: its Opus header makes no sense',
		],
		[
			'Xiph lacing has no end',
			damagedBlock([9, 255, 255], 1),
			'is damaged: its sound cannot be read',
		],
		[
			'EBML lacing goes too far',
			damagedBlock([1, 0x88, 1], 3),
			'is damaged: its sound cannot be read',
		],
		[
			'a block is larger than any sound',
			webm({ blocks: [element(0xa3, block(packet()), 0xffff_ffff)] }),
			'is cut off',
		],
		[
			'a list of tracks is larger than the file',
			webm({ blocks: [], before: [element(0x1654ae6b, Buffer.alloc(4), 2 ** 40)] }),
			'is cut off',
		],
	])('%s', async (_, content, words) => {
		expect(await refusal(content)).toContain(words);
	});
});

describe('A recording with packets that cannot be decoded', () => {
	const converted = async (packets: Buffer[], samples = PACKET_SAMPLES, head = opusHead()) => {
		const file = fileOf(oggOpus({ packets, samples, head }));
		const format: ConvertibleFormat = 'ogg';
		return await convertClip(file, format, { longestSeconds: 30 });
	};

	// The library writes to the console what it then returns; what ships has no console.
	beforeEach(() => {
		jest.spyOn(console, 'error').mockImplementation(() => undefined);
	});

	test('is silent there', async () => {
		const packets = [...many(100), Buffer.from([0xff]), Buffer.alloc(0), ...many(10)];
		expect(valueOf(await converted(packets)).seconds).toBeCloseTo(6.6, 1);
	});

	test('is refused when they are more than a tenth', async () => {
		// Two frames, of which the first is longer than the packet.
		const packets = many(100, () => Buffer.from([0x1a, 200, 1, 2]));
		expect(problemOf(await converted(packets, 2 * PACKET_SAMPLES)).what).toBe(
			'The clip is damaged: its sound cannot be decoded',
		);
	});

	test('is refused when it has far more recordings than anybody joins', async () => {
		const links = Buffer.concat(many(25, () => oggOpus({ packets: many(10) })));
		expect(await refusal(links)).toBe('The clip is damaged: it has far more parts than sound');
	});

	test('is refused when a stream begins with an empty page', async () => {
		const empty = oggPage({ packets: [], granule: 0, flags: 2 });
		expect(await refusal(empty)).toContain('is an Ogg file without Opus sound');
		expect(await refusal(Buffer.from('OggS'))).toContain('is');
	});
});
