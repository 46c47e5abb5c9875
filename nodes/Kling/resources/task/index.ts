import type { Resource } from '../resource';
import * as create from './create';
import * as get from './get';

export const task: Resource = {
	name: 'Other Task',
	value: 'task',
	default: create.option.value,
	operations: [create, get],
};
