import type { INodeProperties } from 'n8n-workflow';

import { createOptions, waitFor } from '../../operation/createFields';
import { optionsField, output } from '../../operation/fields';
import { CUSTOM_VOICE } from '../../tasks/kinds';
import { klingVideoField } from '../video/klingVideo';
import { sampleOptions } from './sampleOptions';

const create = createOptions('voice', CUSTOM_VOICE);

/** The panel of Create, from top to bottom. */
export const fields: INodeProperties[] = [
	{
		displayName: 'Voice Name',
		name: 'voiceName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Narrator A',
		description: 'Name of the new voice, 1 to 20 characters',
	},
	{
		displayName: 'Voice Source',
		name: 'voiceSource',
		type: 'options',
		default: 'url',
		description: 'Where the speech comes from',
		options: [
			{
				name: 'File',
				value: 'binary',
				description:
					'A file of the item. Kling fetches it from your n8n, which needs a public address (WEBHOOK_URL).',
			},
			{
				name: 'Kling Video',
				value: 'video',
				description: 'A video that Kling made: with model 2.6 and sound, by Avatar or by Lip Sync',
			},
			{
				name: 'URL',
				value: 'url',
				description: 'The public address of an audio or video file',
			},
		],
	},
	{
		displayName: 'Voice URL',
		name: 'voiceUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://files.example.com/narrator.mp3',
		description:
			'Public address of an .mp3, .wav, .mp4 or .mov file with 5 to 30 seconds of one clean human voice',
		displayOptions: { show: { voiceSource: ['url'] } },
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		hint: 'The name of the input binary field containing the file',
		description:
			'A file with 5 to 30 seconds of one clean human voice: .mp3, .wav, .mp4, .mov, .m4a, or a voice message (.ogg, .webm)',
		displayOptions: { show: { voiceSource: ['binary'] } },
	},
	{
		...klingVideoField('videoId'),
		displayOptions: { show: { voiceSource: ['video'] } },
	},
	...waitFor('voice', 'about ten seconds'),
	...output,
	optionsField(
		create.additionalFields,
		create.callbackUrl,
		{
			displayName: 'Check Clip',
			name: 'checkClip',
			type: 'boolean',
			default: true,
			description:
				'Whether to check the clip first and refuse what Kling would refuse. Files are checked by default, a URL only if you add this option. The check opens the URL once, which uses up a one-time link.',
			displayOptions: { hide: { '/voiceSource': ['video'] } },
		},
		{
			displayName: 'Convert Clip',
			name: 'convertClip',
			type: 'boolean',
			default: true,
			description:
				'Whether to convert an Ogg, WebM or Matroska recording with Opus sound to .wav, as Kling needs it. Chat apps and browsers record in these formats.',
			displayOptions: { show: { '/voiceSource': ['binary'] } },
		},
		{ ...sampleOptions.downloadSample, displayOptions: { hide: { '/waitFor': ['none'] } } },
		create.externalTaskId,
		create.maxConcurrency,
		{
			...sampleOptions.outputPropertyName,
			displayOptions: { show: { downloadSample: [true] }, hide: { '/waitFor': ['none'] } },
		},
		create.pollTimeout,
		create.pauseTimeout,
		{
			displayName: 'Trim Clip',
			name: 'trimClip',
			type: 'boolean',
			default: false,
			description:
				'Whether to shorten a longer recording to its first 30 seconds. An .mp4 or .mov file cannot be shortened.',
			displayOptions: { show: { '/voiceSource': ['binary'] } },
		},
	),
];
