import type { INodeProperties } from 'n8n-workflow';

import type { CreatedKind } from '../tasks/kinds';
import type { WaitFor } from './createOrder';
import { timeout } from './fields';

const DEFAULT_WAIT: WaitFor = 'poll';

/** How a create waits, and what the panel says of it. `product` is what the operation makes, in lower case. */
export function waitFor(product: string, takes: string): INodeProperties[] {
	const name = product.charAt(0).toUpperCase() + product.slice(1);
	const field: INodeProperties = {
		displayName: 'Wait For',
		name: 'waitFor',
		type: 'options',
		noDataExpression: true,
		default: DEFAULT_WAIT,
		description: `When this node continues. Kling takes ${takes} to make a ${product}.`,
	};
	const options = [
		{
			name: `Finished ${name}`,
			value: 'poll',
			description: `Keep asking Kling until the ${product} is ready, then output it`,
		},
		{
			name: 'Nothing',
			value: 'none',
			description: `Output the task at once, and get the ${product} later by its task ID or a callback`,
		},
	];
	const callback = {
		name: 'Callback',
		value: 'callback',
		description:
			'Pause the execution until Kling has called back for every item. A paused execution occupies no worker.',
	};
	return [
		{
			...field,
			options: [callback, ...options],
			displayOptions: { show: { '@tool': [false] } },
		},
		// A tool of an AI agent cannot pause.
		{ ...field, options, displayOptions: { show: { '@tool': [true] } } },
		...PAUSE_NOTICES,
	];
}

const notice = (name: string, displayName: string): INodeProperties => ({
	displayName,
	name,
	type: 'notice',
	default: '',
	displayOptions: { show: { waitFor: ['callback'] } },
});

/** One sentence each. n8n cannot stop a workflow after a pause. */
const PAUSE_NOTICES = [
	notice(
		'pauseNotice',
		'This n8n needs a public address: set the environment variable <b>WEBHOOK_URL</b> to it.',
	),
	notice(
		'pauseErrorNotice',
		'To catch tasks that fail during the pause, set <b>On Error</b> to <b>Continue (using error output)</b>: otherwise their items continue with "error" in them.',
	),
];

/** A pause cannot be as short as a wait, and it ends differently. */
const timeouts = (timeoutS: number) =>
	({
		pollTimeout: {
			...timeout(timeoutS),
			displayOptions: { hide: { '/waitFor': ['callback'] } },
		},
		pauseTimeout: {
			...timeout(timeoutS),
			typeOptions: { minValue: 60 },
			hint: 'In seconds, 60 or more',
			description:
				'How long to pause. If the time runs out, the items continue with their task IDs, the last known status and timed_out: true. The longest Timeout of all items counts.',
			displayOptions: { show: { '/waitFor': ['callback'] } },
		},
	}) satisfies Record<string, INodeProperties>;

/** Options of every create. `product` is what the operation makes, in lower case. */
export const createOptions = (product: string, { timeoutS }: CreatedKind) =>
	({
		additionalFields: {
			displayName: 'Additional Fields (JSON)',
			name: 'additionalFields',
			type: 'json',
			default: '{}',
			description:
				'More fields for the body of the request, such as those that only your gateway has. Never fill this with $fromAI: a model could set anything.',
		},
		callbackUrl: {
			displayName: 'Callback URL',
			name: 'callbackUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://n8n.example.com/webhook/kling',
			description:
				'Public address that Kling calls whenever the status of the task changes. The node does not wait for it.',
			displayOptions: { hide: { '/waitFor': ['callback'] } },
		},
		externalTaskId: {
			displayName: 'External Task ID',
			name: 'externalTaskId',
			type: 'string',
			default: '',
			placeholder: 'e.g. order-1042',
			description: `Your own ID for the task, unique in your Kling account. If empty, the node derives one from execution and item. Retry On Fail then never creates the ${product} twice.`,
		},
		maxConcurrency: {
			displayName: 'Max Concurrency',
			name: 'maxConcurrency',
			type: 'number',
			default: 5,
			typeOptions: { minValue: 1, maxValue: 100 },
			description: `How many ${product}s to request at once. If Kling accepts fewer, the node sends fewer. The value of the first item counts.`,
		},
		...timeouts(timeoutS),
	}) satisfies Record<string, INodeProperties>;
