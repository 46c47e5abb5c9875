import type { ClipBytes } from './bytes';

/** Programs that write tags again and again end up with a handful. */
const MOST_TAGS = 100;
const LOOKED_AT = 32;

/** By how they begin, with their whole size. */
const TAGS: [beginning: string, sizeOf: (head: Buffer) => number][] = [
	['ID3', id3Size],
	['TAG+', () => 227],
	['TAG', () => 128],
	['APETAGEX', apeSize],
];

/** Where the next tag may begin, or -1. */
export function nextTag(window: Buffer): number {
	const places = ['ID3', 'TAG', 'APETAGEX'].map((beginning) => window.indexOf(beginning));
	return places.reduce((first, at) => (at !== -1 && (first === -1 || at < first) ? at : first), -1);
}

/** Titles and pictures before or behind sound. @returns where something else begins */
export async function behindTags(bytes: ClipBytes, from: number): Promise<number> {
	let at = from;
	for (let count = 0; count < MOST_TAGS; count++) {
		const { buffer, byteOffset, length } = await bytes.read(at, at + LOOKED_AT);
		const size = tagSize(Buffer.from(buffer, byteOffset, length));
		if (size === 0) break;
		at += size;
	}
	return at;
}

function tagSize(head: Buffer): number {
	const start = head.toString('latin1', 0, 8);
	const sizeOf = TAGS.find(([beginning]) => start.startsWith(beginning))?.[1];
	return sizeOf?.(head) ?? 0;
}

function id3Size(head: Buffer): number {
	const [version = 0, , flags = 0, ...size] = head.subarray(3, 10);
	if (head.length < 10 || version === 0xff) return 0;
	// Seven bits in each byte, so that no size looks like a sync word.
	const length = size.reduce((sum, septet) => sum * 128 + (septet & 127), 0);
	const footer = (flags & 0x10) === 0 ? 0 : 10;
	return 10 + length + footer;
}

/** Its size leaves out the header, which is missing where the footer alone has this beginning. */
function apeSize(head: Buffer): number {
	const isHeader = head.length >= 24 && (head.readUInt32LE(20) & 0x2000_0000) !== 0;
	return isHeader ? head.readUInt32LE(12) + 32 : 32;
}
