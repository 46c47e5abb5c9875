import type { Resource } from '../resource';
import * as avatar from './avatar';
import * as get from './get';
import * as getAll from './getAll';
import * as imageToVideo from './imageToVideo';
import * as lipSync from './lipSync';
import * as textToVideo from './textToVideo';

export const video: Resource = {
	name: 'Video',
	value: 'video',
	default: imageToVideo.option.value,
	operations: [avatar, get, getAll, imageToVideo, lipSync, textToVideo],
};
