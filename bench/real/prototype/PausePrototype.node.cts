import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

const HOUR_MS = 3_600_000;

/**
 * The least that can pause an execution: makes a voice, waits, and believes what it is called with. What the Kling
 * node takes beyond this is the price of its checks, its IDs and its look at Kling.
 */
export class PausePrototype implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Pause Prototype',
		name: 'pausePrototype',
		group: ['transform'],
		version: 2,
		description: 'Bare pause, for comparison',
		defaults: { name: 'Pause Prototype' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'klingApi', required: true }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				path: 'prototype',
				isFullPath: true,
				restartWebhook: true,
				responseMode: 'onReceived',
				responseData: 'noData',
			},
		],
		properties: [
			{ displayName: 'Voice Name', name: 'voiceName', type: 'string', default: '' },
			{ displayName: 'Voice URL', name: 'voiceUrl', type: 'string', default: '' },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { baseUrl } = await this.getCredentials<{ baseUrl: string }>('klingApi');
		const { resumeUrl } = this.getWorkflowDataProxy(0).$execution as { resumeUrl: string };
		const address = new URL(resumeUrl);
		address.pathname += '/prototype';
		const body = {
			voice_name: this.getNodeParameter('voiceName', 0),
			voice_url: this.getNodeParameter('voiceUrl', 0),
			callback_url: address.href,
		};
		const url = `${baseUrl}/v1/general/custom-voices`;
		const answer = (await this.helpers.httpRequestWithAuthentication.call(this, 'klingApi', {
			method: 'POST',
			url,
			body,
			json: true,
		})) as { data: IDataObject };
		await this.putExecutionToWait(new Date(Date.now() + HOUR_MS));
		return [[{ json: answer.data }]];
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		await Promise.resolve();
		this.getResponseObject().status(200).json({ received: true });
		const { task_id, task_status } = this.getBodyData();
		if (task_status !== 'succeed') return { noWebhookResponse: true };
		return {
			noWebhookResponse: true,
			workflowData: [[{ json: { task_id, task_status } }]],
		};
	}
}
