import { CustomSource, Input, Logging, LogLevel, MP4, QTFF } from 'mediabunny';

import { ok, type Reply } from '../../api/reply';
import type { ClipBytes } from './bytes';
import { FETCH_AGAIN, fault, type Length } from './clip';

// What is wrong with a clip is said to its user, not to whoever reads the log of n8n.
Logging.level = LogLevel.Silent;

/** What is kept of a file is kept by `ClipBytes`. */
const LIBRARY_CACHE = 1024 * 1024;
/** The list of tracks has to be in memory as a whole; that of a feature film is well below. */
const MAX_MOOV = 32 * 1024 * 1024;

interface Box {
	type: string;
	bytes: number;
}

/**
 * A look at the outermost boxes before the library reads them: it knows the tracks, but does not notice when the sound
 * that they point to is missing.
 */
async function boxesFault(bytes: ClipBytes): Promise<Reply<undefined>> {
	const size = await bytes.measuredSize();
	let hasTracks = false;
	for (let at = 0; at + 8 <= size;) {
		const box = await boxAt(bytes, at, size);
		// Some programs leave something of their own behind the last box.
		if (!box) break;
		if (box.type === 'moov' && box.bytes > MAX_MOOV) {
			return fault('is damaged: its list of tracks is far too long', FETCH_AGAIN);
		}
		hasTracks ||= box.type === 'moov';
		at += box.bytes;
		if (at > size) {
			const missing = Math.ceil((at - size) / 1024);
			return fault(`is cut off: it ends at least ${missing} KB too early`, FETCH_AGAIN);
		}
	}
	return hasTracks
		? ok(undefined)
		: fault('is cut off or damaged: it has no list of tracks (moov)', FETCH_AGAIN);
}

async function boxAt(bytes: ClipBytes, at: number, fileSize: number): Promise<Box | undefined> {
	const header = await bytes.read(at, at + 16);
	const view = new DataView(header.buffer, header.byteOffset, header.length);
	const type = String.fromCharCode(...header.subarray(4, 8));
	const isLong = view.getUint32(0) === 1 && header.length === 16;
	const size = isLong ? Number(view.getBigUint64(8)) : view.getUint32(0);
	if (!/^[ -~]{4}$/.test(type)) return undefined;
	if (size === 0) return { type, bytes: fileSize - at };
	return size >= 8 ? { type, bytes: size } : undefined;
}

export async function mp4Seconds(bytes: ClipBytes): Promise<Reply<Length>> {
	const boxes = await boxesFault(bytes);
	if (!boxes.ok) return boxes;
	const input = new Input({
		source: new CustomSource({
			getSize: async () => await bytes.measuredSize(),
			read: async (start, end) => await bytes.read(start, end),
			maxCacheSize: LIBRARY_CACHE,
			// Whoever waits for the bytes hears of it; nobody else has to.
			handleUnhandledError: () => undefined,
		}),
		formats: [MP4, QTFF],
	});
	try {
		const track = await input.getPrimaryAudioTrack();
		const seconds = await track?.computeDuration();
		return seconds
			? ok({ seconds })
			: fault(
					'has no sound track',
					'Choose a file in which somebody speaks. If this is one, convert it to mp3 or wav.',
				);
	} catch (error) {
		if (bytes.failure) throw bytes.failure;
		const words = error instanceof Error ? error.message : String(error);
		return fault(`is damaged: ${words.replace(/\.$/, '')}`, FETCH_AGAIN);
	} finally {
		input.dispose();
	}
}
