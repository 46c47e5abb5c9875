/** Texts, to leave them alone, and integers that may be beyond 2^53. */
const TEXT_OR_LONG = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/gs;

/** A long number where a value stands; inside a text it is a false alarm. */
const SEEMS_LONG = /(?:^|[:[,])\s*-?\d{16}/;

/**
 * Reads JSON without losing digits: Kling's ids have 18 of them, and some gateways send them as numbers.
 * Integers beyond 2^53 become strings of the same digits; everything else reads as with `JSON.parse`.
 * @returns `undefined` when the text is not JSON
 */
export function readJson(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		// A parser in JavaScript would stop n8n for a second, so a text is gone over again only where it seems to need it.
		if (!SEEMS_LONG.test(text)) return value;
		return JSON.parse(text.replace(TEXT_OR_LONG, quoted)) as unknown;
	} catch {
		return undefined;
	}
}

function quoted(found: string): string {
	const isExact = found.startsWith('"') || Number.isSafeInteger(Number(found));
	return isExact ? found : `"${found}"`;
}
