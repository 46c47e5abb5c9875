import type { IWebhookFunctions } from 'n8n-workflow';

/** A task has a few thousand bytes; what is larger is no callback of Kling, and nothing reads it. */
const MOST_BYTES = 65_536;

/**
 * The text of a call as it came. What n8n has read out of it rounds long numbers and depends on the content type, and
 * a signature is over the bytes.
 * @returns `undefined` for a body over 64 KB
 */
export async function textOfCall(context: IWebhookFunctions): Promise<string | undefined> {
	const request = context.getRequestObject() as {
		headers?: Record<string, unknown>;
		rawBody?: unknown;
		readRawBody?: () => Promise<void>;
	};
	if (Number(request.headers?.['content-length']) > MOST_BYTES) return undefined;
	// n8n leaves a body unread whose content type it does not know.
	if (!Buffer.isBuffer(request.rawBody)) await request.readRawBody?.();
	const { rawBody } = request;
	if (Buffer.isBuffer(rawBody)) {
		return rawBody.length > MOST_BYTES ? undefined : rawBody.toString();
	}
	// Where n8n kept no bytes; a text that is missing is no text.
	const text = (JSON.stringify(context.getBodyData()) as string | undefined) ?? '';
	return text.length > MOST_BYTES ? undefined : text;
}
