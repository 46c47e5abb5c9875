import type { ICredentialDataDecryptedObject, IDataObject, INode } from 'n8n-workflow';

import type { WorkflowFile } from '../sandbox/engine/index.cjs';
import type { Sandbox } from '../sandbox/kling/server.cjs';

export const credentialsFor = (sandbox: Sandbox): ICredentialDataDecryptedObject => ({
	provider: 'custom',
	baseUrl: sandbox.baseUrl,
	authentication: 'apiKey',
	apiKey: 'sandbox-key',
});

/** Items → Kling: Create Custom Voice, with an error output; "Items" is pinned with names. */
export function createWorkflow(options: { waitFor: string; maxConcurrency: number }): WorkflowFile {
	return workflowWith(
		{
			voiceName: '={{ $json.name }}',
			// The sandbox of a bench takes every address unseen.
			voiceUrl: 'http://127.0.0.1:9/clip.mp3',
			waitFor: options.waitFor,
			options: { maxConcurrency: options.maxConcurrency },
		},
		{ onError: 'continueErrorOutput' },
	);
}

/** The same for the file in the field "data" of the item. */
export function fileWorkflow(): WorkflowFile {
	return workflowWith({ voiceName: 'Narrator', voiceSource: 'binary', waitFor: 'none' }, {});
}

function workflowWith(parameters: IDataObject, settings: Partial<INode>): WorkflowFile {
	const node = { typeVersion: 1, position: [0, 0] as [number, number] };
	return {
		name: 'Bench',
		nodes: [
			{ ...node, id: '1', name: 'Items', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
			{
				...node,
				id: '2',
				name: 'Kling',
				type: 'n8n-nodes-kling-voice.kling',
				parameters: parameters as INode['parameters'],
				credentials: { klingApi: { id: '1', name: 'Kling API' } },
				...settings,
			},
		],
		connections: { Items: { main: [[{ node: 'Kling', type: 'main', index: 0 }]] } },
	};
}
