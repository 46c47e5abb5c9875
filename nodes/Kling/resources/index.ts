import type { INodeProperties } from 'n8n-workflow';

import * as customVoice from './customVoice';
import type { Operation } from './items';
import * as presetVoice from './presetVoice';

/** Every operation of the node, by resource and name. */
export const operations: Record<string, Record<string, Operation>> = {
	customVoice: customVoice.operations,
	presetVoice: presetVoice.operations,
};

export const descriptions: INodeProperties[] = [
	...customVoice.description,
	...presetVoice.description,
];
