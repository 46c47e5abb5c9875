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
