import type { INodeProperties } from 'n8n-workflow';

import { maxConcurrency, sampleOptions, simplify, timeout } from '../../operation/fields';

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
		description: 'An .mp3, .wav, .mp4 or .mov file with 5 to 30 seconds of one clean human voice',
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
			'The ID under task_result.videos of the finished video task, not the ID of that task',
		displayOptions: { show: { voiceSource: ['video'] } },
	},
	{
		displayName: 'Wait For',
		name: 'waitFor',
		type: 'options',
		noDataExpression: true,
		default: 'poll',
		description: 'When this node goes on; Kling takes about ten seconds to make a voice',
		options: [
			{
				name: 'Callback',
				value: 'callback',
				description:
					'Pause the execution until Kling has called back for every item, then output the voices. Nothing is asked and no worker is busy meanwhile. Your n8n needs a public address (WEBHOOK_URL).',
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
			'If a voice fails after the pause, n8n cannot stop the workflow: the item goes on with "error" in it. To send it another way, set On Error in Settings to Continue (using error output). If the time runs out, the items go on with timed_out: true.',
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
				description:
					'Public address that Kling calls whenever the status of the task changes. The node does not wait for it.',
				displayOptions: { hide: { '/waitFor': ['callback'] } },
			},
			{
				displayName: 'Check Clip',
				name: 'checkClip',
				type: 'boolean',
				default: true,
				description:
					'Whether to refuse a clip that Kling would refuse, before anything is created. Files are checked unless you turn this off; a clip behind a URL is downloaded and checked only if you add this option.',
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
					'Your own ID for the task, unique in your Kling account. Left empty, one is made from the execution and the item, so that Retry On Fail never creates the voice twice.',
			},
			maxConcurrency,
			sampleOptions.outputPropertyName,
			{ ...timeout, displayOptions: { hide: { '/waitFor': ['callback'] } } },
			{
				...timeout,
				typeOptions: { minValue: 60 },
				description:
					'Seconds to pause at most, from 60 as n8n checks once a minute; the longest of all items counts. When the time is up, the items go on with their task IDs, last known status and timed_out: true.',
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
