import type { Resource } from '../resource';
import * as get from './get';
import * as getAll from './getAll';
import * as imageToVideo from './imageToVideo';

export const video: Resource = {
	name: 'Video',
	value: 'video',
	default: imageToVideo.option.value,
	operations: [get, getAll, imageToVideo],
};
