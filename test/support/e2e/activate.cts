import axios from 'axios';
import type { INode } from 'n8n-workflow';
import type { Ready } from '../../../sandbox/n8n/process/ready.cjs';
import { until } from '../../../sandbox/n8n/client/rest.cjs';
import { inARow } from '../workflows.cjs';

/**
 * Imports a workflow of nodes in a row, and activates it.
 * @param credentialId of all its nodes that want one of Kling
 * @returns its id
 */
export async function activate(
	{ rest, credentialId: own }: Pick<Ready, 'rest' | 'credentialId'>,
	name: string,
	nodes: INode[],
	credentialId = own,
): Promise<string> {
	const file = inARow(name, nodes);
	const { id } = await rest.importWorkflow(file, { credentials: { klingApi: credentialId } });
	await rest.activate(id);
	return id;
}

/**
 * Posts to a webhook of the instance; n8n opens the path of a workflow a moment after it was activated.
 * @returns the status of the answer
 */
export async function callWebhook(
	address: string,
	path: string,
	body: unknown,
	headers: Record<string, string> = {},
): Promise<number> {
	return await until(`the webhook ${path}`, async () => {
		const { status } = await axios.post(`${address}/webhook/${path}`, body, {
			headers,
			validateStatus: () => true,
		});
		return status !== 404 && status;
	});
}
