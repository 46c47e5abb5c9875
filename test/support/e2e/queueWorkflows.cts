import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';
import { inARow, klingNode, klingTrigger, noOp, splitOut, webhookNode } from '../workflows.cjs';

/**
 * Takes `{ voices: [{ voice_name, voice_url, … }] }` at `/webhook/<path>`, makes a voice of each in one execution, and
 * hands them to the node `Done`.
 * @param parameters of the Kling node
 */
export function voicesWorkflow(path: string, parameters: IDataObject = {}): WorkflowFile {
	return inARow(path, [
		webhookNode(path),
		splitOut('Voices', 'body.voices'),
		klingNode({
			voiceName: '={{ $json.voice_name }}',
			voiceUrl: '={{ $json.voice_url }}',
			...parameters,
		}),
		noOp('Done'),
	]);
}

/** Takes a file in the multipart field `clip` at `/webhook/<path>` and makes a voice of it, with its sample. */
export function fileWorkflow(path: string, parameters: IDataObject = {}): WorkflowFile {
	return inARow(path, [
		webhookNode(path, 'lastNode'),
		klingNode({
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
	return inARow(name, [klingTrigger(randomUUID(), parameters), noOp('Event')]);
}
