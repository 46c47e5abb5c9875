import type { ClipBytes } from './bytes';
import { frameHeader, HEADER, LONGEST_FRAME, type FrameHeader } from './frame';
import { behindTags, nextTag } from './tags';

/** As far as other decoders look for the first sound, and for more sound behind something damaged. */
const MAX_GARBAGE = 64 * 1024;
/** Where the first frame stands in nearly all files. */
const NEAR = 8 * 1024;
/** Random bytes look like a header every few KB, but not three times at the right distance. */
const SURE = 3;
/** How much is searched in one file; a file with new damage all the time is no recording. */
const MOST_SEARCHED = 32 * 1024 * 1024;
/** The least that one search costs. */
const LEAST_SEARCHED = 4096;

/** Finds frames of sound between tags and damaged parts. */
export class FrameSearch {
	private left = MOST_SEARCHED;

	constructor(private readonly bytes: ClipBytes) {}

	/** The place of the first frame at or after `from`, as far as decoders look for it. */
	async next(from: number): Promise<number | undefined> {
		let at = await behindTags(this.bytes, from);
		let range = NEAR;
		while (this.left > 0) {
			const asked = range + SURE * LONGEST_FRAME;
			const { buffer, byteOffset, length } = await this.bytes.read(at, at + asked);
			const window = Buffer.from(buffer, byteOffset, length);
			const endsFile = length < asked;
			const frame = firstFrame(window, endsFile ? length : range, endsFile);
			const tag = nextTag(window.subarray(0, frame ?? range));
			this.left -= Math.max(LEAST_SEARCHED, frame ?? length);
			if (tag !== -1) {
				// Steps over what looks like a tag but has no size.
				at = Math.max(at + tag + 1, await behindTags(this.bytes, at + tag));
				range = NEAR;
			} else if (frame !== undefined) {
				return at + frame;
			} else if (range === MAX_GARBAGE || endsFile) {
				return undefined;
			} else {
				range = MAX_GARBAGE;
			}
		}
		return undefined;
	}
}

function firstFrame(window: Buffer, range: number, endsFile: boolean): number | undefined {
	let at = window.indexOf(0xff);
	while (at !== -1 && at < range) {
		const header = frameHeader(window, at);
		if (header && isFollowed(window, at, header, endsFile)) return at;
		at = window.indexOf(0xff, at + 1);
	}
	return undefined;
}

/** Whether frames follow one another from here on, or one does up to the end of the file. */
function isFollowed(window: Buffer, start: number, first: FrameHeader, endsFile: boolean): boolean {
	let header = first;
	for (let at = start, seen = 1; seen < SURE; seen++) {
		at += header.sizeBytes;
		if (at + HEADER > window.length) return endsFile && at <= window.length;
		const following = frameHeader(window, at);
		if (following?.kind !== first.kind) {
			return seen > 1 && nextTag(window.subarray(at, at + 8)) === 0;
		}
		header = following;
	}
	return true;
}
