import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import type { Operation } from '../operation/items';
import { account } from './account';
import { customVoice } from './customVoice';
import { presetVoice } from './presetVoice';
import type { Resource } from './resource';
import { speech } from './speech';
import { task } from './task';
import { video } from './video';

/** All that the node does: the panel is made from it, and each run looks its operation up here. */
export const RESOURCES: Resource[] = [account, customVoice, task, presetVoice, speech, video];

/** @returns `undefined` for a name that this version does not know */
export function findOperation(resource: string, name: string): Operation | undefined {
	return RESOURCES.find(({ value }) => value === resource)?.operations.find(
		({ option }) => option.value === name,
	);
}

/** @throws NodeOperationError for one that this version does not have, or what the operation throws */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const resource = context.getNodeParameter('resource', 0);
	const name = context.getNodeParameter('operation', 0);
	const operation = findOperation(resource, name);
	if (operation) return await operation.execute(context);
	throw new NodeOperationError(
		context.getNode(),
		`This version has no operation "${name}" for "${resource}"`,
		{
			description:
				'The workflow was made with another version of n8n-nodes-kling-voice. Update the package.',
		},
	);
}
