import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

const TIMEOUT_MS = 10_000;

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
