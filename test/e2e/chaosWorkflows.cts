import { randomUUID } from 'node:crypto';
import axios from 'axios';
import type { Ready } from '../../sandbox/n8n/ready.cjs';
import { until } from './chaosView.cjs';

/** A node as n8n's editor saves it. */
export interface Step {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: object;
}

function step(name: string, type: string, typeVersion: number, parameters: object, more = {}): Step {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters, ...more };
}

/** Starts an execution for each call, and answers at once. */
export const called = (path: string): Step =>
	step(
		'Webhook',
		'n8n-nodes-base.webhook',
		2.1,
		{ httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
		{ webhookId: path },
	);

/** One item for each name in the body of the call. */
export const oneItemEach = (): Step =>
	step('Split Out', 'n8n-nodes-base.splitOut', 1, {
		fieldToSplitOut: 'body.names',
		options: { destinationFieldName: 'name' },
	});

const credentials = (id: string) => ({ credentials: { klingApi: { id, name: 'Kling' } } });

/** @param more settings of the node, such as `onError` and `retryOnFail` */
export const kling = (credentialId: string, parameters: object, more = {}, name = 'Kling'): Step =>
	step(name, 'n8n-nodes-kling-voice.kling', 1, parameters, {
		...credentials(credentialId),
		...more,
	});

/** @param path its calls arrive at `webhook/<path>/webhook` */
export const klingTrigger = (credentialId: string, path: string, parameters: object): Step =>
	step('Kling Trigger', 'n8n-nodes-kling-voice.klingTrigger', 1, parameters, {
		...credentials(credentialId),
		webhookId: path,
	});

/** Posts each item to an address. */
export const handedOn = (address: string, body = '$json'): Step =>
	step('Hand On', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: address,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ JSON.stringify(${body}) }}`,
		options: {},
	});

/** n8n's own node with this package's credential, as the README shows it. */
export const httpRequest = (credentialId: string, url: string): Step =>
	step(
		'HTTP Request',
		'n8n-nodes-base.httpRequest',
		4.2,
		{ url, authentication: 'predefinedCredentialType', nodeCredentialType: 'klingApi', options: {} },
		credentials(credentialId),
	);

/** Imports a workflow whose steps follow one another, and activates it. Resolves with its id. */
export async function activated({ rest }: Ready, name: string, ...nodes: Step[]): Promise<string> {
	const next = nodes.slice(1).map(({ name: node }) => [{ node, type: 'main', index: 0 }]);
	const connections = Object.fromEntries(
		next.map((targets, index) => [nodes[index]?.name, { main: [targets] }]),
	);
	const { id } = await rest.importWorkflow({ name, nodes, connections, settings: {} });
	await rest.activate(id);
	return id;
}

/** Posts to a webhook of the instance; n8n opens the path of a workflow a moment after it was activated. */
export async function call(address: string, path: string, body: unknown): Promise<number> {
	return await until(`${path} is open`, 20_000, async () => {
		const { status } = await axios.post(`${address}/webhook/${path}`, body, {
			validateStatus: () => true,
		});
		return status === 404 ? undefined : status;
	});
}
