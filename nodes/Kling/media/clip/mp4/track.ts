import { ClipFault, fault } from '../clip';
import { damaged, type Box, type Boxes } from './boxes';
import { placesOf, type Places } from './places';
import { compactSizesIn, sizesIn, tableIn, timesIn, unitsOf, type SampleTables } from './tables';

/** A part of a track that is played; the others are cut out. */
export interface Edit {
	/** In units of the movie; 0 for all that follows. */
	duration: number;
	/** Where it begins, in units of the track; -1 for silence. */
	start: number;
}

export interface SoundTrack {
	id: number;
	isEnabled: boolean;
	/** Units in a second. */
	timescale: number;
	edits: Edit[];
	/** Of the first sample, in units. */
	sampleUnits: number;
	/** What the list of tracks itself tells; the rest stands in fragments. */
	units: number;
	/** `undefined` where it would take too much to know. */
	places?: Places;
	/** How many samples there should be. */
	samples: number;
}

/** What is found of a track before it is known whether it is one of sound. */
interface Found extends SampleTables {
	id: number;
	isEnabled: boolean;
	timescale: number;
	handler: string;
	edits: Edit[];
	unitBytes: number;
}

const PROTECTED = fault(
	'has protected sound (DRM), which cannot be used',
	'Choose a recording without copy protection.',
);

type Reader = (boxes: Boxes, box: Box, found: Found) => Promise<void>;

/** A box is read where it belongs, and nowhere else, so that nothing is nested deeper than this. */
const READERS: Record<string, Reader> = {
	tkhd: readHeader,
	edts: readParts('elst'),
	elst: async (boxes, box, found) => {
		found.edits = await editsIn(boxes, box);
	},
	mdia: readParts('mdhd', 'hdlr', 'minf'),
	mdhd: readTimescale,
	hdlr: async (boxes, box, found) => {
		found.handler = (await boxes.head(box, 12)).toString('latin1', 8, 12);
	},
	minf: readParts('stbl'),
	stbl: readParts('stsd', 'stts', 'stsz', 'stz2', 'stsc', 'stco', 'co64'),
	stsd: readDescription,
	stts: async (boxes, box, found) => {
		found.times = await timesIn(boxes, box);
	},
	stsz: async (boxes, box, found) => {
		found.sizes = await sizesIn(boxes, box);
	},
	stz2: async (boxes, box, found) => {
		found.sizes = await compactSizesIn(boxes, box);
	},
	stsc: async (boxes, box, found) => {
		found.perChunk = await tableIn(boxes, box, 12);
	},
	stco: async (boxes, box, found) => {
		found.placeBytes = 4;
		found.chunks = await tableIn(boxes, box, 4);
	},
	co64: async (boxes, box, found) => {
		found.placeBytes = 8;
		found.chunks = await tableIn(boxes, box, 8);
	},
};

function readParts(...types: string[]): Reader {
	return async (boxes, box, found) => {
		for await (const part of boxes.in(box)) {
			if (!types.includes(part.type)) continue;
			// The pictures of a long film have long tables, and say nothing about its sound.
			if (part.type === 'stbl' && !['', 'soun'].includes(found.handler)) continue;
			await READERS[part.type]?.(boxes, part, found);
		}
	};
}

/** @returns `undefined` for what is not sound, and `null` for what is nothing at all */
export async function soundTrackIn(
	boxes: Boxes,
	trak: Box,
): Promise<SoundTrack | undefined | null> {
	const found: Found = {
		id: 0,
		isEnabled: false,
		timescale: 0,
		handler: '',
		edits: [],
		unitBytes: 1,
		placeBytes: 4,
	};
	await readParts('tkhd', 'edts', 'mdia')(boxes, trak, found);
	if (found.handler !== 'soun') return found.handler === '' ? null : undefined;
	const { id, isEnabled, timescale, edits, times, sizes, unitBytes } = found;
	if (timescale === 0) throw damaged('it does not say how fast its sound plays');
	const samples = Math.min(sizes?.count ?? 0, times?.samples ?? 0);
	return {
		id,
		isEnabled,
		timescale,
		edits,
		sampleUnits: times?.records?.length ? times.records.readUInt32BE(4) : 0,
		units: times ? unitsOf(times, samples) : 0,
		places: placesOf(found, unitBytes),
		samples,
	};
}

async function readHeader(boxes: Boxes, box: Box, found: Found): Promise<void> {
	const head = await boxes.head(box, 24);
	found.isEnabled = ((head[3] ?? 0) & 1) === 1;
	found.id = head.readUInt32BE(head[0] === 1 ? 20 : 12);
}

async function readTimescale(boxes: Boxes, box: Box, found: Found): Promise<void> {
	const head = await boxes.head(box, 16, 24);
	const at = head[0] === 1 ? 20 : 12;
	if (at + 4 <= head.length) found.timescale = head.readUInt32BE(at);
}

async function editsIn(boxes: Boxes, box: Box): Promise<Edit[]> {
	const [version] = await boxes.head(box, 8);
	const isLong = version === 1;
	const size = isLong ? 20 : 12;
	const { records } = await tableIn(boxes, box, size);
	if (!records) throw damaged('it is cut into far too many parts');
	return Array.from({ length: records.length / size }, (_, index) => {
		const at = index * size;
		return isLong
			? {
					duration: Number(records.readBigUInt64BE(at)),
					start: Number(records.readBigInt64BE(at + 8)),
				}
			: { duration: records.readUInt32BE(at), start: records.readInt32BE(at + 4) };
	});
}

const MOST_DESCRIPTION = 1024;

async function readDescription(boxes: Boxes, box: Box, found: Found): Promise<void> {
	for await (const entry of boxes.in(box, 8)) {
		if (entry.type === 'enca' || entry.type === 'drms') throw new ClipFault(PROTECTED);
		const content = await boxes.head(entry, 0, MOST_DESCRIPTION);
		if (content.length >= 28) found.unitBytes = unitBytesOf(content);
	}
}

/** Of QuickTime's versions 0 and 1: what a packet takes, divided by what is in it. */
function unitBytesOf(content: Buffer): number {
	const version = content.readUInt16BE(8);
	const uncompressed = (content.readUInt16BE(16) * content.readUInt16BE(18)) / 8;
	if (version !== 1 || content.length < 44) return uncompressed || 1;
	const samplesPerPacket = content.readUInt32BE(28);
	return samplesPerPacket > 0 ? content.readUInt32BE(36) / samplesPerPacket : uncompressed || 1;
}
