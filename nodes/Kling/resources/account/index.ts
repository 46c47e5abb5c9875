import type { Resource } from '../resource';
import * as get from './get';

export const account: Resource = {
	name: 'Account',
	value: 'account',
	default: get.option.value,
	operations: [get],
};
