/** The start of a file is asked for again and again; keeping it saves reading everything twice. */
const HEAD = 64 * 1024;

/** What is held of a file. */
interface Piece {
	start: number;
	end: number;
	bytes: Uint8Array;
}

export class Pieces {
	/** Ascending by start; they may have gaps but never overlap. */
	private pieces: Piece[] = [];
	/** The piece that held the bytes asked for last. */
	private latest: Piece | undefined;

	/** @returns `undefined` where it is not in one piece */
	within(start: number, end: number): Uint8Array | undefined {
		const isIn = (piece: Piece) => piece.start <= start && end <= piece.end;
		const piece = this.latest && isIn(this.latest) ? this.latest : this.pieces.find(isIn);
		this.latest = piece;
		return piece?.bytes.subarray(start - piece.start, end - piece.start);
	}

	firstMissing(start: number, end: number): number {
		let from = start;
		for (const piece of this.pieces) {
			if (piece.start <= from && from < piece.end) from = piece.end;
		}
		return Math.min(from, end);
	}

	/** What is there of a part of the file. */
	joined(start: number, end: number): Uint8Array {
		const parts = this.pieces
			.filter((piece) => piece.start < end && piece.end > start)
			.map((piece) =>
				piece.bytes.subarray(Math.max(0, start - piece.start), Math.max(0, end - piece.start)),
			);
		const [first, ...others] = parts;
		return first && others.length === 0 ? first : Buffer.concat(parts);
	}

	/** @param from what lies before it is held no longer, but for the start of the file */
	keep(piece: Piece, from: number): void {
		const others = this.pieces
			.filter(({ start, end }) => start < HEAD || end > from)
			// A stream that started again brings what may still be here, cut at other places.
			.flatMap((old) => [cut(old, old.start, piece.start), cut(old, piece.end, old.end)])
			.filter(({ start, end }) => start < end);
		if (piece.start < HEAD || piece.end > from) others.push(piece);
		this.pieces = others.sort((a, b) => a.start - b.start);
		this.latest = undefined;
	}
}

/** The part of a piece that lies between two places in the file; its end is before its start where there is none. */
function cut(piece: Piece, from: number, to: number): Piece {
	const start = Math.max(piece.start, from);
	const end = Math.min(piece.end, to);
	return { start, end, bytes: piece.bytes.subarray(start - piece.start, end - piece.start) };
}
