import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

const TIMEOUT_MS = 10_000;

/**
 * Calls an address of this very n8n, as somebody from outside would.
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
		// A proxy may keep n8n from its own public address; nobody is worse off than before.
		return false;
	}
}
