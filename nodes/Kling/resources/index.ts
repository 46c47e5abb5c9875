import type { INodeProperties } from 'n8n-workflow';

import * as customVoice from './customVoice';
import type { Operation } from './items';
import * as presetVoice from './presetVoice';

const operations: Record<string, Record<string, Operation>> = {
	customVoice: customVoice.operations,
	presetVoice: presetVoice.operations,
};

export const descriptions: INodeProperties[] = [
	...customVoice.description,
	...presetVoice.description,
];

/** @returns `undefined` for a name that this version does not know */
export function findOperation(resource: string, name: string): Operation | undefined {
	const ofResource = Object.hasOwn(operations, resource) ? operations[resource] : undefined;
	return ofResource && Object.hasOwn(ofResource, name) ? ofResource[name] : undefined;
}
