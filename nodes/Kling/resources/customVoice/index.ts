import type { Resource } from '../resource';
import * as create from './create';
import * as remove from './delete';
import * as get from './get';
import * as getAll from './getAll';

export const customVoice: Resource = {
	name: 'Custom Voice',
	value: 'customVoice',
	default: create.option.value,
	operations: [create, remove, get, getAll],
};
