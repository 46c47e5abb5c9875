export interface ImageSize {
	width: number;
	height: number;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** By content, whatever the file is called. Undefined for anything but JPEG and PNG. */
export function imageSize(bytes: Buffer): ImageSize | undefined {
	if (bytes.length >= 24 && bytes.subarray(0, 8).equals(PNG)) {
		return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
	}
	return bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8 ? jpegSize(bytes) : undefined;
}

/** Start-of-frame markers, of which three of the same range are something else. */
const isFrame = (marker: number) =>
	marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function jpegSize(bytes: Buffer): ImageSize | undefined {
	let at = 2;
	while (at + 9 < bytes.length && bytes[at] === 0xff) {
		const marker = bytes[at + 1] ?? 0;
		if (isFrame(marker)) {
			return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
		}
		at += 2 + bytes.readUInt16BE(at + 2);
	}
	return undefined;
}
