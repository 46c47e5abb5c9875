import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { ok, type Reply } from '../../api/reply';
import { nameWithEnding } from '../../media/fileName';
import type { FileInput } from '../../operation/givenFiles';
import { locatorValue, parameter, type Item } from '../../operation/item';
import { readId } from '../../operation/read';
import { klingVideoField } from './klingVideo';

/** Kling's page on face recognition. */
const MOST_BYTES = 100 * 1024 * 1024;

/** The ID of a video of Kling, where that is the source. */
export function readSourceVideo(item: Item): Reply<IDataObject> {
	if (parameter(item, 'videoSource', 'kling') !== 'kling') return ok({});
	const id = readId(locatorValue(parameter(item, 'videoId', '')), 'Video ID');
	return id.ok ? ok({ video_id: id.value }) : id;
}

/** @param onLength told the length of a video in seconds, once it was read; 0 if it does not say */
export const videoInput = (onLength: (seconds: number) => void): FileInput => ({
	name: 'video',
	label: 'Video Field',
	key: 'video_url',
	mostBytes: MOST_BYTES,
	takesBase64: false,
	looksAtUrls: () => true,
	read: (item) => {
		const source = parameter(item, 'videoSource', 'kling');
		if (source === 'url') return { url: parameter(item, 'videoUrl', '') };
		return source === 'binary' ? { file: parameter(item, 'videoPropertyName', 'data') } : undefined;
	},
	look: async (file) => {
		const { checkVideo } = await import('../../media/clip/clipTools');
		const video = await checkVideo(file);
		if (!video.ok) return video;
		const { format, mimeType, seconds } = video.value;
		onLength(seconds);
		return ok({ fileName: nameWithEnding(file.name, format, 'video'), mimeType });
	},
});

const LIMITS = 'of 2 to 60 seconds and up to 100 MB, 512 to 2160 pixels on each side';

export const sourceVideoFields: INodeProperties[] = [
	{
		displayName: 'Video Source',
		name: 'videoSource',
		type: 'options',
		default: 'kling',
		description: 'Where the video comes from',
		options: [
			{
				name: 'File',
				value: 'binary',
				description:
					'A file of the item. Kling fetches it from your n8n, which needs a public address (WEBHOOK_URL).',
			},
			{ name: 'Kling Video', value: 'kling', description: 'A video that Kling has made' },
			{ name: 'URL', value: 'url', description: 'The public address of a video' },
		],
	},
	{ ...klingVideoField('videoId'), displayOptions: { show: { videoSource: ['kling'] } } },
	{
		displayName: 'Video URL',
		name: 'videoUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://files.example.com/host.mp4',
		description: `Public address of an .mp4 or .mov ${LIMITS}`,
		displayOptions: { show: { videoSource: ['url'] } },
	},
	{
		displayName: 'Video Field',
		name: 'videoPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		hint: 'The name of the input binary field containing the video',
		description: `An .mp4 or .mov ${LIMITS}`,
		displayOptions: { show: { videoSource: ['binary'] } },
	},
];
