import { parse, isSafeNumber } from 'lossless-json';

/**
 * Reads JSON without losing digits: Kling's ids have 18 of them, and some gateways send them as numbers.
 * Integers beyond 2^53 become strings of the same digits; everything else reads as with `JSON.parse`.
 * @returns `undefined` when the text is not JSON
 */
export function readJson(text: string): unknown {
	try {
		// The careful reader is a hundred times slower; it is needed only where digits could be lost.
		if (!/\d{16}/.test(text)) return JSON.parse(text) as unknown;
		return parse(text, undefined, {
			parseNumber: readNumber,
			onDuplicateKey: ({ newValue }) => newValue,
		});
	} catch {
		return undefined;
	}
}

function readNumber(digits: string): number | string {
	return /^-?\d+$/.test(digits) && !isSafeNumber(digits) ? digits : Number(digits);
}
