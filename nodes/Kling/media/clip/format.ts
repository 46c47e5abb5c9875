import { ok, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { FETCH_AGAIN, fault, type ClipFormat } from './clip';
import { hasMp3Frames } from './mp3';
import { Boxes } from './mp4/boxes';
import { behindTags } from './tags';

const LOOKED_AT = 4096;
const CONVERT = 'Convert it to mp3 or wav.';
const TAKEN = 'Kling takes mp3, wav, mp4 and mov';

/** How formats begin: at a byte, these characters (Latin-1). The first row that fits counts. */
const SIGNATURES: [at: number, characters: string, name: string][] = [
	[0, 'fLaC', 'a FLAC file'],
	[0, 'FORM', 'an AIFF file'],
	[0, 'caff', 'an Apple CAF file'],
	[0, '#!AMR', 'an AMR file'],
	[0, '\x02#!SILK_V3', 'a SILK recording, as WeChat makes them'],
	[0, '#!SILK_V3', 'a SILK recording, as WeChat makes them'],
	[0, '\x0b\x77', 'an AC-3 file'],
	[0, '\x7f\xfe\x80\x01', 'a DTS file'],
	[0, 'MAC ', "a Monkey's Audio file (.ape)"],
	[0, 'wvPK', 'a WavPack file'],
	[0, 'TTA1', 'a TTA file'],
	[0, 'MPCK', 'a Musepack file'],
	[0, 'MP+', 'a Musepack file'],
	[0, 'DSD ', 'a DSD file (.dsf)'],
	[0, '.RMF', 'a RealMedia file'],
	[0, '.snd', 'a Sun audio file (.au)'],
	[0, 'MThd', 'a MIDI file, which has notes and no sound'],
	[0, 'ADIF', 'an AAC file'],
	[0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'a Windows Media file (wma or wmv)'],
	[0, 'FLV\x01', 'a Flash video'],
	[0, '\0\0\x01\xba', 'an MPEG video (.mpg)'],
	[0, 'RIFX', 'a big-endian wav file (RIFX)'],
	[8, 'AVI ', 'an AVI video'],
	[8, 'WEBP', 'a WebP picture'],
	[0, '\x89PNG', 'a PNG picture'],
	[0, '\xff\xd8\xff', 'a JPEG picture'],
	[0, 'GIF8', 'a GIF picture'],
	[0, '%PDF', 'a PDF document'],
	[0, 'PK\x03\x04', 'a zip archive or an Office document'],
	[0, '\x1f\x8b', 'a gzip archive'],
];

const MATROSKA = '\x1a\x45\xdf\xa3';

const QUICKTIME = 'qt  ';

/** Brands of the ISO family that Kling does not document, by how they begin. */
const OTHER_BRANDS: [brand: string, name: string][] = [
	['he', 'a HEIC picture'],
	['mif1', 'a HEIC picture'],
	['avif', 'an AVIF picture'],
];

/** What an mp4 or mov may begin with. */
const FIRST_BOXES = new Set('ftyp styp moov mdat wide free skip pnot uuid'.split(' '));
/** Boxes that may come before the file type. */
const MAY_PRECEDE_TYPE = new Set(['styp', 'wide', 'free', 'skip', 'pnot', 'uuid']);
/** After this many boxes, the file type is no longer looked for. */
const MOST_BEFORE_TYPE = 16;

/** Judges by content alone: names and MIME types of files are often wrong. */
export async function recognize(bytes: ClipBytes): Promise<Reply<ClipFormat>> {
	const head = await bytes.read(0, LOOKED_AT);
	if (head.length === 0) {
		return fault('is an empty file', 'Check the step that made or fetched the file.');
	}
	const whole = latin1(head);
	const isTagged = whole.startsWith('ID3');
	const at = isTagged ? await behindTags(bytes, 0) : 0;
	const start = isTagged ? latin1(await bytes.read(at, at + LOOKED_AT)) : whole;
	const brand = isTagged ? undefined : await brandOf(bytes, start);
	const other =
		brand === undefined
			? nameOf(start)
			: OTHER_BRANDS.find(([beginning]) => brand.startsWith(beginning))?.[1];
	if (other !== undefined) return fault(`is ${other}; ${TAKEN}`, CONVERT);
	if (brand !== undefined) return ok(brand === QUICKTIME ? 'mov' : 'mp4');
	const format = formatOf(start);
	if (format) return ok(format);
	if (await hasMp3Frames(bytes)) return ok('mp3');
	if (isTagged) return fault('is a damaged mp3 file: no sound follows its tags', FETCH_AGAIN);
	const text = textName(head);
	return text === undefined
		? fault(`is not a file that Kling takes: mp3, wav, mp4 or mov`, CONVERT)
		: fault(`is ${text}; ${TAKEN}`, 'Check the step that made or fetched the file.');
}

/** Formats that are taken or converted, by how they begin. Matroska names its variant in the header. */
function formatOf(start: string): ClipFormat | undefined {
	if (/^(RIFF|RF64|BW64)....WAVE/s.test(start)) return 'wav';
	if (start.startsWith('OggS')) return 'ogg';
	if (!start.startsWith(MATROSKA)) return undefined;
	return start.slice(0, 64).includes('webm') ? 'webm' : 'mkv';
}

/** @returns the brand of an mp4 or mov, which may stand behind other boxes; without one it is an old mov */
async function brandOf(bytes: ClipBytes, start: string): Promise<string | undefined> {
	const size = bytes.knownSize ?? Infinity;
	const boxes = new Boxes(bytes);
	let box = FIRST_BOXES.has(start.slice(4, 8)) ? await boxes.at(0, size) : undefined;
	// A text may have this word in this place, and a size that makes no sense.
	if (!box || !(start.startsWith('\0') || box.end <= (bytes.knownSize ?? 0))) return undefined;
	let brand = QUICKTIME;
	for (let count = 0; count < MOST_BEFORE_TYPE && box && FIRST_BOXES.has(box.type); count++) {
		const isType = box.type === 'ftyp' || box.type === 'styp';
		if (isType) brand = latin1(await bytes.read(box.start, box.start + 4)) || brand;
		if (!MAY_PRECEDE_TYPE.has(box.type)) break;
		box = await boxes.at(box.end, size);
	}
	return brand;
}

const latin1 = ({ buffer, byteOffset, length }: Uint8Array): string =>
	Buffer.from(buffer, byteOffset, length).toString('latin1');

function nameOf(start: string): string | undefined {
	// The same sync word as mp3, and another layer: none for AAC, the second for mp2.
	if (/^\xff[\xf0\xf1\xf8\xf9]/.test(start)) return 'an AAC file';
	if (/^\xff[\xfc\xfd\xf4\xf5]/.test(start)) return 'an MPEG layer 2 file (.mp2)';
	if (start.startsWith('G') && start[188] === 'G') return 'an MPEG transport stream (.ts)';
	return SIGNATURES.find(([at, characters]) => start.startsWith(characters, at))?.[2];
}

function textName(head: Uint8Array): string | undefined {
	try {
		// As a stream, so that a letter cut in half at the end is no error.
		const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
		if (/[^\P{Cc}\t\n\f\r]/u.test(text)) return undefined;
		return /^\s*<(!doctype html|html)/i.test(text) ? 'a web page' : 'a text file';
	} catch {
		return undefined;
	}
}
