import type { IWebhookFunctions } from 'n8n-workflow';

/**
 * The text of a call as it came. What n8n has read out of it rounds long numbers and depends on the content type, and
 * a signature is over the bytes.
 */
export function textOfCall(context: IWebhookFunctions): string {
	const { rawBody } = context.getRequestObject() as { rawBody?: unknown };
	return Buffer.isBuffer(rawBody) ? rawBody.toString() : JSON.stringify(context.getBodyData());
}
