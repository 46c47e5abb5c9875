import { damaged, type Box, type Boxes } from './boxes';

/** A table of a track: records of one size behind a version, flags and their count. */
export interface Table {
	count: number;
	/** `undefined` where they are too many to be held. */
	records?: Buffer;
}

export interface SampleSizes extends Table {
	/** Of every sample; 0 where the records tell. */
	size: number;
}

/** What tells how long a track is, and where its samples are. */
export interface SampleTables {
	times?: SampleTimes;
	sizes?: SampleSizes;
	chunks?: Table;
	/** Bytes for the place of one chunk. */
	placeBytes: 4 | 8;
	perChunk?: Table;
}

/** How long the samples are: runs of a count and a duration. */
export interface SampleTimes extends Table {
	/** Of all runs, in units of the track. */
	units: number;
	samples: number;
}

/** Those of a recording of half a minute have a few KB. One with larger ones is refused for its length. */
const MOST_HELD = 1024 * 1024;

/** A count is believed as far as there is room for what it counts. */
export async function tableIn(
	boxes: Boxes,
	box: Box,
	recordBytes: number,
	headerBytes = 8,
): Promise<Table & { start: number }> {
	const head = await boxes.head(box, headerBytes);
	const count = head.readUInt32BE(headerBytes - 4);
	const start = box.start + headerBytes;
	const bytes = count * recordBytes;
	if (start + bytes > box.end) throw damaged('a table announces more than it has room for');
	if (bytes > MOST_HELD) return { count, start };
	const pieces: Buffer[] = [];
	for await (const piece of boxes.records(start, count, recordBytes)) pieces.push(piece);
	return { count, start, records: pieces.length === 1 ? pieces[0] : Buffer.concat(pieces) };
}

export async function timesIn(boxes: Boxes, box: Box): Promise<SampleTimes> {
	const table = await tableIn(boxes, box, 8);
	let units = 0;
	let samples = 0;
	const { records, start, count } = table;
	for await (const piece of records ? [records] : boxes.records(start, count, 8)) {
		for (let at = 0; at < piece.length; at += 8) {
			samples += piece.readUInt32BE(at);
			units += piece.readUInt32BE(at) * piece.readUInt32BE(at + 4);
		}
	}
	return { ...table, units, samples };
}

export async function sizesIn(boxes: Boxes, box: Box): Promise<SampleSizes> {
	const head = await boxes.head(box, 12);
	const size = head.readUInt32BE(4);
	if (size > 0) return { count: head.readUInt32BE(8), size };
	return { ...(await tableIn(boxes, box, 4, 12)), size };
}

/** The compact form, in which nobody writes sound: only counted. */
export async function compactSizesIn(boxes: Boxes, box: Box): Promise<SampleSizes> {
	const head = await boxes.head(box, 12);
	const count = head.readUInt32BE(8);
	if (count / 2 > box.end - box.start) {
		throw damaged('a table announces more than it has room for');
	}
	return { count, size: 0 };
}

/** How long the first samples are, in units of the track. */
export function unitsOf({ records, units, samples }: SampleTimes, count: number): number {
	if (!records || samples <= count) return units;
	let left = count;
	let sum = 0;
	for (let at = 0; at < records.length && left > 0; at += 8) {
		const run = Math.min(left, records.readUInt32BE(at));
		sum += run * records.readUInt32BE(at + 4);
		left -= run;
	}
	return sum;
}
