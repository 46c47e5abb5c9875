import { numberAt } from './ebml';
import { damaged } from './sound';

/** How several frames share a block, by two bits of its flags: RFC 9559, section 10.3. */
const XIPH = 1;
const FIXED = 2;

/** @param block its track, its time (2 bytes), its flags and its frames; the frames are copies */
export function framesOf(block: Uint8Array): Uint8Array[] {
	const { length } = numberAt(block, 0);
	const flagsAt = length + 2;
	const lacing = ((block[flagsAt] ?? 0) >> 1) & 3;
	let at = flagsAt + 1;
	if (at > block.length) throw damaged('its sound cannot be read');
	if (lacing === 0) return [block.slice(at)];
	const count = (block[at] ?? 0) + 1;
	at += 1;
	const sizes: number[] = [];
	if (lacing === FIXED) {
		sizes.push(...Array.from({ length: count - 1 }, () => Math.floor((block.length - at) / count)));
	} else {
		while (sizes.length < count - 1) {
			const { size, length: taken } = lacing === XIPH ? xiph(block, at) : ebml(block, at, sizes);
			sizes.push(size);
			at += taken;
		}
	}
	return split(block, at, sizes);
}

interface Size {
	size: number;
	/** How many bytes say it. */
	length: number;
}

function xiph(block: Uint8Array, at: number): Size {
	let size = 0;
	for (let length = 1; at + length <= block.length; length++) {
		const byte = block[at + length - 1] ?? 0;
		size += byte;
		if (byte < 255) return { size, length };
	}
	throw damaged('its sound cannot be read');
}

/** The first size, then how each one differs from the one before it. */
function ebml(block: Uint8Array, at: number, sizes: number[]): Size {
	const { value, length } = numberAt(block, at);
	const before = sizes.at(-1);
	if (before === undefined) return { size: value, length };
	return { size: before + value - (2 ** (7 * length - 1) - 1), length };
}

/** The last frame takes what is left. */
function split(block: Uint8Array, start: number, sizes: number[]): Uint8Array[] {
	let at = start;
	const frames = sizes.map((size) => {
		const from = at;
		at += size;
		if (size < 0 || at > block.length) throw damaged('its sound cannot be read');
		return block.slice(from, at);
	});
	return [...frames, block.slice(at)];
}
