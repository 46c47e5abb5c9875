/** For the whole file: a server that stops in the middle must not keep the node for ever. */
export const LONGEST_MS = 120_000;
/** The same where a file may have more than 600 MB: in this time, a line of 10 Mbit/s carries 750 MB. */
const LONGEST_OF_LARGE_MS = 600_000;
const LARGE_BYTES = 600 * 1024 * 1024;

/** How long a file of at most so many bytes may take. */
export const longestMs = (mostBytes: number): number =>
	mostBytes > LARGE_BYTES ? LONGEST_OF_LARGE_MS : LONGEST_MS;
