/** For the whole file: a server that stops in the middle must not keep the node for ever. */
export const LONGEST_MS = 120_000;
/** The same for files of more than 600 MB, which a line of 10 Mbit/s needs for a third of that. */
const LONGEST_OF_LARGE_MS = 600_000;
const LARGE_BYTES = 600 * 1024 * 1024;

/** How long a file of at most so many bytes may take. */
export const longestMs = (mostBytes: number): number =>
	mostBytes > LARGE_BYTES ? LONGEST_OF_LARGE_MS : LONGEST_MS;
