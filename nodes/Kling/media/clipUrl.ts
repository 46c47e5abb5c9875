/** Endings that name another kind of file for sure; anything else, such as `.php`, may deliver a clip. */
const OTHER_FILES = new Set(
	[
		'aac aif aiff amr ape au flac m4a mid midi oga ogg opus ra wma weba',
		'3gp avi flv m2ts m4v mkv mpeg mpg ogv ts webm wmv',
		'bmp gif heic ico jpeg jpg png svg tif tiff webp',
		'csv doc docx epub htm html json md odt pdf ppt pptx rtf srt txt vtt xls xlsx xml yaml yml',
		'7z bz2 css exe gz iso js rar tar zip',
	].flatMap((endings) => endings.split(' ')),
);

/**
 * Kling takes .mp3, .wav, .mp4 and .mov (its page on voice customization). Why this address cannot be a clip, in words, or `undefined` when it can.
 * @param address what the user entered
 */
export function clipUrlFault(address: string): string | undefined {
	const url = webAddress(address);
	if (!url) return `"${address}" is not an address that begins with http:// or https://`;
	const ending = /\.([a-z\d]{1,5})$/i.exec(url.pathname)?.[1]?.toLowerCase();
	return ending && OTHER_FILES.has(ending)
		? `Kling takes .mp3, .wav, .mp4 and .mov files, not .${ending}`
		: undefined;
}

/** @returns `undefined` for anything but an absolute http(s) address */
export function webAddress(address: string): URL | undefined {
	if (!URL.canParse(address)) return undefined;
	const url = new URL(address);
	return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}
