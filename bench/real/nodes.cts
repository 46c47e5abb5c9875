import type { IDataObject, INode } from 'n8n-workflow';

<<<<<<< HEAD
/** A workflow as n8n's editor saves it. */
export interface WorkflowJson {
	name: string;
	nodes: INode[];
	connections: Record<string, { main: { node: string; type: 'main'; index: number }[][] }>;
	settings: IDataObject;
}

/** The credentials that the nodes name. */
export interface Keys {
	/** Id of the `klingApi` credential. */
	kling: string;
	/** Id of the `httpHeaderAuth` credential with the same key, as somebody without the package has it. */
	header: string;
}
=======
import type { WorkflowFile } from '../../sandbox/engine.cjs';
>>>>>>> a6f08a81c7d48902eef8cf52c38fa4fdbdd3047a

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
<<<<<<< HEAD
	{ kling: id }: Keys,
=======
>>>>>>> a6f08a81c7d48902eef8cf52c38fa4fdbdd3047a
	waitFor: string,
	options: IDataObject = {},
	settings: Partial<INode> = GO_ON,
): INode =>
	nodeOf(
		'kling',
		'Create',
		{ voiceName: '={{ $json.name }}', voiceSource: 'url', voiceUrl: CLIP, waitFor, options },
<<<<<<< HEAD
		{ credentials: { klingApi: { id, name: 'Kling API' } }, ...settings },
=======
		{ credentials: { klingApi: { id: null, name: 'Kling API' } }, ...settings },
>>>>>>> a6f08a81c7d48902eef8cf52c38fa4fdbdd3047a
	);

/** A failed item leaves through the error output and the others go on. */
const GO_ON: Partial<INode> = { onError: 'continueErrorOutput' };

<<<<<<< HEAD
const http = (
	name: string,
	{ header: id }: Keys,
	parameters: IDataObject,
	settings: Partial<INode>,
): INode =>
=======
const http = (name: string, parameters: IDataObject, settings: Partial<INode>): INode =>
>>>>>>> a6f08a81c7d48902eef8cf52c38fa4fdbdd3047a
	nodeOf(
		'http',
		name,
		{
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			options: {},
			...parameters,
		},
<<<<<<< HEAD
		{ credentials: { httpHeaderAuth: { id, name: 'Kling key' } }, ...settings },
=======
		{ credentials: { httpHeaderAuth: { id: null, name: 'Kling key' } }, ...settings },
>>>>>>> a6f08a81c7d48902eef8cf52c38fa4fdbdd3047a
	);

/** The create as Kling's page shows it. */
export const httpCreate = (
<<<<<<< HEAD
	keys: Keys,
=======
>>>>>>> a6f08a81c7d48902eef8cf52c38fa4fdbdd3047a
	baseUrl: string,
	options: IDataObject = {},
	settings: Partial<INode> = GO_ON,
): INode =>
	http(
		'Create',
<<<<<<< HEAD
		keys,
=======
>>>>>>> a6f08a81c7d48902eef8cf52c38fa4fdbdd3047a
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

<<<<<<< HEAD
export const httpGet = (keys: Keys, baseUrl: string): INode =>
	http(
		'Get',
		keys,
		{ url: `=${baseUrl}/v1/general/custom-voices/{{ $json.data.task_id }}` },
		GO_ON,
	);
=======
export const httpGet = (baseUrl: string): INode =>
	http('Get', { url: `=${baseUrl}/v1/general/custom-voices/{{ $json.data.task_id }}` }, GO_ON);
>>>>>>> a6f08a81c7d48902eef8cf52c38fa4fdbdd3047a

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
<<<<<<< HEAD
): WorkflowJson {
	const connections: WorkflowJson['connections'] = {};
	for (const [from, to, output = 0] of lines) {
		const { main } = (connections[from] ??= { main: [] });
		while (main.length <= output) main.push([]);
		main[output]?.push({ node: to, type: 'main', index: 0 });
=======
): WorkflowFile {
	const connections: WorkflowFile['connections'] = {};
	for (const [from, to, output = 0] of lines) {
		const main = (connections[from]?.main ?? []).map((targets) => targets ?? []);
		while (main.length <= output) main.push([]);
		main[output]?.push({ node: to, type: 'main', index: 0 });
		connections[from] = { main };
>>>>>>> a6f08a81c7d48902eef8cf52c38fa4fdbdd3047a
	}
	return { name, nodes, connections, settings: { executionOrder: 'v1' } };
}
