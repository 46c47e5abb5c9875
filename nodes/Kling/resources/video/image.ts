import type { INodeProperties } from 'n8n-workflow';

import { ok } from '../../api/reply';
import { checkImage, MOST_IMAGE_BYTES } from '../../media/checkImage';
import { nameWithEnding } from '../../media/fileName';
import type { FileInput } from '../../operation/givenFiles';
import { optionsOf, parameter, type Item } from '../../operation/item';

const TYPES = { jpg: 'image/jpeg', png: 'image/png' };

const common: Pick<FileInput, 'mostBytes' | 'takesBase64' | 'looksAtUrls' | 'look'> = {
	mostBytes: MOST_IMAGE_BYTES,
	takesBase64: true,
	looksAtUrls: isChecked,
	look: async (file, what, item) => {
		if (!isChecked(item)) return ok({});
		const head = await checkImage(file, what);
		if (!head.ok) return head;
		const { format } = head.value;
		return ok({
			fileName: nameWithEnding(file.name, format, 'image'),
			mimeType: TYPES[format],
		});
	},
};

function isChecked(item: Item): boolean {
	return String(optionsOf(item).checkImage ?? true) !== 'false';
}

export const IMAGE: FileInput = {
	...common,
	name: 'image',
	label: 'Image Field',
	key: 'image',
	read: (item) =>
		parameter(item, 'imageSource', 'url') === 'binary'
			? { file: parameter(item, 'imagePropertyName', 'data') }
			: { url: parameter(item, 'imageUrl', '') },
};

export const END_IMAGE: FileInput = {
	...common,
	name: 'end image',
	label: 'End Image Field',
	key: 'image_tail',
	read: (item) => {
		const { endImageUrl = '', endImagePropertyName = '' } = optionsOf(item);
		if (endImageUrl !== '') return { url: endImageUrl };
		return endImagePropertyName === '' ? undefined : { file: endImagePropertyName };
	},
};

export const imageFields: INodeProperties[] = [
	{
		displayName: 'Image Source',
		name: 'imageSource',
		type: 'options',
		default: 'url',
		description: 'Where the image comes from',
		options: [
			{
				name: 'File',
				value: 'binary',
				description:
					'A file of the item. If n8n has no public address, the file is sent in the request.',
			},
			{ name: 'URL', value: 'url', description: 'The public address of an image' },
		],
	},
	{
		displayName: 'Image URL',
		name: 'imageUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://files.example.com/host.png',
		description: 'Public address of a .jpg or .png of up to 10 MB, 300 pixels or more on each side',
		displayOptions: { show: { imageSource: ['url'] } },
	},
	{
		displayName: 'Image Field',
		name: 'imagePropertyName',
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		hint: 'The name of the input binary field containing the image',
		description: 'A .jpg or .png of up to 10 MB, 300 pixels or more on each side',
		displayOptions: { show: { imageSource: ['binary'] } },
	},
];

export const checkImageOption: INodeProperties = {
	displayName: 'Check Image',
	name: 'checkImage',
	type: 'boolean',
	default: true,
	description:
		'Whether to check the image first and refuse what Kling would refuse. Turn this off for a one-time link, or for an address that only Kling can open.',
};

export const endImageOptions: INodeProperties[] = [
	{
		displayName: 'End Image Field',
		name: 'endImagePropertyName',
		type: 'string',
		default: '',
		placeholder: 'e.g. end',
		hint: 'The name of the input binary field containing the image',
		description: 'The image that the video ends with, as a file of the item',
	},
	{
		displayName: 'End Image URL',
		name: 'endImageUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://files.example.com/end.png',
		description:
			'The public address of the image that the video ends with. With Kling 2.6, a video with an end image is silent.',
	},
];
