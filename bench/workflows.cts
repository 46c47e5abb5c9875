import type { IDataObject } from 'n8n-workflow';

import type { WorkflowFile } from '../sandbox/engine/index.cjs';
import { photoOf } from '../sandbox/kling/connection.cjs';
import type { Sandbox, SandboxTask } from '../sandbox/kling/server.cjs';
import { CLIP, inARow, klingNode, nodeOf } from '../test/support/workflows.cjs';

const items = nodeOf('Items', 'n8n-nodes-base.manualTrigger');

/** What a bench creates many of. */
export interface Product {
	/** One of them. */
	name: 'video' | 'voice';
	/** Parameters of a node that makes one of an item's `name`. */
	parameters: IDataObject;
	/** That name, as the sandbox or the node has it. */
	nameOf: (made: Pick<SandboxTask, 'body'>) => unknown;
}

export const VOICES: Product = {
	name: 'voice',
	parameters: { voiceName: '={{ $json.name }}', voiceUrl: CLIP },
	nameOf: ({ body }) => body.voice_name,
};

export const VIDEOS: Product = {
	name: 'video',
	parameters: {
		resource: 'video',
		operation: 'imageToVideo',
		imageUrl: '={{ $json.photo }}',
		prompt: '={{ $json.name }}',
	},
	nameOf: ({ body }) => body.prompt,
};

/** So many items, each with a name and a picture, which the node opens. */
export const itemsFor = (sandbox: Pick<Sandbox, 'origin'>, count: number) =>
	Array.from({ length: count }, (_, index) => ({
		name: `Item ${String(index)}`,
		photo: photoOf(sandbox),
	}));

/** Items → Kling: a create, with an error output; "Items" is pinned with names. */
export function createWorkflow(
	options: { waitFor: string; maxConcurrency: number },
	product: Product = VOICES,
): WorkflowFile {
	const { waitFor, maxConcurrency } = options;
	const parameters = { ...product.parameters, waitFor, options: { maxConcurrency } };
	return inARow('Bench', [items, klingNode(parameters, { onError: 'continueErrorOutput' })]);
}

/** The same for the file in the field "data" of the item. */
export const uploadWorkflow = (): WorkflowFile =>
	inARow('Bench', [
		items,
		klingNode({ voiceName: 'Narrator', voiceSource: 'binary', waitFor: 'none' }),
	]);

/** Lip-sync on the file in the field "data", up to its create. */
export const lipSyncWorkflow = (audioUrl: string): WorkflowFile =>
	inARow('Bench', [
		items,
		klingNode({
			resource: 'video',
			operation: 'lipSync',
			videoSource: 'binary',
			audioSource: 'url',
			audioUrl,
			waitFor: 'none',
		}),
	]);

/** A video that comes as a file when the pause for it ends. */
export const downloadWorkflow = (): WorkflowFile =>
	inARow('Bench', [items, klingNode({ ...VIDEOS.parameters, waitFor: 'callback' })]);
