import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { createHmac, timingSafeEqual } from 'crypto';

/** Keeps the tag apart from everything else that a key signs. */
const PURPOSE = 'n8n-nodes-kling-voice: callback address, version 1';
const TAG_CHARACTERS = 24;

/** Which task an address was given for. */
export interface Tagged {
	/** The path of its kind. */
	path: string;
	externalTaskId: string;
}

/**
 * Adds to a callback address which task it is for, and a tag that only the credential's key can make. What stands in its
 * query already stays.
 * @returns the address as it is where there is no key
 */
export function taggedAddress(
	address: string,
	task: Tagged,
	credentials: ICredentialDataDecryptedObject,
): string {
	const tag = tagOf(task, credentials);
	if (tag === undefined) return address;
	const url = new URL(address);
	const own = { kling_kind: task.path, kling_id: task.externalTaskId, kling_tag: tag };
	// Written by hand, as `searchParams` would rewrite what the user has put there.
	const added = Object.entries(own).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
	url.search = [url.search.slice(1), ...added].filter((part) => part !== '').join('&');
	return url.href;
}

/**
 * Which task the address of a call was made for.
 * @returns `undefined` without a tag, or with one that this key has not made: keys rotate, and several see one account
 */
export function readTag(
	query: unknown,
	credentials: ICredentialDataDecryptedObject,
): Tagged | undefined {
	const {
		kling_kind: path,
		kling_id: id,
		kling_tag: given,
	} = Object(query) as Record<string, unknown>;
	if (typeof path !== 'string' || typeof id !== 'string' || typeof given !== 'string') {
		return undefined;
	}
	const tag = tagOf({ path, externalTaskId: id }, credentials);
	const isSame =
		tag !== undefined &&
		Buffer.byteLength(given) === Buffer.byteLength(tag) &&
		timingSafeEqual(Buffer.from(given), Buffer.from(tag));
	return isSame ? { path, externalTaskId: id } : undefined;
}

function tagOf(
	{ path, externalTaskId }: Tagged,
	{ authentication, apiKey, secretKey }: ICredentialDataDecryptedObject,
): string | undefined {
	const given = authentication === 'accessKey' ? secretKey : apiKey;
	const key = typeof given === 'string' ? given.trim().replace(/^Bearer\s+/i, '') : '';
	if (key === '') return undefined;
	const signed = JSON.stringify([PURPOSE, path, externalTaskId]);
	return createHmac('sha256', key).update(signed).digest('base64url').slice(0, TAG_CHARACTERS);
}
