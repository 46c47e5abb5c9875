import type {
	ICredentialTestFunctions,
	ICredentialsDecrypted,
	IExecuteFunctions,
	IHookFunctions,
	INodeCredentialTestResult,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { triggerAddress } from './trigger/webhook';
import { triggerFields, triggerPanel } from './trigger/fields';

export class KlingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kling Trigger',
		name: 'klingTrigger',
		icon: { light: 'file:kling.svg', dark: 'file:kling.dark.svg' },
		group: ['trigger'],
		// n8n takes a webhook of version 1 for one of its first, and evaluates an expression for each of its calls.
		version: 1.1,
		subtitle: '={{ $parameter["triggerOn"].join(", ") }}',
		description: 'Create Kling custom voices and videos, or start a workflow when a task finishes',
		defaults: { name: 'Kling Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'klingApi', required: true, testedBy: 'testKlingApi' }],
		triggerPanel,
		webhooks: [triggerAddress],
		properties: triggerFields,
	};

	/** n8n takes the test of the first node that it finds, which may be this one. */
	methods = {
		credentialTest: {
			async testKlingApi(
				this: ICredentialTestFunctions,
				{ data = {} }: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { testCredential } = await import('./lazy');
				return await testCredential(this.helpers, data);
			},
		},
	};

	/** Kling has no subscriptions: each task names its own address. So all there is to keep is that this node listens. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return this.getWorkflowStaticData('node').listening === true;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				const { checkKey } = await import('./lazy');
				await checkKey(this);
				this.getWorkflowStaticData('node').listening = true;
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				delete this.getWorkflowStaticData('node').listening;
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { onCallback } = await import('./lazy');
		return await onCallback(this);
	}

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const { onPoll } = await import('./lazy');
		return await onPoll(this);
	}

	/** The items are what a callback or a poll gave; a test run that did neither has none. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { onStart } = await import('./lazy');
		return await onStart(this);
	}
}
