import { parse as parseForm } from 'node:querystring';
import { buffer } from 'node:stream/consumers';
import { createGunzip, createInflate } from 'node:zlib';
import type { Request } from 'express';
import { jsonParse, type INode } from 'n8n-workflow';

import { HttpRefusal } from './refusal.cjs';

const parsers: Record<string, (text: string) => unknown> = {
	'application/json': (text) => jsonParse(text),
	'application/x-www-form-urlencoded': (text) => parseForm(text),
	'text/plain': (text) => text,
};

const unpackers = new Map([
	['gzip', createGunzip],
	['deflate', createInflate],
]);

/** N8N_PAYLOAD_SIZE_MAX by default. n8n's answer does not say that it is about the size. */
const MOST_BYTES = 16 * 1024 * 1024;

async function readRawBody(req: Request): Promise<Buffer> {
	const unpack = unpackers.get(req.headers['content-encoding'] ?? '');
	try {
		const rawBody = await buffer(unpack ? req.pipe(unpack()) : req);
		if (rawBody.length <= MOST_BYTES) return rawBody;
	} catch {
		// Not what its header says.
	}
	throw new HttpRefusal(500, 'There was a problem executing the workflow');
}

/** As n8n's own reader: an empty body, or one of another type, is no body at all. */
export async function readBody(req: Request, startNode: INode): Promise<void> {
	const contentType = req.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
	const parser = parsers[contentType];
	const read: { rawBody?: Buffer } = {};
	// As n8n's: nodes may call it for a body that was left unread.
	const readOnce = async () => {
		read.rawBody ??= await readRawBody(req);
		Object.assign(req, read);
		return read.rawBody;
	};
	Object.assign(req, { contentType, readRawBody: readOnce });
	if (!parser && startNode.typeVersion > 1) return;
	const rawBody = await readOnce();
	if (!parser || rawBody.length === 0) return;
	try {
		req.body = parser(rawBody.toString('utf8').replace(/^\uFEFF/, ''));
	} catch (error) {
		const hint = error instanceof Error ? error.message : undefined;
		throw new HttpRefusal(422, 'Failed to parse request body', 422, hint);
	}
}
