import type { INodeProperties } from 'n8n-workflow';

import { failed, ok, refused, type Reply } from '../../api/reply';
import { parameter, type Item } from '../../operation/item';
import { titleOf } from '../../operation/fields';
import { isVideo, TASK_KINDS, type CreatedKind } from '../../tasks/kinds';

/** Kinds of videos by the name that workflows store, and as the panel calls them. */
export const VIDEO_TYPES: readonly { value: string; name: string; kind: CreatedKind }[] =
	Object.entries(TASK_KINDS)
		.filter(([, kind]) => isVideo(kind))
		.map(([value, kind]) => ({ value, name: titleOf(value), kind }));

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
