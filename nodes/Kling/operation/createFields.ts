import type { INodeProperties } from 'n8n-workflow';

import type { CreatedKind } from '../tasks/kinds';
import type { WaitFor } from './createOrder';
import { timeout } from './fields';

const DEFAULT_WAIT: WaitFor = 'poll';

/** How a create waits, and what the panel says of it. `product` is what the operation makes, in lower case. */
export function waitFor(product: string, takes: string): INodeProperties[] {
	const name = product.charAt(0).toUpperCase() + product.slice(1);
	return [
		{
			displayName: 'Wait For',
			name: 'waitFor',
			type: 'options',
			noDataExpression: true,
			default: DEFAULT_WAIT,
			description: `When this node goes on; Kling takes ${takes} to make a ${product}`,
			options: [
				{
					name: 'Callback',
					value: 'callback',
					description: `Pause the execution until Kling has called back for every item, then output the ${product}s. Nothing is asked and no worker is busy meanwhile. Your n8n needs a public address (WEBHOOK_URL).`,
				},
				{
					name: `Finished ${name}`,
					value: 'poll',
					description: `Ask Kling until the ${product} is ready, then output it`,
				},
				{
					name: 'Nothing',
					value: 'none',
					description: `Output the task at once; get the ${product} later by its task ID or a callback`,
				},
			],
		},
		{
			displayName: `If a ${product} fails after the pause, n8n cannot stop the workflow: the item goes on with "error" in it. To send it another way, set On Error in Settings to Continue (using error output). If the time runs out, the items go on with timed_out: true. The address that Kling gets opens the whole execution: put a later approval, such as a Wait or Form step, into a sub-workflow.`,
			name: 'pauseNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { waitFor: ['callback'] } },
		},
	];
}

/** A pause cannot be as short as a wait, and its end is another. */
const timeouts = (timeoutS: number) =>
	({
		pollTimeout: {
			...timeout(timeoutS),
			displayOptions: { hide: { '/waitFor': ['callback'] } },
		},
		pauseTimeout: {
			...timeout(timeoutS),
			typeOptions: { minValue: 60 },
			description:
				'Seconds to pause at most, from 60 as n8n checks once a minute; the longest of all items counts. When the time is up, the items go on with their task IDs, last known status and timed_out: true.',
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
				'More fields for the body of the request, for what a gateway asks beyond the documented ones. Never fill this with $fromAI: a model could set anything.',
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
			description: `Your own ID for the task, unique in your Kling account. Left empty, one is made from the execution and the item, so that Retry On Fail never creates the ${product} twice.`,
		},
		maxConcurrency: {
			displayName: 'Max Concurrency',
			name: 'maxConcurrency',
			type: 'number',
			default: 5,
			typeOptions: { minValue: 1, maxValue: 100 },
			description: `How many ${product}s to request at once. When Kling takes fewer, the node sends fewer. The value of the first item counts for all.`,
		},
		...timeouts(timeoutS),
	}) satisfies Record<string, INodeProperties>;
