import type { IWebhookDescription } from 'n8n-workflow';

/**
 * The address that a paused execution gives to Kling. It is `$execution.resumeUrl` itself: no path of its own, and only
 * there while an execution waits.
 */
export const RESUME_WEBHOOKS: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		path: '',
		isFullPath: true,
		restartWebhook: true,
		responseMode: 'onReceived',
		// Without it n8n answers a resuming call with the literal text "firstEntryJson".
		responseData: 'noData',
	},
];
