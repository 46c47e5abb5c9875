import { isSafeNumber } from 'lossless-json';

/** Deeper or fuller than any answer of Kling by far; reading more would fill the memory or stop n8n for seconds. */
const DEEPEST = 100;
const MOST_VALUES = 200_000;

/**
 * Reads JSON without losing digits: Kling's ids have 18 of them, and some gateways send them as numbers.
 * Integers that a number cannot hold become strings of the same digits; everything else reads as with `JSON.parse`.
 * @returns `undefined` when the text is not JSON, is nested more than 100 deep or has more than 200,000 values
 */
export function readJson(text: string): unknown {
	try {
		const safe = withLongIntegersQuoted(text);
		return safe === undefined ? undefined : (JSON.parse(safe) as unknown);
	} catch {
		return undefined;
	}
}

/** @returns `undefined` for a text that is too deep or too full, found before anything is made of it */
function withLongIntegersQuoted(text: string): string | undefined {
	const marks = /["[\]{},]|-?\d{16,}/g;
	const pieces: string[] = [];
	let copied = 0;
	let depth = 0;
	let values = 0;
	while (marks.test(text)) {
		values += 1;
		if (values > MOST_VALUES) return undefined;
		const end = marks.lastIndex;
		const mark = text.charAt(end - 1);
		if (mark === '"') {
			marks.lastIndex = endOfString(text, end);
		} else if (mark >= '0' && mark <= '9') {
			const start = startOfDigits(text, end);
			if (!isLongInteger(text, start, end)) continue;
			pieces.push(text.slice(copied, start), '"', text.slice(start, end), '"');
			copied = end;
		} else {
			if (mark === '[' || mark === '{') depth += 1;
			else if (mark !== ',') depth -= 1;
			if (depth > DEEPEST) return undefined;
		}
	}
	return copied === 0 ? text : pieces.join('') + text.slice(copied);
}

/** @returns the place behind the quotation mark that closes the string */
function endOfString(text: string, from: number): number {
	for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
		let slashes = 0;
		while (quote - slashes > from && text.charAt(quote - slashes - 1) === '\\') slashes += 1;
		if (slashes % 2 === 0) return quote + 1;
	}
	return text.length;
}

function startOfDigits(text: string, end: number): number {
	let start = end;
	while (start > 0 && /\d/.test(text.charAt(start - 1))) start -= 1;
	return text.charAt(start - 1) === '-' ? start - 1 : start;
}

/** A number with a fraction or an exponent has no digits that anybody relies on. */
function isLongInteger(text: string, start: number, end: number): boolean {
	if (/^-?0/.test(text.slice(start, start + 2))) return false;
	if (/[.eE+]/.test(text.charAt(start - 1)) || /[.eE]/.test(text.charAt(end))) return false;
	// Digits without end are no number, and comparing them would cost a copy.
	return end - start > 400 || !isSafeNumber(text.slice(start, end));
}
