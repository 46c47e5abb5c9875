import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	Icon,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { authorizationOf } from '../nodes/Kling/api/gateway';

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
				{ name: 'Custom', value: 'custom', description: 'Any gateway that speaks the Kling API' },
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
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://api.example.com/kling',
			description: 'With the prefix of the gateway, such as /kling, and without /v1',
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
					description:
						'The older key pair of the official API; a token is signed for every request',
				},
				{
					name: 'API Key',
					value: 'apiKey',
					description: 'A gateway key or a key of the official API',
				},
			],
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: { show: { authentication: ['apiKey'] } },
		},
		{
			displayName: 'AccessKey',
			name: 'accessKey',
			type: 'string',
			default: '',
			required: true,
			displayOptions: { show: { authentication: ['accessKey'] } },
		},
		{
			displayName: 'SecretKey',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: { show: { authentication: ['accessKey'] } },
		},
		{
			displayName: 'Single Account',
			name: 'singleAccount',
			type: 'boolean',
			default: false,
			description:
				'Whether this address leads to one Kling account, as your own proxy does. Then a create whose answer was lost is sent again once the address says that it does not know it.',
			displayOptions: { show: { provider: ['custom', 'kkiai'] } },
		},
		{
			displayName: 'Billing Model',
			name: 'billingModel',
			type: 'string',
			default: '',
			placeholder: 'e.g. kling-v2-6',
			description:
				'For a gateway that bills by a model name: sent as model_name when a voice is created and with every read. Leave it empty for others.',
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
				'For the Kling Trigger: with it, only callbacks that are signed with this secret are taken. Official accounts get one in the Kling console under Webhooks; leave it empty for gateways. While a new secret replaces an old one, enter both with a space between them.',
		},
	];

	/** A function and not a template, because AccessKey and SecretKey sign every request anew. */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const Authorization = authorizationOf(credentials, Date.now());
		return { ...requestOptions, headers: { ...requestOptions.headers, Authorization } };
	}
}
