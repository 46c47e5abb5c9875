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
import { triggerFields } from './trigger/fields';

export class KlingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kling Trigger',
		name: 'klingTrigger',
		icon: { light: 'file:kling.svg', dark: 'file:kling.dark.svg' },
		group: ['trigger'],
		// n8n takes a webhook of version 1 for one of its first, and evaluates an expression for each of its calls.
		version: 1.1,
		subtitle: '={{ $parameter["triggerOn"].join(", ") }}',
		description: 'Starts the workflow when a Kling task changes its status',
		defaults: { name: 'Kling Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'klingApi', required: true, testedBy: 'testKlingApi' }],
		webhooks: [triggerAddress],
		properties: triggerFields,
	};

	/** n8n takes the test of whichever node it finds first. */
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

	/** Kling has no subscriptions: the address is given with each task. What is kept is only that this node listens. */
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

	/** n8n hands over what came by callback or poll, and in a test run that asks Kling nothing at all. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { onStart } = await import('./lazy');
		return await onStart(this);
	}
}
