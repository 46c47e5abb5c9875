/** Endings that name another kind of file for sure; anything else, such as `.php`, may deliver a clip. */
const OTHER_FILES = new Set(
	[
		'aac aif aiff amr ape au flac mid midi ra wma',
		'avi flv m2ts m4v mpeg mpg ogv ts wmv',
		'bmp gif heic ico jpeg jpg png svg tif tiff webp',
		'csv doc docx epub htm html json md odt pdf ppt pptx rtf srt txt vtt xls xlsx xml yaml yml',
		'7z bz2 css exe gz iso js rar tar zip',
	].flatMap((endings) => endings.split(' ')),
);

/** The node converts these when they are files of an item; behind a URL it cannot. */
const ONLY_AS_FILES = new Set('3gp m4a mka mkv oga ogg opus weba webm'.split(' '));

const AS_FILE =
	'Fetch it with an HTTP Request node (Response Format: File), and choose File in Voice Source.';
const OTHER_CLIP = 'Enter the address of a clip in Voice URL.';

/**
 * Kling takes .mp3, .wav, .mp4 and .mov (its page on voice customization).
 * @returns why this address cannot be a clip, and what to do; `undefined` when it can
 */
export function clipUrlFault(url: URL): { what: string; advice: string } | undefined {
	const ending = /\.([a-z\d]{1,5})$/i.exec(url.pathname)?.[1]?.toLowerCase();
	if (ending === undefined) return undefined;
	const asFile = ONLY_AS_FILES.has(ending);
	if (!asFile && !OTHER_FILES.has(ending)) return undefined;
	return {
		what: `Kling takes .mp3, .wav, .mp4 and .mov files, not .${ending}`,
		advice: asFile ? AS_FILE : OTHER_CLIP,
	};
}
