import type { INodeProperties } from 'n8n-workflow';

import { createOptions, waitFor } from '../../operation/createFields';
import { optionsField, simplify } from '../../operation/fields';
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
					'A file of the item, from a form, a drive or a chat. Kling fetches it from your n8n, so n8n needs a public address (WEBHOOK_URL).',
			},
			{
				name: 'Kling Video',
				value: 'video',
				description:
					'A video that Kling made with model V2.6 and sound, with Avatar or with Lip Sync',
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
	simplify,
	optionsField(
		create.additionalFields,
		create.callbackUrl,
		{
			displayName: 'Check Clip',
			name: 'checkClip',
			type: 'boolean',
			default: true,
			description:
				'Whether to refuse a clip that Kling would refuse, before anything is created. Files are checked unless you turn this off; a clip behind a URL only if you add this option: n8n then opens the link once, before Kling does, so a link that works only once is used up.',
			displayOptions: { hide: { '/voiceSource': ['video'] } },
		},
		{
			displayName: 'Convert Clip',
			name: 'convertClip',
			type: 'boolean',
			default: true,
			description:
				'Whether to convert an Ogg, WebM or Matroska recording with Opus sound to .wav, which Kling takes. Voice messages of chat apps and recordings of browsers are such files.',
			displayOptions: { show: { '/voiceSource': ['binary'] } },
		},
		sampleOptions.downloadSample,
		create.externalTaskId,
		create.maxConcurrency,
		sampleOptions.outputPropertyName,
		create.pollTimeout,
		create.pauseTimeout,
		{
			displayName: 'Trim Clip',
			name: 'trimClip',
			type: 'boolean',
			default: false,
			description:
				'Whether to cut a longer recording to its first 30 seconds. Files of type .mp4 and .mov cannot be cut.',
			displayOptions: { show: { '/voiceSource': ['binary'] } },
		},
	),
];
