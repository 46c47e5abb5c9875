import type { Sandbox } from './server.cjs';

/** The fields of a klingApi credential that leads to this sandbox. */
export const credentialsFor = ({ baseUrl, options }: Pick<Sandbox, 'baseUrl' | 'options'>) => ({
	provider: 'custom',
	baseUrl,
	authentication: 'apiKey',
	apiKey: options.apiKeys[0] ?? '',
});
