import * as create from './customVoice/create';
import * as remove from './customVoice/delete';
import * as get from './customVoice/get';
import * as getAll from './customVoice/getAll';
import type { Operation } from '../operation/items';
import * as getAllPresets from './presetVoice/getAll';

/** What the node does, by resource and operation. */
const operations: Record<string, Record<string, Operation>> = {
	customVoice: { create, delete: remove, get, getAll },
	presetVoice: { getAll: getAllPresets },
};

/** @returns `undefined` for a name that this version does not know */
export function findOperation(resource: string, name: string): Operation | undefined {
	const ofResource = Object.hasOwn(operations, resource) ? operations[resource] : undefined;
	return ofResource && Object.hasOwn(ofResource, name) ? ofResource[name] : undefined;
}
