import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable } from 'node:stream';

import axios from 'axios';

export const MB = 1024 * 1024;
const SAMPLE_MS = 5;

/** A real mp4 that a box of free space, which players skip, makes as large as wished. */
export function* mp4Of(bytes: number, clip: Buffer): Generator<Buffer> {
	const free = Buffer.alloc(8);
	free.writeUInt32BE(bytes - clip.length);
	free.write('free', 4, 'latin1');
	yield clip;
	yield free;
	for (let left = bytes - clip.length - free.length; left > 0; left -= MB) {
		yield Buffer.alloc(Math.min(left, MB));
	}
}

/** The most memory that the process had during `work`, beyond what it had before. */
export async function memoryDuring<T>(
	work: () => Promise<T>,
): Promise<{ result: T; extraMb: number }> {
	global.gc?.();
	await sleep(200);
	const before = process.memoryUsage().rss;
	let most = before;
	const sampling = setInterval(() => {
		most = Math.max(most, process.memoryUsage().rss);
	}, SAMPLE_MS);
	try {
		const result = await work();
		return { result, extraMb: (most - before) / MB };
	} finally {
		clearInterval(sampling);
	}
}

/** Fetches the file as Kling would. @returns milliseconds to the first byte */
export async function fetched(address: string, bytes: number): Promise<number> {
	const started = performance.now();
	const { data } = await axios.get<Readable>(address, { responseType: 'stream', proxy: false });
	let firstByteMs = NaN;
	let seen = 0;
	for await (const chunk of data as AsyncIterable<Buffer>) {
		if (seen === 0) firstByteMs = performance.now() - started;
		seen += chunk.length;
	}
	if (seen !== bytes) throw new Error(`Kling would have got ${String(seen)} bytes`);
	return firstByteMs;
}
