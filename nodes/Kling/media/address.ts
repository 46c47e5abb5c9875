import { withoutSecrets } from '../api/foreign';

/** An address that a user gave: put right, or why it cannot be, as it follows "The voice URL …". */
export type AddressReading = { url: URL } | { fault: string };

/** Signed addresses have up to a few thousand. */
const MOST_CHARACTERS = 8_192;
/** How many characters of a foreign text a message quotes. */
const MOST_QUOTED = 120;

/** Control characters except tabs and line ends, and every character without width. */
const INVISIBLE =
	/(?![\t\n\r])\p{Cc}|[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]|\u034f|\u200d/gu;
const AROUND = /^[\s"'`<“”„‘’‚«‹]+|[\s"'`>“”‘’»›]+$/g;
const LINE_BREAK = /\s*[\r\n\u2028\u2029]+\s*/g;
/** As Chinese keyboards write it, or with too few or too many slashes. */
const SCHEME = /^(https?)\s*[:：]\s*[/\\／]*\s*/i;

/**
 * Reads what a field for an address gave. Everything that reads an address uses this, and sends `url.href`: what is
 * sent is what was checked.
 */
export function readAddress(given: unknown): AddressReading {
	if (typeof given !== 'string') return { fault: `is ${kindOf(given)}, not an address` };
	if (/^[\s"'<]*data:/i.test(given.slice(0, 100))) {
		return { fault: 'is a data: URL that holds the file itself, not an address' };
	}
	if (given.length > 2 * MOST_CHARACTERS) return tooLong(given);
	const text = cleaned(given);
	if (text === '') return { fault: 'is empty' };
	if (text.length > MOST_CHARACTERS) return tooLong(text);
	if (hasTwo(given, text)) return { fault: 'holds two addresses; one is needed' };
	const url = webAddress(text.replace(SCHEME, '$1://'));
	if (SCHEME.test(text) && url && !/^https?$/.test(url.hostname) && !url.hostname.includes('..')) {
		return { url };
	}
	const isTwice = /^https?:[/\\]*https?\b/i.test(text) ? ', and has https:// twice' : '';
	return {
		fault: `${quoted(text)} is not an address that begins with http:// or https://${isTwice}`,
	};
}

/** The address put right, or what was given where that cannot be done. */
export function repairedAddress(given: string): string {
	const read = readAddress(given);
	if ('url' in read) return read.url.href;
	return given.length <= MOST_CHARACTERS && cleaned(given) === '' ? '' : given;
}

/** @returns `undefined` for anything but an absolute http(s) address */
export function webAddress(address: string): URL | undefined {
	if (!URL.canParse(address)) return undefined;
	const url = new URL(address);
	return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

/** A foreign text as it may stand in a message: short, in one line, and without what would open the address. */
export function quoted(text: string): string {
	const line = withoutSecrets(text.slice(0, MOST_CHARACTERS).replace(INVISIBLE, ''))
		.replace(/\s+/g, ' ')
		.trim();
	const characters = [...line];
	const isLong = characters.length > MOST_QUOTED;
	return `"${isLong ? `${characters.slice(0, MOST_QUOTED).join('')}…` : line}"`;
}

function cleaned(given: string): string {
	const text = given.replace(INVISIBLE, '').replace(AROUND, '').replace(LINE_BREAK, '');
	// Chats write a link as <address|words>.
	return given.trim().startsWith('<') ? text.replace(/\|.*$/s, '') : text;
}

/** Beside each other, or one directly behind the other's path. A query may well hold an address. */
function hasTwo(given: string, text: string): boolean {
	const inPath = text.replace(/[?#].*$/s, '');
	return (
		/\S[\s,;|]*[\s][\s,;|]*https?:[/\\]/i.test(given.trim()) ||
		/[a-z\d,;|]https?:[/\\]{2}/i.test(inPath.replace(SCHEME, '')) ||
		(/[,;|]https?:[/\\]{2}/i.test(text) && !/=https?:/i.test(text))
	);
}

const tooLong = (text: string): AddressReading => ({
	fault: `has ${text.length} characters, which is too long for an address`,
});

function kindOf(value: unknown): string {
	if (Array.isArray(value)) return `a list of ${value.length}`;
	if (value === null || value === undefined) return 'empty';
	return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
