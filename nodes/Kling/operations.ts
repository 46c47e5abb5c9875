import * as create from './resources/customVoice/create';
import * as remove from './resources/customVoice/delete';
import * as get from './resources/customVoice/get';
import * as getAll from './resources/customVoice/getAll';
import type { Operation } from './resources/items';
import * as getAllPresets from './resources/presetVoice/getAll';

export { searchVoices } from './search';

/**
 * What the node does, by resource and operation. Loaded when it is first used: at its start n8n reads the panel of
 * every node, and needs nothing else.
 */
const operations: Record<string, Record<string, Operation>> = {
	customVoice: { create, delete: remove, get, getAll },
	presetVoice: { getAll: getAllPresets },
};

/** @returns `undefined` for a name that this version does not know */
export function findOperation(resource: string, name: string): Operation | undefined {
	const ofResource = Object.hasOwn(operations, resource) ? operations[resource] : undefined;
	return ofResource && Object.hasOwn(ofResource, name) ? ofResource[name] : undefined;
}
