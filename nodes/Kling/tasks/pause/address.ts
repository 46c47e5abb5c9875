import type { IExecuteFunctions, IWebhookDescription } from 'n8n-workflow';

import { resumeUrlOf } from '../../api/ownAddress';

/** Behind the execution's own resume address. */
const RESUME_PATH = 'kling';

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

/**
 * The address whose call resumes this execution. It has a path of its own, so that a late call does not end the pause
 * of a Wait node further on, which listens at the bare address.
 */
export function resumeAddress(context: IExecuteFunctions): string {
	const address = new URL(resumeUrlOf(context));
	address.pathname = `${address.pathname.replace(/\/+$/, '')}/${RESUME_PATH}`;
	return address.href;
}
