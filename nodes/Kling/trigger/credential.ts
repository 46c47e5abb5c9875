import type { ICredentialDataDecryptedObject, IWebhookFunctions } from 'n8n-workflow';

import { CREDENTIAL } from '../api/gateway';

/** Short enough to pick up a changed secret quickly, long enough for a burst of callbacks. */
const KEPT_MS = 1_000;

interface Kept {
	read: Promise<ICredentialDataDecryptedObject>;
	untilMs: number;
}

const kept = new Map<string, Kept>();

/**
 * The credential of the trigger. n8n reads and decrypts it every time, in an expression engine of its own, which
 * takes longer than the rest of a callback; so callbacks of the same second share it.
 * @throws what n8n throws when the node has no credential, or none that it may use
 */
export async function credentialOf(
	context: IWebhookFunctions,
): Promise<ICredentialDataDecryptedObject> {
	const { id, credentials } = context.getNode();
	const key = JSON.stringify([context.getWorkflow().id, id, credentials?.[CREDENTIAL]]);
	for (const [old, { untilMs }] of kept) if (untilMs <= Date.now()) kept.delete(old);
	const known = kept.get(key);
	if (known) return await known.read;
	const read = context.getCredentials(CREDENTIAL);
	kept.set(key, { read, untilMs: Date.now() + KEPT_MS });
	return await read;
}
