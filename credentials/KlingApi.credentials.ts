import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	Icon,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { authorizationOf } from '../nodes/Kling/api/gateway';

/** Shown in two cases, which one field cannot say. */
const apiKey: INodeProperties = {
	displayName: 'API Key',
	name: 'apiKey',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	required: true,
};

export class KlingApi implements ICredentialType {
	name = 'klingApi';

	displayName = 'Kling API';

	icon: Icon = {
		light: 'file:../nodes/Kling/kling.svg',
		dark: 'file:../nodes/Kling/kling.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-kling-voice/n8n-nodes-kling-voice/blob/main/docs/credentials.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Provider',
			name: 'provider',
			type: 'options',
			default: 'kkiai',
			description: 'The service that gave you the key',
			options: [
				{
					name: 'Custom',
					value: 'custom',
					description: 'Any other gateway that offers the Kling API',
				},
				{ name: 'KKI AI', value: 'kkiai', description: 'The gateway at www.kkiai.com' },
				{ name: 'Kling (China)', value: 'klingChina', description: 'The official API in China' },
				{
					name: 'Kling (Global)',
					value: 'klingGlobal',
					description: 'The official API outside China',
				},
			],
		},
		{
			displayName:
				'Create a key at <a href="https://www.kkiai.com" target="_blank">www.kkiai.com</a> under Token Management.',
			name: 'kkiaiNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { provider: ['kkiai'] } },
		},
		{
			displayName:
				'Create a key in <a href="https://kling.ai/dev/api-key" target="_blank">Kling\'s console</a>.',
			name: 'klingNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { provider: ['klingChina', 'klingGlobal'] } },
		},
		{
			displayName: 'Get the key from the service whose address you enter here.',
			name: 'customNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { provider: ['custom'] } },
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://api.example.com/kling',
			description: 'The address of the gateway with its prefix, such as /kling, and without /v1',
			displayOptions: { show: { provider: ['custom'] } },
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			default: 'apiKey',
			options: [
				{
					name: 'AccessKey and SecretKey',
					value: 'accessKey',
					description: 'The older key pair of the official API',
				},
				{
					name: 'API Key',
					value: 'apiKey',
					description: 'A key of a gateway, or a newer key of the official API',
				},
			],
			displayOptions: { hide: { provider: ['kkiai'] } },
		},
		{ ...apiKey, displayOptions: { show: { provider: ['kkiai'] } } },
		{
			...apiKey,
			displayOptions: { show: { authentication: ['apiKey'] }, hide: { provider: ['kkiai'] } },
		},
		{
			displayName: 'AccessKey',
			name: 'accessKey',
			type: 'string',
			default: '',
			required: true,
			displayOptions: { show: { authentication: ['accessKey'] }, hide: { provider: ['kkiai'] } },
		},
		{
			displayName: 'SecretKey',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: { show: { authentication: ['accessKey'] }, hide: { provider: ['kkiai'] } },
		},
		{
			displayName: 'Single Account',
			name: 'singleAccount',
			type: 'boolean',
			default: false,
			description:
				'Whether all requests to this address reach the same Kling account, for example through your own proxy. If the answer to a create request is lost, the node then sends the request again once the address says that no such task exists.',
			displayOptions: { show: { provider: ['custom', 'kkiai'] } },
		},
		{
			displayName: 'Billing Model',
			name: 'billingModel',
			type: 'string',
			default: '',
			placeholder: 'e.g. kling-v2-6',
			description:
				'For a gateway that bills by a model name, which is sent as model_name. Leave it empty for all others.',
			displayOptions: { show: { provider: ['custom'] } },
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. whsec_…',
			description:
				'Lets the Kling Trigger accept signed callbacks only. You find it in <a href="https://kling.ai/dev/account-info?tab=webhooks" target="_blank">Kling\'s console</a>. While you replace it, enter the old and the new secret with a space between them.',
			displayOptions: { hide: { provider: ['kkiai'] } },
		},
	];

	/** A function and not a template, because AccessKey and SecretKey sign every single request. */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const Authorization = authorizationOf(credentials, Date.now());
		return { ...requestOptions, headers: { ...requestOptions.headers, Authorization } };
	}
}
