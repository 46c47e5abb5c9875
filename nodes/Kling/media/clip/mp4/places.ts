import { damaged } from './boxes';
import type { SampleTables, Table } from './tables';

/** What is known of the data of samples. */
export interface Places {
	/** How many samples have a place in the file. */
	samples: number;
	bytes: number;
	/** Where the data that lies furthest back ends. */
	end: number;
}

/**
 * Where the samples of a track are.
 * @param unitBytes of a sample that the table gives no true size: QuickTime says 1 for uncompressed sound
 * @returns `undefined` where the tables are too large for a recording of half a minute
 */
export function placesOf(
	{ sizes, chunks, perChunk, placeBytes }: Omit<SampleTables, 'times'>,
	unitBytes: number,
): Places | undefined {
	if (!sizes || !chunks || !perChunk) return { samples: 0, bytes: 0, end: 0 };
	const { records: places } = chunks;
	if (!places || !perChunk.records || (sizes.size === 0 && !sizes.records)) return undefined;
	const sizeOf = (first: number, count: number) => {
		if (sizes.size > 0) return count * (sizes.size === 1 ? unitBytes : sizes.size);
		let sum = 0;
		for (let index = first; index < first + count; index++) {
			sum += sizes.records?.readUInt32BE(index * 4) ?? 0;
		}
		return sum;
	};
	const found: Places = { samples: 0, bytes: 0, end: 0 };
	for (const { first, last, samples } of runsOf(perChunk, chunks.count)) {
		for (let chunk = first; chunk <= last && found.samples < sizes.count; chunk++) {
			const count = Math.min(samples, sizes.count - found.samples);
			const bytes = sizeOf(found.samples, count);
			const at = (chunk - 1) * placeBytes;
			const start = placeBytes === 8 ? Number(places.readBigUInt64BE(at)) : places.readUInt32BE(at);
			found.samples += count;
			found.bytes += bytes;
			if (bytes > 0) found.end = Math.max(found.end, start + bytes);
		}
	}
	return found;
}

interface Run {
	/** Numbers of chunks, from 1. */
	first: number;
	last: number;
	/** In each of them. */
	samples: number;
}

function runsOf({ records = Buffer.alloc(0) }: Table, chunks: number): Run[] {
	const runs: Run[] = [];
	for (let at = 0; at < records.length; at += 12) {
		const next = at + 12 < records.length ? records.readUInt32BE(at + 12) : chunks + 1;
		const first = records.readUInt32BE(at);
		if (first < 1 || next < first) throw damaged('the order of its samples makes no sense');
		runs.push({ first, last: Math.min(next - 1, chunks), samples: records.readUInt32BE(at + 4) });
	}
	return runs;
}
