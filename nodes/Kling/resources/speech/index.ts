import type { Resource } from '../resource';
import * as create from './create';

export const speech: Resource = {
	name: 'Speech',
	value: 'speech',
	default: create.option.value,
	operations: [create],
};
