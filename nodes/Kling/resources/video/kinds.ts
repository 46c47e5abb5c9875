import type { INodeProperties } from 'n8n-workflow';

import { failed, ok, refused, type Reply } from '../../api/reply';
import { parameter, type Item } from '../../operation/item';
import {
	AVATAR,
	IMAGE_TO_VIDEO,
	LIP_SYNC,
	TEXT_TO_VIDEO,
	type CreatedKind,
} from '../../tasks/kinds';

/** Kinds of videos by the name that workflows store, and as the panel calls them. */
export const VIDEO_TYPES: readonly { value: string; name: string; kind: CreatedKind }[] = [
	{ value: 'avatar', name: 'Avatar', kind: AVATAR },
	{ value: 'imageToVideo', name: 'Image to Video', kind: IMAGE_TO_VIDEO },
	{ value: 'lipSync', name: 'Lip Sync', kind: LIP_SYNC },
	{ value: 'textToVideo', name: 'Text to Video', kind: TEXT_TO_VIDEO },
];

export const DEFAULT_TYPE = 'imageToVideo';

export const videoTypeField: INodeProperties = {
	displayName: 'Video Type',
	name: 'videoType',
	type: 'options',
	default: DEFAULT_TYPE,
	description: 'How the video was made. Kling keeps a separate list for each type.',
	options: VIDEO_TYPES.map(({ name, value }) => ({ name, value })),
};

export function readVideoKind(item: Item): Reply<CreatedKind> {
	const given = parameter(item, 'videoType', DEFAULT_TYPE);
	const type = VIDEO_TYPES.find(({ value }) => value === given);
	const known = VIDEO_TYPES.map(({ name, value }) => `${name} (${value})`).join(', ');
	return type
		? ok(type.kind)
		: failed(
				refused(
					'This Video Type does not exist',
					`Choose one of these, or give its value in brackets: ${known}.`,
				),
			);
}
