import type { WorkflowFile } from '../sandbox/engine/index.cjs';
import { CLIP, inARow, klingNode, nodeOf } from '../test/support/workflows.cjs';

const items = nodeOf('Items', 'n8n-nodes-base.manualTrigger');

/** Items → Kling: Create Custom Voice, with an error output; "Items" is pinned with names. */
export function createWorkflow(options: { waitFor: string; maxConcurrency: number }): WorkflowFile {
	const { waitFor, maxConcurrency } = options;
	const parameters = {
		voiceName: '={{ $json.name }}',
		voiceUrl: CLIP,
		waitFor,
		options: { maxConcurrency },
	};
	return inARow('Bench', [items, klingNode(parameters, { onError: 'continueErrorOutput' })]);
}

/** The same for the file in the field "data" of the item. */
export const uploadWorkflow = (): WorkflowFile =>
	inARow('Bench', [
		items,
		klingNode({ voiceName: 'Narrator', voiceSource: 'binary', waitFor: 'none' }),
	]);
