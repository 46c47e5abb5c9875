import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import axios, { isAxiosError } from 'axios';

const FETCH_MS = 15_000;

/** Loopback must not be sent through a proxy of the machine; anything else may need one. */
export function proxyFor(url: string): false | undefined {
	return /^https?:\/\/(127\.|localhost[:/]|\[::1\])/i.test(url) ? false : undefined;
}

/** Why a file cannot be had, in words. */
export class Unavailable extends Error {}

const isAddress = (source: string) => /^https?:\/\//i.test(source);

async function ask<T>(
	url: string,
	how: 'arraybuffer' | 'stream',
	most: number,
	signal: AbortSignal,
) {
	try {
		const { data } = await axios.get<T>(url, {
			responseType: how,
			timeout: FETCH_MS,
			maxContentLength: most,
			proxy: proxyFor(url),
			signal,
		});
		return data;
	} catch (error) {
		throw new Unavailable(whyNot(error, most));
	}
}

function whyNot(error: unknown, most: number): string {
	const { response, message = '' } = isAxiosError(error) ? error : {};
	if (response?.status !== undefined && response.status >= 300) return `HTTP ${response.status}`;
	return message.includes('maxContentLength')
		? `the file is larger than ${most / 1024 / 1024} MB`
		: 'the address cannot be reached';
}

/**
 * The bytes behind an address, or in raw Base64.
 * @param most in bytes
 * @throws Unavailable
 */
export async function bytesOf(source: string, most: number, signal: AbortSignal): Promise<Buffer> {
	if (isAddress(source)) return await ask<Buffer>(source, 'arraybuffer', most, signal);
	const bytes = Buffer.from(source, 'base64');
	if (bytes.length > most)
		throw new Unavailable(`the file is larger than ${most / 1024 / 1024} MB`);
	return bytes;
}

/**
 * Hands `use` the path of a copy on disk, as a video may be too large for the memory; removes it afterwards.
 * @throws Unavailable
 */
export async function withCopy<T>(
	url: string,
	most: number,
	signal: AbortSignal,
	use: (path: string) => Promise<T>,
): Promise<T> {
	const path = join(tmpdir(), `kling-sandbox-${randomUUID()}`);
	try {
		const stream = await ask<Readable>(url, 'stream', most, signal);
		try {
			await pipeline(stream, createWriteStream(path), { signal });
		} catch (error) {
			throw new Unavailable(whyNot(error, most));
		}
		return await use(path);
	} finally {
		await rm(path, { force: true });
	}
}
