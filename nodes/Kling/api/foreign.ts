/**
 * The guarded readers of what others send: texts, names and ids. None of them throws, whatever it is given, and what
 * they give is bounded.
 */

const MOST_CHARACTERS = 500;
/** So much of a text is looked at: what is cut later must not leave half a key at its end. */
const WINDOW = 4 * MOST_CHARACTERS;
const LONGEST_ID = 128;

/**
 * What others said, fit to be shown: one line of at most `most` characters, without control characters, markup, tokens
 * and the queries of addresses. It is cut before any pattern reads it.
 * @returns `undefined` for what is no text, and for one with nothing to read in it
 */
export function foreignText(value: unknown, most = MOST_CHARACTERS): string | undefined {
	const text = plainText(value).slice(0, WINDOW).replace(UNPRINTABLE, ' ');
	const readable = withoutTokens(withoutQueries(withoutMarkup(text)));
	const line = readable.replace(/\s+/g, ' ').trim();
	return line === '' ? undefined : line.slice(0, most).replace(HALF_CHARACTER, '');
}

/** Control characters, those that turn the direction of writing, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const HALF_CHARACTER = /[\ud800-\udbff]$/;

/** A name or the like as text; empty for what is none. `String` throws on an object that has a `toString` of its own. */
export function plainText(value: unknown): string {
	if (typeof value === 'string') return value;
	return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/**
 * Ids are text everywhere: as numbers they would lose digits.
 * @returns `undefined` for what cannot be one: too long, with characters that no address can hold, a relative path, or a token
 */
export function idText(value: unknown): string | undefined {
	if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
	if (typeof value !== 'string' || value.length > LONGEST_ID) return undefined;
	const isId = IS_ID.test(value) && !/^\.{1,2}$/.test(value) && withoutTokens(value) === value;
	return isId ? value : undefined;
}

const IS_ID = /^[^\p{Cc}\p{Cs}<>]+$/u;

/**
 * Leaves out tags; n8n shows errors as HTML. A lone `<` stays readable but opens nothing.
 * @param text of at most a few thousand characters
 */
export function withoutMarkup(text: string): string {
	return text
		.replace(/<(script|style)\b[^]*?<\/\1>/gi, ' ')
		.replace(/<[a-z/!?][^<>]*>?/gi, ' ')
		.replaceAll('<', '‹');
}

/** Tokens and keys by their form: a signed one is new for every request, and a gateway may show somebody else's. */
export function withoutTokens(text: string): string {
	return text
		.replace(/\beyJ[\w-]{6,}(?:\.[\w-]*)*/g, '***')
		.replace(/\b(?:sk|pk)-[\w-]{12,}/g, '***')
		.replace(/\bBearer\s+(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}/gi, 'Bearer ***');
}

/**
 * Kling and gateways quote the addresses that they were given. The query of a signed clip or of a callback opens it to
 * anyone who reads the text, so it is left out.
 */
export function withoutQueries(text: string): string {
	// Each address is taken as a whole, so that a text of nothing but their beginnings is gone over once.
	return text.replace(/https?:\/\/[^\s"'<>]+/gi, withoutSecrets);
}

/** An address without what opens it to anyone: its query, a password in front of the host, the token of a bot or hook. */
export function withoutSecrets(address: string): string {
	return address
		.replace(/\?.*$/s, '?…')
		.replace(/^((?:[a-z][a-z\d+.-]*:)?[\\/]*)[^\\/?#]*@/i, '$1')
		.replace(/\/bot\d+:[\w-]+/gi, '/bot…')
		.replace(/(\/(?:api\/)?(?:webhooks|services)\/)[\w-]+\/[\w/-]+/gi, '$1…');
}
