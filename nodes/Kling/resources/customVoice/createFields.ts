import type { INodeProperties } from 'n8n-workflow';

import { maxConcurrency, sampleOptions, simplify, timeout } from '../parameters';

/** The panel of Create, from top to bottom. */
export const createFields: INodeProperties[] = [
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
					'A file of the item, from a form, a drive or a chat: Kling fetches it from your n8n, which must be reachable from the internet',
			},
			{
				name: 'Kling Video',
				value: 'video',
				description:
					'A video that Kling made: model V2.6 with sound, the avatar or the lip-sync operation',
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
			'An .mp3, .wav, .mp4 or .mov file with 5 to 30 seconds of one clean human voice. It is checked before anything is created.',
		displayOptions: { show: { voiceSource: ['binary'] } },
	},
	{
		displayName: 'Video ID',
		name: 'videoId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 850087542757541250',
		description:
			'ID of the video itself, as its finished task gives it under videos, not the ID of that task',
		displayOptions: { show: { voiceSource: ['video'] } },
	},
	{
		displayName: 'Wait For',
		name: 'waitFor',
		type: 'options',
		noDataExpression: true,
		default: 'poll',
		description: 'What to output: Kling takes about ten seconds to make a voice',
		options: [
			{
				name: 'Callback',
				value: 'callback',
				description:
					'Pause the execution until Kling has called back for every item, then output the voices. No worker is busy meanwhile. Kling must be able to reach your n8n.',
			},
			{
				name: 'Finished Voice',
				value: 'poll',
				description: 'Ask Kling until the voice is ready, then output it',
			},
			{
				name: 'Nothing',
				value: 'none',
				description: 'Output the task at once; get the voice later by its task ID or a callback',
			},
		],
	},
	{
		displayName:
			'n8n cannot let a node fail after a pause. With On Error set to Stop Workflow a voice that fails then leaves as an item with "error"; choose Continue (using error output) in Settings to send it another way.',
		name: 'pauseNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { waitFor: ['callback'] } },
	},
	simplify,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Additional Fields (JSON)',
				name: 'additionalFields',
				type: 'json',
				default: '{}',
				description:
					'More fields for the body of the request, for what a gateway asks beyond the documented ones',
			},
			{
				displayName: 'Callback URL',
				name: 'callbackUrl',
				type: 'string',
				default: '',
				placeholder: 'e.g. https://n8n.example.com/webhook/kling',
				description: 'Public address that Kling calls whenever the status of the task changes',
				displayOptions: { hide: { '/waitFor': ['callback'] } },
			},
			{
				displayName: 'Check Clip',
				name: 'checkClip',
				type: 'boolean',
				default: true,
				description:
					'Whether to look into the clip and refuse what Kling would refuse, before anything is created. A file is checked unless this is off; a clip behind a URL is downloaded and checked only when this is on.',
				displayOptions: { hide: { '/voiceSource': ['video'] } },
			},
			sampleOptions.downloadSample,
			{
				displayName: 'External Task ID',
				name: 'externalTaskId',
				type: 'string',
				default: '',
				placeholder: 'e.g. order-1042',
				description:
					'Your own ID for the task, unique in your Kling account. Left empty, one is made from the execution and the item, so that a retry never creates the voice twice.',
			},
			maxConcurrency,
			sampleOptions.outputPropertyName,
			{ ...timeout, displayOptions: { hide: { '/waitFor': ['callback'] } } },
			{
				...timeout,
				typeOptions: { minValue: 60 },
				description:
					'Seconds to pause at most, from 60: n8n looks for due executions once a minute. When the time is up, the items go on with their task IDs, last known status and timed_out: true.',
				displayOptions: { show: { '/waitFor': ['callback'] } },
			},
			{
				displayName: 'Trim Clip',
				name: 'trimClip',
				type: 'boolean',
				default: false,
				description:
					'Whether to cut a longer .mp3 or .wav file to its first 30 seconds, without re-encoding. Video files cannot be cut this way.',
				displayOptions: { show: { '/voiceSource': ['binary'] } },
			},
		],
	},
];
