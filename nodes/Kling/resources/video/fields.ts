import type { INodeProperties } from 'n8n-workflow';

import { createOptions, waitFor } from '../../operation/createFields';
import { optionsField, output } from '../../operation/fields';
import type { CreatedKind } from '../../tasks/kinds';

export const downloadVideo: INodeProperties = {
	displayName: 'Download Video',
	name: 'downloadVideo',
	type: 'boolean',
	default: true,
	description:
		'Whether to download the finished video as a file of the item. Kling deletes videos after 30 days.',
};

export const outputPropertyName: INodeProperties = {
	displayName: 'Put Video in Field',
	name: 'outputPropertyName',
	type: 'string',
	default: 'data',
	placeholder: 'e.g. data',
	hint: 'The name of the output binary field to put the video in',
	displayOptions: { show: { '/downloadVideo': [true] } },
};

/**
 * The panel of an operation that makes a video.
 * @param own what it has beside that, from top to bottom
 * @param ownOptions the same in its options, in any order
 */
export function videoFields(
	kind: CreatedKind,
	own: INodeProperties[],
	ownOptions: INodeProperties[] = [],
): INodeProperties[] {
	const shared = Object.values(createOptions('video', kind));
	const options = [...shared, outputPropertyName, ...ownOptions];
	options.sort((one, other) => one.displayName.localeCompare(other.displayName, 'en'));
	return [
		...own,
		...waitFor('video', 'two to five minutes'),
		{ ...downloadVideo, displayOptions: { hide: { waitFor: ['none'] } } },
		...output,
		optionsField(...options),
	];
}
