import type { IWebhookDescription } from 'n8n-workflow';

/** Behind the execution's own resume address. */
export const RESUME_PATH = 'kling';

/** The address that a paused execution gives to Kling; it is only there while the execution waits. */
export const RESUME_WEBHOOKS: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		path: RESUME_PATH,
		isFullPath: true,
		restartWebhook: true,
		responseMode: 'onReceived',
		// Without it n8n answers a resuming call with the literal text "firstEntryJson".
		responseData: 'noData',
	},
];
