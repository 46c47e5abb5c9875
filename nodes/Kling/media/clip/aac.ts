import { ok, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { FETCH_AGAIN, fault, type Length } from './clip';

/** By its index in the header of a frame. */
const RATES = [
	96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
];
const HEADER_BYTES = 7;
const SAMPLES_OF_A_BLOCK = 1024;

/** Whether a file begins as AAC without a container does. */
export const isAac = ([first, second = 0]: Uint8Array): boolean =>
	first === 0xff && (second & 0xf6) === 0xf0;

/** The length of AAC sound in ADTS frames. */
export async function aacSeconds(bytes: ClipBytes): Promise<Reply<Length>> {
	let at = 0;
	let seconds = 0;
	for (;;) {
		const head = await bytes.read(at, at + HEADER_BYTES);
		const [, , third = 0, fourth = 0, fifth = 0, sixth = 0, seventh = 0] = head;
		const rate = RATES[(third >> 2) & 15];
		const frameBytes = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
		// Tags may follow the sound.
		if (head.length < HEADER_BYTES || !isAac(head) || !rate || frameBytes < HEADER_BYTES) break;
		seconds += (SAMPLES_OF_A_BLOCK * ((seventh & 3) + 1)) / rate;
		at += frameBytes;
	}
	return seconds > 0 ? ok({ seconds }) : fault('is a damaged AAC file', FETCH_AGAIN);
}
