import type {
	ICredentialTestFunctions,
	ICredentialsDecrypted,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeCredentialTestResult,
	INodeExecutionData,
	INodeListSearchResult,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { properties } from './resources';
import { RESUME_WEBHOOKS } from './tasks/pause/address';

type Picker =
	| 'searchAllVoices'
	| 'searchEndpoints'
	| 'searchFaces'
	| 'searchModels'
	| 'searchSpeechVoices'
	| 'searchVideos'
	| 'searchVideoTasks'
	| 'searchVoices'
	| 'searchVoiceTasks';

/** A list of a resource locator, whose code is loaded when it is first opened. */
const picker = (name: Picker) =>
	async function (
		this: ILoadOptionsFunctions,
		filter?: string,
		paginationToken?: string,
	): Promise<INodeListSearchResult> {
		const lazy = await import('./lazy');
		return await lazy[name].call(this, filter, paginationToken);
	};

export class Kling implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kling',
		name: 'kling',
		icon: { light: 'file:kling.svg', dark: 'file:kling.dark.svg' },
		group: ['transform'],
		// n8n evaluates an expression for each callback of a node of version 1. Saved workflows have it.
		version: [1, 1.1],
		defaultVersion: 1.1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Create Kling custom voices and videos, or start a workflow when a task finishes',
		defaults: { name: 'Kling' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'klingApi', required: true, testedBy: 'testKlingApi' }],
		webhooks: RESUME_WEBHOOKS,
		waitingNodeTooltip:
			'Waiting for Kling to call back. The execution continues when every task has finished, or when Timeout has passed.',
		properties,
	};

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
		listSearch: {
			searchAllVoices: picker('searchAllVoices'),
			searchEndpoints: picker('searchEndpoints'),
			searchFaces: picker('searchFaces'),
			searchModels: picker('searchModels'),
			searchSpeechVoices: picker('searchSpeechVoices'),
			searchVideos: picker('searchVideos'),
			searchVideoTasks: picker('searchVideoTasks'),
			searchVoices: picker('searchVoices'),
			searchVoiceTasks: picker('searchVoiceTasks'),
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { runOperation } = await import('./lazy');
		return [await runOperation(this)];
	}

	/** What calls the address that a paused execution gave away, and only that, comes here. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { resource, operation } = this.getNode().parameters;
		const { findOperation } = await import('./lazy');
		const resume = findOperation(String(resource), String(operation))?.resume;
		return resume ? await resume(this) : { webhookResponse: { received: false } };
	}
}
