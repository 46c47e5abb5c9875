/** The checksum of RFC 3533, section 6, is no CRC-32 of zlib: it begins with 0 and its bits are not reflected. */
const POLYNOMIAL = 0x04c1_1db7;

function table(): Uint32Array {
	return Uint32Array.from({ length: 256 }, (_, byte) => {
		let value = byte << 24;
		for (let bit = 0; bit < 8; bit++)
			value = value & 0x8000_0000 ? (value << 1) ^ POLYNOMIAL : value << 1;
		return value >>> 0;
	});
}

let made: Uint32Array | undefined;
/** Where the checksum itself stands, which counts as zeros. */
const OWN_PLACE = [22, 26] as const;

/** @param page a whole page */
export function checksum(page: Uint8Array): number {
	made ??= table();
	let sum = 0;
	for (let at = 0; at < page.length; at++) {
		const byte = at >= OWN_PLACE[0] && at < OWN_PLACE[1] ? 0 : (page[at] ?? 0);
		sum = ((sum << 8) ^ (made[((sum >>> 24) ^ byte) & 255] ?? 0)) >>> 0;
	}
	return sum;
}
