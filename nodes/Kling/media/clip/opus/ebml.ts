import type { ClipBytes } from '../bytes';
import { cutOff, damaged, TOO_MANY_PARTS } from './sound';

/** Elements that are of interest here: RFC 9559, section 5.1. */
export const ID = {
	segment: 0x1853_8067,
	tracks: 0x1654_ae6b,
	trackEntry: 0xae,
	trackNumber: 0xd7,
	trackType: 0x83,
	codecId: 0x86,
	codecPrivate: 0x63a2,
	codecDelay: 0x56aa,
	audio: 0xe1,
	channels: 0x9f,
	contentEncodings: 0x6d80,
	contentEncoding: 0x6240,
	contentEncodingType: 0x5033,
	contentEncryption: 0x5035,
	cluster: 0x1f43_b675,
	simpleBlock: 0xa3,
	blockGroup: 0xa0,
	block: 0xa1,
	discardPadding: 0x75a2,
} as const;

/** Elements whose children are read as if they stood beside them, so that nothing is nested here. */
const ENTERED = new Set<number>([
	ID.segment,
	ID.tracks,
	ID.trackEntry,
	ID.audio,
	ID.contentEncodings,
	ID.contentEncoding,
	ID.cluster,
	ID.blockGroup,
]);

export interface Element {
	id: number;
	/** Where its content lies in the file, in bytes. */
	start: number;
	end: number;
}

const MOST_HEADER_BYTES = 12;
/** A minute of the shortest packets, and a picture. */
const MOST_ELEMENTS = 60_000;

/**
 * The elements of a file in their order. Recorders leave the sizes of large ones open, which does not matter for those
 * that are entered. Whatever follows the segment is ignored.
 * @throws ClipFault
 */
export async function* elementsOf(bytes: ClipBytes): AsyncGenerator<Element, void, undefined> {
	let at = 0;
	let segmentEnd = Infinity;
	for (let count = 0; at < segmentEnd; count++) {
		if (count > MOST_ELEMENTS) throw TOO_MANY_PARTS;
		const element = await elementAt(bytes, at);
		if (!element) return;
		const { id, start, end } = element;
		const size = bytes.knownSize;
		if (end !== undefined && size !== undefined && end > size) throw cutOff();
		if (id === ID.segment) segmentEnd = end ?? Infinity;
		if (ENTERED.has(id)) {
			yield { id, start, end: end ?? start };
			at = start;
		} else {
			if (end === undefined) throw damaged('a part of it has no size');
			yield { id, start, end };
			at = end;
		}
	}
}

type Found = Omit<Element, 'end'> & { end: number | undefined };

async function elementAt(bytes: ClipBytes, at: number): Promise<Found | undefined> {
	const header = (await bytes.read(at, at + MOST_HEADER_BYTES)).slice();
	if (header.length === 0) return undefined;
	const idBytes = lengthOf(header[0]);
	if (idBytes > 4) throw damaged('a part of it has no name');
	const sizeBytes = lengthOf(header[idBytes]);
	if (header.length < idBytes + sizeBytes) throw cutOff();
	if (sizeBytes > 8) throw damaged('a part of it has no size');
	const start = at + idBytes + sizeBytes;
	const size = sizeOf(header.subarray(idBytes, idBytes + sizeBytes));
	if (size !== undefined && !Number.isSafeInteger(start + size)) {
		throw damaged('a part of it is larger than any file');
	}
	return {
		id: uintOf(header.subarray(0, idBytes)),
		start,
		end: size === undefined ? undefined : start + size,
	};
}

/** The zeros before the first one say how many bytes a number has; 9 where it has none. */
const lengthOf = (first = 0): number => Math.clz32(first) - 24 + 1;

/** @returns `undefined` for a size that is left open, which is all ones */
export function sizeOf(bytes: Uint8Array): number | undefined {
	const marker = 1 << (8 - bytes.length);
	const [first = 0, ...rest] = bytes;
	const value = Uint8Array.from([first & (marker - 1), ...rest]);
	const isOpen = value[0] === marker - 1 && rest.every((byte) => byte === 0xff);
	return isOpen ? undefined : uintOf(value);
}

export const uintOf = (bytes: Uint8Array): number =>
	bytes.reduce((value, byte) => value * 256 + byte, 0);

/** A number of variable length inside a block. @returns it, and how many bytes it takes */
export function numberAt(bytes: Uint8Array, at: number): { value: number; length: number } {
	const length = lengthOf(bytes[at]);
	if (length > 8 || at + length > bytes.length) throw damaged('its sound cannot be read');
	return { value: sizeOf(bytes.subarray(at, at + length)) ?? Number.MAX_SAFE_INTEGER, length };
}
