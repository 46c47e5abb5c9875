import { failed, ok, refused, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { FETCH_AGAIN, fault, type ClipFile } from './clip';
import { recognize } from './format';
import { Boxes, type Box } from './mp4/boxes';
import { reading } from './reading';

const MB = 1024 * 1024;
/** Kling's page on face recognition, also for length and sides. */
export const MOST_VIDEO_BYTES = 100 * MB;
const LEAST_SECONDS = 2;
const MOST_SECONDS = 60;
const LEAST_SIDE = 512;
const MOST_SIDE = 2160;
const ROUNDING_SECONDS = 0.1;
const MOST_TRACKS = 100;

export interface Video {
	format: 'mp4' | 'mov';
	mimeType: string;
	/** 0 where the file does not say. */
	seconds: number;
	width: number;
	height: number;
}

const CHOOSE_ANOTHER = 'Choose another video, or convert it beforehand.';

/**
 * Refuses a video that Kling does not take for lip-sync, by its list of tracks.
 * @throws what `file.open` and its stream throw
 */
export async function checkVideo(file: ClipFile): Promise<Reply<Video>> {
	return await reading(file, async (bytes) => {
		const size = file.sizeBytes ?? 0;
		if (size > MOST_VIDEO_BYTES) {
			const shown = (size / MB).toFixed(0);
			return fault(`is ${shown} MB; Kling takes videos of up to 100 MB here`, CHOOSE_ANOTHER);
		}
		const format = await recognize(bytes);
		if (!format.ok) return format;
		if (format.value !== 'mp4' && format.value !== 'mov') {
			return fault(`is a file of type ${format.value}, not a video`, CHOOSE_ANOTHER);
		}
		const look = await lookAt(bytes);
		if (!look) return fault('is cut off or damaged: it has no list of tracks', FETCH_AGAIN);
		const mimeType = format.value === 'mp4' ? 'video/mp4' : 'video/quicktime';
		const video: Video = { ...look, format: format.value, mimeType };
		const what = whyNot(video);
		return what === undefined ? ok(video) : failed(refused(what, CHOOSE_ANOTHER));
	});
}

function whyNot({ seconds, width, height }: Video): string | undefined {
	const sides = [width, height];
	if (width === 0 || height === 0) return 'has no picture';
	if (sides.some((side) => side < LEAST_SIDE || side > MOST_SIDE)) {
		return `is ${String(width)} × ${String(height)} pixels; Kling takes ${String(LEAST_SIDE)} to ${String(MOST_SIDE)} on each side here`;
	}
	const isFitting =
		seconds === 0 ||
		(seconds >= LEAST_SECONDS - ROUNDING_SECONDS && seconds <= MOST_SECONDS + ROUNDING_SECONDS);
	return isFitting
		? undefined
		: `is ${String(Number(seconds.toFixed(1)))} s long; Kling takes ${String(LEAST_SECONDS)} to ${String(MOST_SECONDS)} s here`;
}

type Look = Pick<Video, 'seconds' | 'width' | 'height'>;

async function lookAt(bytes: ClipBytes): Promise<Look | undefined> {
	const boxes = new Boxes(bytes);
	for (let at = 0; ;) {
		const box = await boxes.at(at, bytes.knownSize ?? Infinity);
		if (!box) return undefined;
		if (box.type === 'moov') return await lookAtMovie(boxes, box);
		if (box.end === Infinity || box.end <= at) return undefined;
		at = box.end;
	}
}

async function lookAtMovie(boxes: Boxes, moov: Box): Promise<Look> {
	const look: Look = { seconds: 0, width: 0, height: 0 };
	let tracks = 0;
	for await (const part of boxes.in(moov)) {
		if (part.type === 'mvhd') look.seconds = await secondsIn(boxes, part);
		if (part.type !== 'trak' || (tracks += 1) > MOST_TRACKS) continue;
		for await (const inner of boxes.in(part)) {
			if (inner.type === 'tkhd') await addSides(boxes, inner, look);
		}
	}
	return look;
}

/** Of both versions; the longer one has times of 64 bits. */
async function secondsIn(boxes: Boxes, mvhd: Box): Promise<number> {
	const head = await boxes.head(mvhd, 20, 32);
	const isLong = head[0] === 1 && head.length >= 32;
	const timescale = head.readUInt32BE(isLong ? 20 : 12);
	const units = isLong ? Number(head.readBigUInt64BE(24)) : head.readUInt32BE(16);
	return timescale > 0 ? units / timescale : 0;
}

/** Width and height stand at the end, as numbers of 16 bits before and behind the point. Sound has neither. */
async function addSides(boxes: Boxes, tkhd: Box, look: Look): Promise<void> {
	const head = await boxes.head(tkhd, 84, 96);
	look.width = Math.max(look.width, head.readUInt16BE(head.length - 8));
	look.height = Math.max(look.height, head.readUInt16BE(head.length - 4));
}
