/**
 * Kling may judge by the name: an mp3 that calls itself .wav gets its right ending.
 * @param fallback for a file without a name, without an ending
 */
export function nameWithEnding(
	given: string | undefined,
	ending: string,
	fallback: string,
): string {
	const fileName = given === undefined || given === '' ? fallback : given;
	return fileName.toLowerCase().endsWith(`.${ending}`)
		? fileName
		: `${fileName.replace(/\.[a-z\d]{2,4}$/i, '')}.${ending}`;
}
