import type { ClipBytes } from '../bytes';
import { ClipFault, FETCH_AGAIN, fault } from '../clip';

/** A box of ISO/IEC 14496-12, which QuickTime calls an atom. */
export interface Box {
	type: string;
	/** Of the content, behind the header. */
	start: number;
	end: number;
}

/** Half an hour in fragments of a tenth of a second has half as many. */
const MOST_BOXES = 320_000;
const LONG_HEADER = 16;
const PIECE = 64 * 1024;

export const damaged = (how: string): ClipFault =>
	new ClipFault(fault(`is damaged: ${how}`, FETCH_AGAIN));

/** Boxes as they stand in a file. What a box says about its size is checked by the code that knows what surrounds it. */
export class Boxes {
	private left = MOST_BOXES;

	constructor(readonly bytes: ClipBytes) {}

	/** Bounds how many boxes are looked at, however small they are. */
	count(): void {
		this.left -= 1;
		if (this.left < 0) throw damaged('it consists of far too many parts');
	}

	/** @returns `undefined` where something else stands */
	async at(start: number, outerEnd: number): Promise<Box | undefined> {
		this.count();
		const end = Math.min(start + LONG_HEADER, outerEnd);
		const bytes = this.bytes.inMemory(start, end) ?? (await this.bytes.read(start, end));
		const header = headerOf(bufferOf(bytes), outerEnd - start);
		return header && { type: header.type, start: start + header.bytes, end: start + header.size };
	}

	/** The boxes in a box, without those in them. Four zeros or something else at the end are left out. */
	async *in({ start, end }: Box, headerSize = 0): AsyncGenerator<Box, void, undefined> {
		for (let at = start + headerSize; at + 8 <= end;) {
			const box = await this.at(at, end);
			if (!box) return;
			if (box.end > end) throw damaged('one of its parts is larger than the part around it');
			yield box;
			at = box.end;
		}
	}

	/** The beginning of what is in a box. */
	async head({ start, end }: Box, least: number, most = least): Promise<Buffer> {
		const until = Math.min(end, start + most);
		const read = this.bytes.inMemory(start, until) ?? (await this.bytes.read(start, until));
		const bytes = bufferOf(read);
		if (bytes.length < least) throw damaged('one of its parts is too short');
		return bytes;
	}

	/** Records of one size, so many at a time as are held without harm. */
	async *records(
		start: number,
		count: number,
		size: number,
	): AsyncGenerator<Buffer, void, undefined> {
		const perPiece = Math.floor(PIECE / size);
		for (let done = 0; done < count; done += perPiece) {
			const records = Math.min(perPiece, count - done);
			const from = start + done * size;
			const piece = bufferOf(await this.bytes.read(from, from + records * size));
			if (piece.length < records * size) throw damaged('it ends inside a table');
			yield piece;
		}
	}
}

interface Header {
	type: string;
	/** Of the header itself. */
	bytes: number;
	/** Of the box with its header. */
	size: number;
}

/** @param outerSize how far it goes where it is the last one, and says so by a size of 0 */
export function headerOf(bytes: Buffer, outerSize: number): Header | undefined {
	if (bytes.length < 8) return undefined;
	const type = bytes.toString('latin1', 4, 8);
	const short = bytes.readUInt32BE(0);
	const isLong = short === 1 && bytes.length === LONG_HEADER;
	const headerBytes = isLong ? LONG_HEADER : 8;
	const size = isLong ? Number(bytes.readBigUInt64BE(8)) : short || outerSize;
	if (size < headerBytes || !/^[ -~\xa9]{4}$/.test(type)) return undefined;
	return { type, bytes: headerBytes, size };
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
	Buffer.from(buffer, byteOffset, byteLength);
