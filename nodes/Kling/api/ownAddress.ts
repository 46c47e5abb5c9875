import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { resumeUrlOf } from './run';

const TIMEOUT_MS = 10_000;

/**
 * Whether an address is a webhook of this n8n: n8n serves them beside its resume addresses.
 * @param address anything that a user has entered
 */
export function isOwnWebhook(context: IExecuteFunctions, address: unknown): address is string {
	if (typeof address !== 'string' || !URL.canParse(address)) return false;
	const resume = resumeUrlOf(context);
	if (!URL.canParse(resume)) return false;
	const [own, given] = [new URL(resume), new URL(address)];
	const [, folder = '/', waiting = ''] =
		/^(.*\/)([^/]+)\/[^/]+$/.exec(own.pathname.replace(/\/+$/, '')) ?? [];
	return (
		given.origin === own.origin &&
		given.pathname.startsWith(folder) &&
		!given.pathname.startsWith(`${folder}${waiting}/`)
	);
}

/**
 * Calls an address of this n8n from outside.
 * @returns whether it was taken: not refused, and not out of reach
 */
export async function callOwn(
	context: IExecuteFunctions,
	url: string,
	body: IDataObject,
): Promise<boolean> {
	try {
		await context.helpers.httpRequest({
			method: 'POST',
			url,
			body,
			json: true,
			timeout: TIMEOUT_MS,
		});
		return true;
	} catch {
		// A proxy may keep n8n from its own public address; nothing is lost by that.
		return false;
	}
}
