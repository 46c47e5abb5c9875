import fc from 'fast-check';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import {
	authorizationOf,
	BASE_URLS,
	baseUrlOf,
	billingModelOf,
	leadsToOneAccount,
	secretsOf,
	urlOf,
} from '../../nodes/Kling/api/gateway';
import { SecretCleaner } from '../../nodes/Kling/api/secrets';

const custom = (baseUrl: string) => ({ provider: 'custom', baseUrl });

test.each(Object.entries(BASE_URLS))(
	'the provider %s has its own base URL',
	(provider, baseUrl) => {
		expect(baseUrlOf({ provider, baseUrl: 'https://ignored.example.com' })).toBe(baseUrl);
		expect(baseUrl).toMatch(/^https:\/\/[a-z.-]+(\/kling)?$/);
	},
);

test('the default provider is KKI AI', () => {
	expect(baseUrlOf({})).toBe(BASE_URLS.kkiai);
});

test.each([
	['https://api.example.com/kling', 'https://api.example.com/kling'],
	['https://api.example.com/kling/', 'https://api.example.com/kling'],
	['https://api.example.com/kling///', 'https://api.example.com/kling'],
	['https://api.example.com/kling/v1', 'https://api.example.com/kling'],
	['https://api.example.com/kling/v1/', 'https://api.example.com/kling'],
	['https://api.example.com/kling/V1/', 'https://api.example.com/kling'],
	['https://api.example.com/kling//v1//', 'https://api.example.com/kling'],
	['https://api.example.com/v1', 'https://api.example.com'],
	['https://api.example.com/api/v1/kling', 'https://api.example.com/api/v1/kling'],
	['https://api.example.com/klingv1', 'https://api.example.com/klingv1'],
	['https://api.example.com/v10', 'https://api.example.com/v10'],
	['https://api.example.com', 'https://api.example.com'],
	['https://api.example.com/', 'https://api.example.com'],
	['  https://api.example.com/kling \n', 'https://api.example.com/kling'],
	['api.example.com/kling', 'https://api.example.com/kling'],
	['www.kkiai.com/kling/v1', 'https://www.kkiai.com/kling'],
	['localhost:5678/kling/', 'https://localhost:5678/kling'],
	['http://localhost:5678', 'http://localhost:5678'],
	['http://127.0.0.1:4010/kling/v1/', 'http://127.0.0.1:4010/kling'],
	['http://[::1]:4010/kling', 'http://[::1]:4010/kling'],
	['HTTPS://API.Example.com/Kling', 'https://api.example.com/Kling'],
	['https://api.example.com/kling?from=docs', 'https://api.example.com/kling'],
	['https://api.example.com/kling/#custom-voices', 'https://api.example.com/kling'],
	['https://api.example.com/kling/v1/general/custom-voices', 'https://api.example.com/kling'],
	['https://api.example.com/kling/v1/general/custom-voices/123/', 'https://api.example.com/kling'],
	['https://api.example.com/v1/kling/general/custom-voices', 'https://api.example.com/v1/kling'],
	['https://api.example.com/v1/videos/image2video?x=1', 'https://api.example.com'],
	['https://user:pass@api.example.com/kling', 'https://api.example.com/kling'],
])('the base URL %j becomes %s', (given, expected) => {
	expect(baseUrlOf(custom(given))).toBe(expected);
});

test.each([
	'',
	'   ',
	'https://',
	'ftp://example.com/kling',
	'file:///kling',
	'https://exa mple.com',
	'http://:80',
	'?',
])('the base URL %j is refused in words', (given) => {
	expect(() => baseUrlOf(custom(given))).toThrow(/is not a base URL\. Enter one such as https:/);
});

test('an unknown provider without a base URL is refused', () => {
	expect(() => baseUrlOf({ provider: 'toString' })).toThrow('is not a base URL');
});

test('a repaired base URL needs no more repair', () => {
	const path = fc.array(fc.constantFrom('kling', 'v1', 'V1', 'api', '', 'v1beta'), {
		maxLength: 4,
	});
	fc.assert(
		fc.property(fc.webAuthority({ withPort: true }), path, (host, parts) => {
			const base = baseUrlOf(custom(`https://${host}/${parts.join('/')}`));
			expect(base).not.toMatch(/\/$/);
			expect(new URL(base).host).toBe(new URL(`https://${host}`).host);
			expect(new URL(`${base}/v1/general/custom-voices`).pathname).toMatch(
				/\/v1\/general\/custom-voices$/,
			);
		}),
	);
});

test('the secrets of a credential are given without the word of the header, if they are long enough', () => {
	expect(
		secretsOf({
			provider: 'custom',
			baseUrl: 'https://api.example.com',
			apiKey: ' Bearer sk-123456 ',
			accessKey: 'AK-12345',
			secretKey: 'SK-12345',
			webhookSecret: 'whsec_abc',
		}),
	).toEqual(expect.arrayContaining(['sk-123456', 'AK-12345', 'SK-12345', 'whsec_abc']));
	expect(secretsOf({ apiKey: 'abc', accessKey: '', secretKey: 7 })).toEqual([]);
});

describe('No text shows', () => {
	const cleaned = (credentials: ICredentialDataDecryptedObject, text: string) =>
		new SecretCleaner(secretsOf(credentials)).clean(text);
	const apiKey = 'key-0123/456+789"x';

	test.each<[string, string]>([
		['as it is', apiKey],
		['as JSON writes it', JSON.stringify(apiKey)],
		['as JSON may write it', 'key-0123\\/456+789\\"x'],
		['as an address writes it', encodeURIComponent(apiKey)],
		['as an address may write it', encodeURIComponent(apiKey).toLowerCase()],
		['in base64', Buffer.from(apiKey).toString('base64')],
	])('a key %s', (_, text) => {
		expect(cleaned({ apiKey }, `The key ${text} is wrong`)).not.toContain(text.slice(2, -4));
	});

	test('a signed token of the credential', () => {
		const keys = {
			authentication: 'accessKey',
			accessKey: 'AK-12345678',
			secretKey: 'SK-12345678',
		};
		const token = authorizationOf(keys, Date.now()).replace('Bearer ', '');
		const [, payload = ''] = token.split('.');
		const text = cleaned(keys, JSON.stringify({ echo: token }));
		expect(text).not.toContain(payload);
		expect(() => JSON.parse(text) as unknown).not.toThrow();
	});
});

test.each([
	['https://api.example.com/v1/kling', 'https://api.example.com/v1/kling/general/custom-voices'],
	[
		'https://api.example.com/api/v1/kling/',
		'https://api.example.com/api/v1/kling/general/custom-voices',
	],
	['https://api.example.com/kling/v1', 'https://api.example.com/kling/v1/general/custom-voices'],
	['https://v1.example.com', 'https://v1.example.com/v1/general/custom-voices'],
	[
		'https://api.example.com/v10/kling',
		'https://api.example.com/v10/kling/v1/general/custom-voices',
	],
])('a request through the base URL %s goes to %s', (given, expected) => {
	expect(urlOf(baseUrlOf(custom(given)), '/v1/general/custom-voices')).toBe(expected);
});

test.each([
	[{ provider: 'klingGlobal' }, true],
	[{ provider: 'klingChina' }, true],
	[{ provider: 'kkiai' }, false],
	[{}, false],
	[{ provider: 'kkiai', singleAccount: true }, true],
	[custom('https://api.example.com/kling'), false],
	[{ ...custom('https://api.example.com/kling'), singleAccount: true }, true],
	[{ ...custom('https://api.example.com/kling'), singleAccount: 'yes' }, false],
	[custom('api-singapore.klingai.com/v1/'), true],
	[custom('https://api-singapore.klingai.com.example.com'), false],
])('whether %j leads to one account is %s', (credentials, expected) => {
	expect(leadsToOneAccount(credentials)).toBe(expected);
});

test('a billing model belongs to a custom gateway only', () => {
	expect(billingModelOf({ provider: 'custom', billingModel: ' kling-v2-6 ' })).toBe('kling-v2-6');
	expect(billingModelOf({ provider: 'custom', billingModel: '' })).toBeUndefined();
	expect(billingModelOf({ provider: 'kkiai', billingModel: 'kling-v2-6' })).toBeUndefined();
});
