import type { IDataObject, INode } from 'n8n-workflow';

import type { WorkflowFile } from '../../sandbox/engine/index.cjs';

const NODE_TYPES = {
	http: ['n8n-nodes-base.httpRequest', 4.5],
	if: ['n8n-nodes-base.if', 2.3],
	kling: ['n8n-nodes-kling-voice.kling', 1],
	noOp: ['n8n-nodes-base.noOp', 1],
	splitOut: ['n8n-nodes-base.splitOut', 1],
	wait: ['n8n-nodes-base.wait', 1.1],
	webhook: ['n8n-nodes-base.webhook', 2.1],
} as const;

function nodeOf(
	kind: keyof typeof NODE_TYPES,
	name: string,
	parameters: IDataObject,
	settings: Partial<INode> = {},
): INode {
	const [type, typeVersion] = NODE_TYPES[kind];
	return {
		id: name,
		name,
		type,
		typeVersion,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
		...settings,
	};
}

/** Where the items come in: the body of the call is `{ names: [...] }`, one item for each name. */
export const start = (path: string): INode[] => [
	nodeOf(
		'webhook',
		'Webhook',
		{ httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
		{ webhookId: path },
	),
	nodeOf('splitOut', 'Names', {
		fieldToSplitOut: 'body.names',
		options: { destinationFieldName: 'name' },
	}),
];

/** What arrives here counts as done. */
export const done = (): INode => nodeOf('noOp', 'Done', {});

export const tellRecorder = (address: string, taskId: string): INode =>
	nodeOf('http', 'Done', { url: `=${address}/next?task={{ ${taskId} }}`, options: {} });

// The sandbox of a bench takes every address unseen.
const CLIP = 'http://127.0.0.1:9/clip.mp3';

export const kling = (
	waitFor: string,
	options: IDataObject = {},
	settings: Partial<INode> = GO_ON,
): INode =>
	nodeOf(
		'kling',
		'Create',
		{ voiceName: '={{ $json.name }}', voiceSource: 'url', voiceUrl: CLIP, waitFor, options },
		{ credentials: { klingApi: { id: null, name: 'Kling API' } }, ...settings },
	);

/** A failed item leaves through the error output and the others go on. */
const GO_ON: Partial<INode> = { onError: 'continueErrorOutput' };

const http = (name: string, parameters: IDataObject, settings: Partial<INode>): INode =>
	nodeOf(
		'http',
		name,
		{
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			options: {},
			...parameters,
		},
		{ credentials: { httpHeaderAuth: { id: null, name: 'Kling key' } }, ...settings },
	);

/** The create as Kling's page shows it. */
export const httpCreate = (
	baseUrl: string,
	options: IDataObject = {},
	settings: Partial<INode> = GO_ON,
): INode =>
	http(
		'Create',
		{
			method: 'POST',
			url: `${baseUrl}/v1/general/custom-voices`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: `={{ { voice_name: $json.name, voice_url: "${CLIP}" } }}`,
			options,
		},
		settings,
	);

export const httpGet = (baseUrl: string): INode =>
	http('Get', { url: `=${baseUrl}/v1/general/custom-voices/{{ $json.data.task_id }}` }, GO_ON);

export const wait = (seconds: number): INode =>
	nodeOf('wait', 'Wait', { amount: seconds, unit: 'seconds' }, { webhookId: 'wait' });

export const ifFinished = (): INode =>
	nodeOf('if', 'Finished', {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 3 },
			conditions: [
				{
					id: 'finished',
					leftValue: '={{ $json.data.task_status }}',
					rightValue: 'succeed',
					operator: { type: 'string', operation: 'equals' },
				},
			],
			combinator: 'and',
		},
		options: {},
	});

/** @param lines `[from, to]` or `[from, to, output]`, by the names of nodes */
export function workflow(
	name: string,
	nodes: INode[],
	lines: [from: string, to: string, output?: number][],
): WorkflowFile {
	const connections: WorkflowFile['connections'] = {};
	for (const [from, to, output = 0] of lines) {
		const main = (connections[from]?.main ?? []).map((targets) => targets ?? []);
		while (main.length <= output) main.push([]);
		main[output]?.push({ node: to, type: 'main', index: 0 });
		connections[from] = { main };
	}
	return { name, nodes, connections, settings: { executionOrder: 'v1' } };
}
