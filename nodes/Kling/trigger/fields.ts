import { NodeHelpers, type INodeProperties, type INodeTypeDescription } from 'n8n-workflow';

import { optionsField, simplify, titleOf } from '../operation/fields';
import { ENDPOINTS } from '../tasks/endpointList';
import { TASK_KINDS } from '../tasks/kinds';

const CALLBACK_HELP =
	'This n8n needs a public address: set the environment variable <b>WEBHOOK_URL</b> to it. Enter the <b>Production URL</b> above as the <b>Callback URL</b> of a task, and publish (activate) this workflow.';
const POLL_HELP =
	'Polling works without a public address. Tasks that finished before the workflow was first published (activated) start nothing.';

const TASK_TYPES = [
	...Object.keys(TASK_KINDS).map((value) => ({ name: titleOf(value), value })),
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
		description: 'Which events start the workflow. Each event starts it once.',
		options: [
			{
				name: 'Task Failed',
				value: 'failed',
				action: 'On task failed',
				description: 'The task failed; task_status_msg has the reason if Kling gives one',
			},
			{
				name: 'Task Processing',
				value: 'processing',
				action: 'On task processing',
				description: 'Kling is working on the task. Polling does not report this.',
			},
			{
				name: 'Task Submitted',
				value: 'submitted',
				action: 'On task submitted',
				description: 'Kling has accepted the task. Polling does not report this.',
			},
			{
				name: 'Task Succeeded',
				value: 'succeed',
				action: 'On task succeeded',
				description: 'The voice, video or other result is ready',
			},
		],
	},
	{
		displayName: 'Task Types',
		name: 'taskTypes',
		type: 'multiOptions',
		default: [...ALL_TYPES],
		required: true,
		description:
			'Which types of tasks start the workflow. Polling makes one request for each type, so choose only those you need.',
		options: TASK_TYPES,
	},
	{
		displayName: 'Receive Events',
		name: 'receive',
		type: 'options',
		noDataExpression: true,
		default: 'callback',
		description: 'How this n8n learns about tasks',
		options: [
			{
				name: 'Both',
				value: 'both',
				description: 'Callbacks, and polling for tasks whose callback was lost',
			},
			{
				name: 'By Callback',
				value: 'callback',
				description:
					'Kling calls the address above whenever a task changes its status. It never repeats a call, so a lost call is a lost event.',
			},
			{
				name: 'Polling',
				value: 'poll',
				description: 'Ask Kling at the times below, which works without a public address',
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
		// n8n reads the times of every node that can poll, even while it takes callbacks only.
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
		description: 'When n8n asks Kling for finished tasks',
		displayOptions: { hide: { receive: ['callback'] } },
		options: NodeHelpers.cronNodeOptions,
	},
	simplify,
	{
		...optionsField({
			displayName: 'Verify',
			name: 'verify',
			type: 'boolean',
			default: true,
			description:
				'Whether to read the task from Kling before it starts the workflow. Otherwise anyone who knows the address can send a made-up task.',
		}),
		displayOptions: { hide: { receive: ['poll'] } },
	},
];

const HOW =
	'Kling has no subscriptions: it calls only the address that a task names. <br><br><b>To test</b>, click <b>Execute step</b> and create a task with the <b>Test URL</b> as its <b>Callback URL</b>. With <b>Polling</b>, the newest finished task is shown instead.<br><br>';

const LOG =
	'These executions are in the <a data-key="executions">list of executions</a>, not in the editor.';

/** What the editor says beside the button. n8n's default promises that it registers the address with the service. */
export const triggerPanel: INodeTypeDescription['triggerPanel'] = {
	header: 'Start with a Kling task',
	executionsHelp: {
		inactive: `${HOW}<b>To go live</b>, publish (activate) this workflow and create tasks with the <b>Production URL</b>. ${LOG}`,
		active: `${HOW}<b>This workflow is live</b>: create tasks with the <b>Production URL</b>. ${LOG}`,
	},
	activationHint: {
		inactive:
			'Publish (activate) this workflow to start it with every task. Unless it polls, give its Production URL to whatever creates the tasks.',
		active:
			'This workflow is live. Unless it polls, give its Production URL to whatever creates the tasks.',
	},
};
