import type { IWebhookFunctions } from 'n8n-workflow';

/**
 * The text of a call as it came. What n8n has read out of it rounds long numbers and depends on the content type, and
 * a signature is over the bytes.
 */
export async function textOfCall(context: IWebhookFunctions): Promise<string> {
	const request = context.getRequestObject() as {
		rawBody?: unknown;
		readRawBody?: () => Promise<void>;
	};
	// n8n leaves a body unread whose content type it does not know.
	if (!Buffer.isBuffer(request.rawBody)) await request.readRawBody?.();
	const { rawBody } = request;
	return Buffer.isBuffer(rawBody) ? rawBody.toString() : JSON.stringify(context.getBodyData());
}
