/** How files begin: at a byte, these characters (Latin-1). */
const BEGINNINGS: [at: number, characters: RegExp | string, mimeType: string, ending: string][] = [
	[0, /^ID3/, 'audio/mpeg', 'mp3'],
	[0, /^RIFF....WAVE/s, 'audio/wav', 'wav'],
	[0, /^(RF64|BW64)....WAVE/s, 'audio/wav', 'wav'],
	[4, /^ftypqt/, 'video/quicktime', 'mov'],
	[4, /^ftyp(M4A|M4B)/, 'audio/mp4', 'm4a'],
	[4, /^ftyp(hei|hev|mif1|msf1)/, 'image/heic', 'heic'],
	[4, /^ftypavi/, 'image/avif', 'avif'],
	[4, /^(ftyp|styp|moov)/, 'video/mp4', 'mp4'],
	[0, /^OggS/, 'audio/ogg', 'ogg'],
	[0, /^fLaC/, 'audio/flac', 'flac'],
	[0, /^.E\xdf\xa3/s, 'video/webm', 'webm'],
	[0, /^FORM....AIF/s, 'audio/aiff', 'aiff'],
	[0, /^\xff[\xf0\xf1\xf8\xf9]/, 'audio/aac', 'aac'],
	// A frame of layer 3.
	[0, /^\xff[\xe2\xe3\xf2\xf3\xfa\xfb]/, 'audio/mpeg', 'mp3'],
	[0, /^\x89PNG/, 'image/png', 'png'],
	[0, /^\xff\xd8\xff/, 'image/jpeg', 'jpg'],
	[0, /^GIF8/, 'image/gif', 'gif'],
	[0, /^RIFF....WEBP/s, 'image/webp', 'webp'],
	[0, /^BM/, 'image/bmp', 'bmp'],
	[0, /^%PDF/, 'application/pdf', 'pdf'],
	[0, /^PK/, 'application/zip', 'zip'],
	[0, /^\s*(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)/i, 'text/html', 'html'],
	[0, /^\s*(\xef\xbb\xbf)?\s*[{[]/, 'application/json', 'json'],
	[0, /^\s*(\xef\xbb\xbf)?\s*</, 'text/xml', 'xml'],
];

/** More than any of the beginnings, leading blanks of a page included. */
export const BEGINNING_BYTES = 64;

/** What a file is by its first bytes, whatever a server calls it. */
export function fileTypeOf(head: Uint8Array): { mimeType: string; ending: string } | undefined {
	const { buffer, byteOffset, length } = head;
	const text = Buffer.from(buffer, byteOffset, Math.min(length, BEGINNING_BYTES)).toString(
		'latin1',
	);
	const found = BEGINNINGS.find(([at, characters]) =>
		typeof characters === 'string'
			? text.startsWith(characters, at)
			: characters.test(text.slice(at)),
	);
	return found && { mimeType: found[2], ending: found[3] };
}
