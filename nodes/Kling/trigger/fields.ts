import { NodeHelpers, type INodeProperties } from 'n8n-workflow';

import { optionsField, simplify } from '../operation/fields';
import { ENDPOINTS } from '../tasks/endpointList';

const CALLBACK_HELP =
	'Open <b>Webhook URLs</b> above and put the <b>Production URL</b> into <b>Callback URL</b> of whatever creates the task; then publish (activate) this workflow. Kling must be able to reach this n8n: its environment variable <b>WEBHOOK_URL</b> is the public address. To try it out, click <b>Execute step</b> and let Kling call the <b>Test URL</b>.';
const POLL_HELP =
	'n8n asks Kling for tasks that have finished, so Kling need not reach this n8n. Tasks that were finished before the first activation start nothing.';

const TASK_TYPES = [
	{ name: 'Avatar Video', value: 'avatar' },
	{ name: 'Custom Voice', value: 'customVoice' },
	{ name: 'Image to Video', value: 'imageToVideo' },
	{ name: 'Lip-Sync Video', value: 'lipSync' },
	{ name: 'Text to Video', value: 'textToVideo' },
	...ENDPOINTS.filter(({ idsIn }) => idsIn !== 'none').map(({ name, path }) => ({
		name,
		value: path,
	})),
].sort((one, other) => one.name.localeCompare(other.name, 'en'));

const ALL_TYPES = TASK_TYPES.map(({ value }) => value);

/** The panel of the trigger, from top to bottom. */
export const triggerFields: INodeProperties[] = [
	{
		displayName: 'Trigger On',
		name: 'triggerOn',
		type: 'multiOptions',
		default: ['succeed', 'failed'],
		required: true,
		description: 'Which statuses of a task start the workflow, each of them once',
		options: [
			{ name: 'Failed', value: 'failed', description: 'Kling could not make it, and says why' },
			{
				name: 'Processing',
				value: 'processing',
				description: 'Kling is at work; only by callback',
			},
			{
				name: 'Submitted',
				value: 'submitted',
				description: 'Kling has the task; only by callback',
			},
			{ name: 'Succeeded', value: 'succeed', description: 'The voice or video is ready' },
		],
	},
	{
		displayName: 'Task Types',
		name: 'taskTypes',
		type: 'multiOptions',
		default: [...ALL_TYPES],
		required: true,
		description:
			'Which kinds of tasks start the workflow. Others are answered and left alone. When n8n asks Kling, it asks for each kind apart, so choose few.',
		options: TASK_TYPES,
	},
	{
		displayName: 'Receive Events',
		name: 'receive',
		type: 'options',
		noDataExpression: true,
		default: 'callback',
		description: 'How this n8n hears of a task',
		options: [
			{
				name: 'Polling',
				value: 'poll',
				description: 'At the times below; for an n8n that Kling cannot reach',
			},
			{
				name: 'By Callback',
				value: 'callback',
				description:
					'Kling calls the address above whenever the status of a task changes, and does not call again: without Both, an event is lost when that call is',
			},
			{
				name: 'Both',
				value: 'both',
				description: 'By callback at once, and by asking for what a lost callback left out',
			},
		],
	},
	{
		displayName: CALLBACK_HELP,
		name: 'callbackNotice',
		type: 'notice',
		default: '',
		displayOptions: { hide: { receive: ['poll'] } },
	},
	{
		displayName: POLL_HELP,
		name: 'pollNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { receive: ['poll'] } },
	},
	{
		// n8n reads the times of every node that can poll, also where this one is not to.
		displayName: 'Poll Times',
		name: 'pollTimes',
		type: 'hidden',
		default: {},
		displayOptions: { show: { receive: ['callback'] } },
	},
	{
		displayName: 'Poll Times',
		name: 'pollTimes',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Poll Time' },
		default: { item: [{ mode: 'everyMinute' }] },
		placeholder: 'Add Poll Time',
		description: 'When n8n asks Kling',
		displayOptions: { hide: { receive: ['callback'] } },
		options: NodeHelpers.cronNodeOptions,
	},
	simplify,
	optionsField({
		displayName: 'Verify',
		name: 'verify',
		type: 'boolean',
		default: true,
		description:
			'Whether to read the task back from Kling before it starts the workflow, so that nobody who knows the address can make one up. What the workflow gets is then what Kling says.',
	}),
];
