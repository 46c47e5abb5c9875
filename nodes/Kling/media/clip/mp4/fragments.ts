import { ClipFault, fault } from '../clip';
import { damaged, type Box, type Boxes } from './boxes';
import { partsOf, type Part } from './parts';

/** What holds for the samples of a track in all fragments, unless one says otherwise. */
export interface SampleDefaults {
	duration: number;
	size: number;
}

/** The sound of one track in all fragments. */
export interface FragmentedSound {
	trackId: number;
	defaults: SampleDefaults;
	units: number;
	samples: number;
	bytes: number;
	/** Where the data that lies furthest back ends. */
	end: number;
}

/** Fields of `tfhd` and `trun` by their flags (ISO/IEC 14496-12, 8.8.7 and 8.8.8). */
const TRACK = { base: 0x1, description: 0x2, duration: 0x8, size: 0x10 };
const RUN = { offset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200 };
/** In the record of each sample. */
const SAMPLE_FIELDS = [RUN.duration, RUN.size, 0x400, 0x800];

/** The fragment of a whole minute has a tenth of this. */
const MOST_BYTES = 1024 * 1024;

interface TrackFragment extends SampleDefaults {
	/** What the places of data are counted from. */
	base: number;
}

/** Adds what a `moof` has of a track. */
export async function addFragment(
	boxes: Boxes,
	moof: Box,
	moofStart: number,
	sound: FragmentedSound,
): Promise<void> {
	if (moof.end - moof.start > MOST_BYTES) {
		throw new ClipFault(
			fault('has its sound in parts that are far too large', 'Convert it to mp3 or wav.'),
		);
	}
	const content = await boxes.head(moof, moof.end - moof.start);
	for (const traf of partsOf(content, boxes)) {
		if (traf.type !== 'traf') continue;
		let fragment: TrackFragment | undefined;
		for (const part of partsOf(traf.content, boxes)) {
			if (part.type === 'tfhd') fragment = fragmentOf(part, moofStart, sound);
			if (part.type === 'trun' && fragment) addRun(part, fragment, sound);
		}
	}
}

/** @returns `undefined` for another track */
function fragmentOf(
	{ content }: Part,
	moofStart: number,
	{ trackId, defaults }: FragmentedSound,
): TrackFragment | undefined {
	checkLength(content, 8);
	if (content.readUInt32BE(4) !== trackId) return undefined;
	const flags = content.readUIntBE(1, 3);
	let at = 8;
	const field = (flag: number, bytes: 4 | 8): number | undefined => {
		if ((flags & flag) === 0) return undefined;
		at += bytes;
		checkLength(content, at);
		return bytes === 8 ? Number(content.readBigUInt64BE(at - 8)) : content.readUInt32BE(at - 4);
	};
	const base = field(TRACK.base, 8) ?? moofStart;
	field(TRACK.description, 4);
	const duration = field(TRACK.duration, 4) ?? defaults.duration;
	return { base, duration, size: field(TRACK.size, 4) ?? defaults.size };
}

function addRun({ content }: Part, fragment: TrackFragment, sound: FragmentedSound): void {
	checkLength(content, 8);
	const flags = content.readUIntBE(1, 3);
	const count = content.readUInt32BE(4);
	const hasOffset = (flags & RUN.offset) !== 0;
	const start = 8 + (hasOffset ? 4 : 0) + ((flags & RUN.firstFlags) !== 0 ? 4 : 0);
	const recordBytes = SAMPLE_FIELDS.filter((field) => (flags & field) !== 0).length * 4;
	if (start + count * recordBytes > content.length) {
		throw damaged('a fragment announces more samples than it has room for');
	}
	const records = content.subarray(start, start + count * recordBytes);
	const sizeAt = (flags & RUN.duration) !== 0 ? 4 : 0;
	const bytes =
		(flags & RUN.size) !== 0 ? sumOf(records, recordBytes, sizeAt) : count * fragment.size;
	sound.units +=
		(flags & RUN.duration) !== 0 ? sumOf(records, recordBytes, 0) : count * fragment.duration;
	sound.samples += count;
	sound.bytes += bytes;
	if (!hasOffset) return;
	checkLength(content, 12);
	sound.end = Math.max(sound.end, fragment.base + content.readInt32BE(8) + bytes);
}

function sumOf(records: Buffer, recordBytes: number, from: number): number {
	let sum = 0;
	for (let at = from; at < records.length; at += recordBytes) sum += records.readUInt32BE(at);
	return sum;
}

function checkLength(content: Buffer, least: number): void {
	if (content.length < least) throw damaged('one of its fragments is too short');
}

/** Of `trex`, for the tracks that have one. */
export async function defaultsIn(
	boxes: Boxes,
	mvex: Box,
	most: number,
): Promise<Map<number, SampleDefaults>> {
	const defaults = new Map<number, SampleDefaults>();
	for await (const part of boxes.in(mvex)) {
		if (part.type !== 'trex' || defaults.size >= most) continue;
		const head = await boxes.head(part, 20);
		defaults.set(head.readUInt32BE(4), {
			duration: head.readUInt32BE(12),
			size: head.readUInt32BE(16),
		});
	}
	return defaults;
}
