import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { isRecord, layers, type Payload } from '../api/envelope';
import { idText, plainText } from '../api/foreign';
import { failed, ok, type Reply } from '../api/reply';
import type { CreateMemory } from './memory';
import { sendUnnamed } from './unnamed';

/** Source: Kling's page on face recognition; the session lives for 24 hours. */
const PATH = '/v1/videos/identify-face';
const TIMEOUT_MS = 60_000;

export interface Face {
	id: string;
	/** When it can be seen, in milliseconds of the video. */
	startMs: number;
	endMs: number;
}

export interface Faces {
	sessionId: string;
	faces: Face[];
}

/**
 * Has Kling look for faces, which costs a little and is done once.
 * @param video its id or its address, as the body has it
 * @param key of this look, for the memory
 */
export async function findFaces(
	client: KlingClient,
	video: IDataObject,
	key: string,
	memory: CreateMemory,
): Promise<Reply<Faces>> {
	const isUsable = (payload: Payload) => facesIn(payload) !== undefined;
	const reply = await sendUnnamed(client, {
		path: PATH,
		body: video,
		key,
		memory,
		isUsable,
		timeoutMs: TIMEOUT_MS,
	});
	if (!reply.ok) return reply;
	const found = facesIn(reply.value);
	if (found && found.faces.length > 0) return ok(found);
	return failed({
		cause: 'missing',
		retry: 'never',
		what: 'Kling found no face in the video',
		remedy: 'showFace',
	});
}

function facesIn(payload: Payload): Faces | undefined {
	for (const { session_id: session, face_data: rows } of layers(payload)) {
		const sessionId = idText(session);
		if (sessionId === undefined || !Array.isArray(rows)) continue;
		const found: unknown[] = rows;
		const faces = found.filter(isRecord).flatMap((row): Face[] => {
			const id = idText(row.face_id);
			const startMs = Number(plainText(row.start_time) || 0);
			const endMs = Number(plainText(row.end_time) || NaN);
			const isFace = id !== undefined && startMs >= 0 && endMs > startMs;
			return isFace ? [{ id, startMs, endMs }] : [];
		});
		return { sessionId, faces };
	}
	return undefined;
}
