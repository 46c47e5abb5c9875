import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
	isConvertible,
	type Clip,
	type ClipFile,
	type TakenFormat,
} from '../../../nodes/Kling/media/clip/clip';

/** How a file was read: what came out of its streams, and whether they were closed. */
export interface Reads {
	bytes: number;
	opened: number;
	closed: number;
	/** The wishes for the size of a chunk. */
	chunkBytes: (number | undefined)[];
}

export interface WatchedFile extends ClipFile {
	reads: Reads;
}

export const pathOf = (name: string): string => join(__dirname, name);

export const bytesOf = (name: string): Buffer => readFileSync(pathOf(name));

function watched(
	open: (chunkBytes?: number) => Readable,
	fields: Pick<ClipFile, 'name' | 'sizeBytes'>,
): WatchedFile {
	const reads: Reads = { bytes: 0, opened: 0, closed: 0, chunkBytes: [] };
	return {
		...fields,
		reads,
		open: async (chunkBytes) => {
			reads.opened += 1;
			reads.chunkBytes.push(chunkBytes);
			return counted(open(chunkBytes), reads);
		},
	};
}

async function* counted(stream: Readable, reads: Reads): AsyncGenerator<Uint8Array> {
	try {
		for await (const chunk of stream) {
			const bytes = chunk as Buffer;
			reads.bytes += bytes.length;
			yield bytes;
		}
	} finally {
		if (stream.destroyed) reads.closed += 1;
	}
}

/** A file of this folder, or of a path, as n8n's binary data gives it: a stream from its start. */
export function clipFile(name: string): WatchedFile {
	const path = name.startsWith('/') ? name : pathOf(name);
	return watched((highWaterMark) => createReadStream(path, { highWaterMark }), {
		sizeBytes: statSync(path).size,
	});
}

/** Bytes as a file. */
export function fileOf(
	content: Uint8Array | string,
	fields: Pick<ClipFile, 'name' | 'sizeBytes'> = {},
): WatchedFile {
	const bytes = Buffer.from(content);
	return generatedFile(
		bytes.length,
		(start, end) => bytes.subarray(start, end),
		'sizeBytes' in fields ? fields : { ...fields, sizeBytes: bytes.length },
	);
}

/** A file that is nowhere whole, however large. */
export function generatedFile(
	size: number,
	part: (start: number, end: number) => Uint8Array,
	fields: Pick<ClipFile, 'name' | 'sizeBytes'> = { sizeBytes: size },
): WatchedFile {
	function* chunks(chunkBytes = 65_536) {
		for (let at = 0; at < size; at += chunkBytes) yield part(at, Math.min(size, at + chunkBytes));
	}
	return watched(
		(chunkBytes) => Readable.from(chunks(chunkBytes), { objectMode: true, highWaterMark: 1 }),
		fields,
	);
}

/** The format of a clip that needs no conversion. */
export function taken({ format }: Clip): TakenFormat {
	if (isConvertible(format)) throw new Error(`${format} is to be converted`);
	return format;
}
