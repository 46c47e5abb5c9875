import type { Resource } from '../resource';
import * as getAll from './getAll';

export const presetVoice: Resource = {
	name: 'Preset Voice',
	value: 'presetVoice',
	default: getAll.option.value,
	operations: [getAll],
};
