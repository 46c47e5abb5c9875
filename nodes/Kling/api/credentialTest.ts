import type { ICredentialTestRequest } from 'n8n-workflow';

import { BASE_URLS } from './gateway';

/** A free read that official and compatible gateways answer alike. Source: Kling's page on voice customization. */
const PRESETS = '/v1/general/presets-voices?pageNum=1&pageSize=1';
/** KKI AI may not offer the presets, but it has a free call about the key itself, outside `/kling`. */
const USAGE = `${new URL(BASE_URLS.kkiai).origin}/api/usage/token/`;

const KNOWN: Record<string, string> = {
	kkiai: USAGE,
	klingGlobal: BASE_URLS.klingGlobal + PRESETS,
	klingChina: BASE_URLS.klingChina + PRESETS,
};

/** For a custom gateway it repairs the base URL as `baseUrlOf` does; n8n evaluates it before any code runs. */
export const TEST_URL = `={{ (${JSON.stringify(KNOWN)})[$credentials.provider] ?? (($credentials.baseUrl ?? '').trim().replace(/[?#].*$/, '').replace(/^(?!\\w+:\\/\\/)/, 'https://').replace(/\\/+$/, '').replace(/\\/v1$/i, '').replace(/\\/+$/, '') + '${PRESETS}') }}`;

const WRONG_KEY = 'The key was refused. Check the key and the provider.';
const NO_API =
	'This address answers with a web page instead of the API. Check the base URL: with the prefix of the gateway, such as /kling, and without /v1.';

const STATUS_MESSAGES: Record<number, string> = {
	401: WRONG_KEY,
	403: 'The key is known but may not do this. Check its token group, model restriction and IP whitelist.',
	404: 'This address has no Kling API. Check the base URL: with the prefix of the gateway, such as /kling, and without /v1.',
	429: 'The account lets no request through: too many at once, no balance, or an IP whitelist. Look at the account.',
};

/** Kling's authentication codes, in case a gateway passes them on with HTTP 200. */
const KEY_CODES = [1000, 1001, 1002, 1003, 1004];

/** First characters of an HTML page: n8n hands text to the rules as it is. */
const PAGE_STARTS = ['<', '\n', '\r', ' '];

/** Says in words what went wrong, also where a gateway answers a wrong key with HTTP 200. */
export const TEST_RULES = [
	...Object.entries(STATUS_MESSAGES).map(([status, message]) => ({
		type: 'responseCode' as const,
		properties: { value: Number(status), message },
	})),
	...[
		{ key: 'success', value: false, message: WRONG_KEY },
		...KEY_CODES.map((value) => ({ key: 'code', value, message: WRONG_KEY })),
		...PAGE_STARTS.map((value) => ({ key: '0', value, message: NO_API })),
	].map((properties) => ({ type: 'responseSuccessBody' as const, properties })),
	// n8n declares a list of one kind, but reads each rule by its own.
] as ICredentialTestRequest['rules'];
