import { randomUUID } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';

const KLING = 'n8n-nodes-kling-voice';
const credentials = { klingApi: { id: null, name: 'Kling API' } };

function nodeOf(name: string, type: string, typeVersion: number, parameters: IDataObject): INode {
	return {
		id: randomUUID(),
		name,
		type,
		typeVersion,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
		...(type.startsWith(KLING) ? { credentials } : {}),
	};
}

/** Each node hands its items to the next. */
function chain(name: string, nodes: INode[], settings?: IDataObject): WorkflowFile {
	const pairs = nodes.slice(1).map((node, index) => [nodes[index]?.name ?? '', node.name] as const);
	const connections = Object.fromEntries(
		pairs.map(([from, to]) => [from, { main: [[{ node: to, type: 'main' as const, index: 0 }]] }]),
	);
	return { name, nodes, connections, ...(settings ? { settings } : {}) };
}

const webhook = (path: string, responseMode: string): INode => ({
	...nodeOf('Webhook', 'n8n-nodes-base.webhook', 2, { httpMethod: 'POST', path, responseMode }),
	webhookId: randomUUID(),
});

/**
 * Takes `{ voices: [{ voice_name, voice_url, … }] }` at `/webhook/<path>`, makes a voice of each in one execution, and
 * hands them to the node `Done`.
 * @param parameters of the Kling node
 */
export function voicesWorkflow(path: string, parameters: IDataObject = {}): WorkflowFile {
	return chain(path, [
		webhook(path, 'onReceived'),
		nodeOf('Voices', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.voices' }),
		nodeOf('Kling', `${KLING}.kling`, 1, {
			voiceName: '={{ $json.voice_name }}',
			voiceUrl: '={{ $json.voice_url }}',
			...parameters,
		}),
		nodeOf('Done', 'n8n-nodes-base.noOp', 1, {}),
	]);
}

/** Takes a file in the multipart field `clip` at `/webhook/<path>` and makes a voice of it, with its sample. */
export function fileWorkflow(path: string, parameters: IDataObject = {}): WorkflowFile {
	return chain(path, [
		webhook(path, 'lastNode'),
		nodeOf('Kling', `${KLING}.kling`, 1, {
			voiceName: 'From a file',
			voiceSource: 'binary',
			binaryPropertyName: 'clip',
			options: { downloadSample: true },
			...parameters,
		}),
	]);
}

/** The node `Event` gets what the Kling Trigger lets through. */
export function eventsWorkflow(name: string, parameters: IDataObject = {}): WorkflowFile {
	return chain(name, [
		{
			...nodeOf('Kling Trigger', `${KLING}.klingTrigger`, 1.1, parameters),
			webhookId: randomUUID(),
		},
		nodeOf('Event', 'n8n-nodes-base.noOp', 1, {}),
	]);
}
