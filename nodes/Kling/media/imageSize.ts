/** What the beginning of a picture tells. */
export interface ImageHead {
	format: 'jpg' | 'png';
	width: number;
	height: number;
}

const PNG = '\x89PNG\r\n\x1a\n';
const JPEG = '\xff\xd8\xff';
/** A marker that stands alone, without a length behind it. */
const isAlone = (marker: number) => marker === 1 || (marker >= 0xd0 && marker <= 0xd8);
/** The markers of a frame, which has the size; three in between are of other things. */
const isFrame = (marker: number) =>
	marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/**
 * Reads format and size of a picture from its first bytes.
 * @returns `more` while they do not suffice; `undefined` for what is neither jpg nor png, or damaged
 */
export function imageHead(bytes: Uint8Array): ImageHead | 'more' | undefined {
	const { buffer, byteOffset, length } = bytes;
	const head = Buffer.from(buffer, byteOffset, length);
	const start = head.toString('latin1', 0, PNG.length);
	if (PNG.startsWith(start)) return length < 24 ? 'more' : pngHead(head);
	if (!JPEG.startsWith(start.slice(0, JPEG.length))) return undefined;
	return jpegHead(head);
}

function pngHead(head: Buffer): ImageHead | undefined {
	if (head.toString('latin1', 12, 16) !== 'IHDR') return undefined;
	return sized('png', head.readUInt32BE(16), head.readUInt32BE(20));
}

/** Walks over the segments; those of a camera may hold a whole preview. */
function jpegHead(head: Buffer): ImageHead | 'more' | undefined {
	let at = 2;
	while (at + 4 <= head.length) {
		if (head[at] !== 0xff) return undefined;
		const marker = head[at + 1] ?? 0;
		// A fill byte before a marker.
		if (marker === 0xff) at += 1;
		else if (isAlone(marker)) at += 2;
		else if (isFrame(marker)) {
			if (at + 9 > head.length) return 'more';
			return sized('jpg', head.readUInt16BE(at + 7), head.readUInt16BE(at + 5));
		} else {
			// The picture itself begins, and no size came before it.
			if (marker === 0xda || marker === 0xd9) return undefined;
			at += 2 + Math.max(2, head.readUInt16BE(at + 2));
		}
	}
	return 'more';
}

const sized = (
	format: ImageHead['format'],
	width: number,
	height: number,
): ImageHead | undefined => (width > 0 && height > 0 ? { format, width, height } : undefined);
