import type { IDataObject, INode } from 'n8n-workflow';

import type { WorkflowFile } from '../../sandbox/engine/index.cjs';

/** Nodes and workflows as a canvas makes them: for the engine harness, a real n8n and the bench. */

export const KLING = 'n8n-nodes-kling-voice.kling';
export const KLING_TOOL = 'n8n-nodes-kling-voice.klingTool';
export const KLING_TRIGGER = 'n8n-nodes-kling-voice.klingTrigger';

/** An address that a sandbox with `fetchClips: false` accepts unseen. */
export const CLIP = 'http://127.0.0.1:9/narrator.mp3';

/** The credential of a node; an import into n8n replaces the id. */
export const klingCredential = (id = '1') => ({ klingApi: { id, name: 'Kling API' } });

export const nodeOf = (
	name: string,
	type: string,
	parameters: IDataObject = {},
	settings: Partial<INode> = {},
): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: parameters as INode['parameters'],
	...settings,
});

/** @param settings of the node, such as `onError`, `retryOnFail` and `credentials` */
export const klingNode = (parameters: IDataObject, settings: Partial<INode> = {}): INode =>
	nodeOf('Kling', KLING, parameters, {
		typeVersion: 1.1,
		credentials: klingCredential(),
		...settings,
	});

/** @param path its calls arrive at `webhook/<path>/webhook` */
export const klingTrigger = (
	path: string,
	parameters: IDataObject = {},
	settings: Partial<INode> = {},
): INode =>
	nodeOf('Kling Trigger', KLING_TRIGGER, parameters, {
		typeVersion: 1.1,
		webhookId: path,
		credentials: klingCredential(),
		...settings,
	});

/** Starts an execution for each call on `webhook/<path>`; with `onReceived` it answers at once. */
export const webhookNode = (path: string, responseMode = 'onReceived'): INode =>
	nodeOf(
		'Webhook',
		'n8n-nodes-base.webhook',
		{ httpMethod: 'POST', path, responseMode, options: {} },
		{ typeVersion: 2.1, webhookId: path },
	);

/** One item for each entry of a list. @param as the field of a new item that holds the entry, if it is no object */
export const splitOut = (name: string, field: string, as?: string): INode =>
	nodeOf(name, 'n8n-nodes-base.splitOut', {
		fieldToSplitOut: field,
		options: as === undefined ? {} : { destinationFieldName: as },
	});

export const noOp = (name: string): INode => nodeOf(name, 'n8n-nodes-base.noOp');

export const httpRequest = (
	name: string,
	parameters: IDataObject,
	settings: Partial<INode> = {},
): INode =>
	nodeOf(
		name,
		'n8n-nodes-base.httpRequest',
		{ options: {}, ...parameters },
		{ typeVersion: 4.5, ...settings },
	);

/** Posts each item to an address. @param body an expression */
export const postEach = (url: string, body = '$json'): INode =>
	httpRequest('Post', {
		method: 'POST',
		url,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ JSON.stringify(${body}) }}`,
	});

/** `[from, to]` or `[from, to, output]`, by the names of nodes. */
export type Line = [from: string, to: string, output?: number];

export function connected(lines: Line[]): WorkflowFile['connections'] {
	const connections: WorkflowFile['connections'] = {};
	for (const [from, to, output = 0] of lines) {
		const main = (connections[from]?.main ?? []).map((targets) => targets ?? []);
		while (main.length <= output) main.push([]);
		main[output]?.push({ node: to, type: 'main', index: 0 });
		connections[from] = { main };
	}
	return connections;
}

/** Each node gives its items to the next. */
export function inARow(name: string, nodes: INode[]): WorkflowFile {
	const names = nodes.map((node) => node.name);
	const lines = names.slice(1).map((to, index): Line => [names[index] ?? '', to]);
	return { name, nodes, connections: connected(lines) };
}

let triggers = 0;

/** A Kling Trigger alone on the canvas, in a workflow of its own. */
export function triggerWorkflow(parameters: IDataObject): WorkflowFile & { id: string } {
	const id = `trigger-${(triggers += 1)}`;
	return { ...inARow('Events', [klingTrigger(id, parameters)]), id };
}
