import { createHash } from 'crypto';

import type { IExecuteFunctions, IWebhookDescription, IWebhookFunctions } from 'n8n-workflow';

import { resumeUrlOf, runIndexOf } from '../../api/run';

/** Behind the execution's own resume address. */
const RESUME_PATH = 'kling';
/** The query parameter that names the pause. */
const PAUSE = 'pause';

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
 * of a Wait node further on, which listens at the bare address. It also names the pause.
 */
export function resumeAddress(context: IExecuteFunctions): string {
	const address = new URL(resumeUrlOf(context));
	address.pathname = `${address.pathname.replace(/\/+$/, '')}/${RESUME_PATH}`;
	address.searchParams.set(PAUSE, pauseIdOf(context));
	return address.href;
}

/** Names the pause of this run of this node in its execution; known before the pause begins. */
export function pauseIdOf(context: IExecuteFunctions): string {
	const { id, name } = context.getNode();
	const origin = JSON.stringify([id, name, runIndexOf(context)]);
	return createHash('sha256').update(origin).digest('hex').slice(0, 12);
}

/** @returns the pause that a call names; none where an earlier version gave the address away */
export function pauseIn(context: IWebhookFunctions): string | undefined {
	const query: { [PAUSE]?: unknown } = context.getQueryData();
	const id = query[PAUSE];
	return typeof id === 'string' && /^[\da-f]{12}$/.test(id) ? id : undefined;
}
