import { randomUUID } from 'node:crypto';
import axios from 'axios';
import type { IConnections, INode, INodeParameters } from 'n8n-workflow';
import type { Ready } from '../../../sandbox/n8n/process/ready.cjs';
import { until } from '../../../sandbox/n8n/client/rest.cjs';

function step(
	name: string,
	type: string,
	typeVersion: number,
	parameters: object,
	more: Partial<INode> = {},
): INode {
	return {
		id: randomUUID(),
		name,
		type,
		typeVersion,
		position: [0, 0],
		parameters: parameters as INodeParameters,
		...more,
	};
}

/** Starts an execution for each call, and answers at once. */
export const called = (path: string): INode =>
	step(
		'Webhook',
		'n8n-nodes-base.webhook',
		2.1,
		{ httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
		{ webhookId: path },
	);

/** One item for each name in the body of the call. */
export const oneItemEach = (): INode =>
	step('Split Out', 'n8n-nodes-base.splitOut', 1, {
		fieldToSplitOut: 'body.names',
		options: { destinationFieldName: 'name' },
	});

const credentials = (id: string) => ({ credentials: { klingApi: { id, name: 'Kling' } } });

/** @param more settings of the node, such as `onError` and `retryOnFail` */
export const kling = (
	credentialId: string,
	parameters: INodeParameters,
	more = {},
	name = 'Kling',
): INode =>
	step(name, 'n8n-nodes-kling-voice.kling', 1, parameters, {
		...credentials(credentialId),
		...more,
	});

/** @param path its calls arrive at `webhook/<path>/webhook` */
export const klingTrigger = (credentialId: string, path: string, parameters: object): INode =>
	step('Kling Trigger', 'n8n-nodes-kling-voice.klingTrigger', 1.1, parameters, {
		...credentials(credentialId),
		webhookId: path,
	});

/** Posts each item to an address. */
export const handedOn = (address: string, body = '$json'): INode =>
	step('Hand On', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: address,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ JSON.stringify(${body}) }}`,
		options: {},
	});

/** n8n's own node with this package's credential, as the README shows it. */
export const httpRequest = (credentialId: string, url: string): INode =>
	step(
		'HTTP Request',
		'n8n-nodes-base.httpRequest',
		4.2,
		{
			url,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'klingApi',
			options: {},
		},
		credentials(credentialId),
	);

/**
 * Imports a workflow whose steps follow one another, and activates it.
 * @param nodes all with the same credential, where they have one
 * @returns its id
 */
export async function activated({ rest }: Ready, name: string, ...nodes: INode[]): Promise<string> {
	const connections: IConnections = {};
	nodes.slice(1).forEach(({ name: node }, index) => {
		const [before] = nodes.slice(index);
		if (before) connections[before.name] = { main: [[{ node, type: 'main', index: 0 }]] };
	});
	const [klingApi = ''] = nodes.flatMap((node) => node.credentials?.klingApi?.id ?? []);
	const file = { name, nodes, connections, settings: {} };
	const { id } = await rest.importWorkflow(file, { credentials: { klingApi } });
	await rest.activate(id);
	return id;
}

/**
 * Posts to a webhook of the instance; n8n opens the path of a workflow a moment after it was activated.
 * @returns the status of the answer
 */
export async function call(
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
