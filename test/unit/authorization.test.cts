import { NodeHelpers, type ICredentialDataDecryptedObject } from 'n8n-workflow';
import fc from 'fast-check';
import { jwtVerify } from 'jose';
import { KlingApi } from '../../credentials/KlingApi.credentials';
import { authorizationOf } from '../../nodes/Kling/api/gateway';

const NOW_MS = 1_781_080_778_999;
const NOW_S = 1_781_080_778;
const keyPair = (accessKey: string, secretKey: string) => ({
	authentication: 'accessKey',
	accessKey,
	secretKey,
	apiKey: 'sk-not-this-one',
});

/** Verified by a library that shares no code with ours. */
async function verified(credentials: ICredentialDataDecryptedObject, secret: string) {
	const [scheme, token = '', ...rest] = authorizationOf(credentials, NOW_MS).split(' ');
	expect([scheme, rest]).toEqual(['Bearer', []]);
	return await jwtVerify(token, new TextEncoder().encode(secret), {
		algorithms: ['HS256'],
		currentDate: new Date(NOW_MS),
	});
}

describe('Authorization by API key', () => {
	test.each([
		['sk-123', 'Bearer sk-123'],
		['  sk-123\n', 'Bearer sk-123'],
		['Bearer sk-123', 'Bearer sk-123'],
		['bearer   sk-123 ', 'Bearer sk-123'],
		['Bearersk-123', 'Bearer Bearersk-123'],
	])('sends the key %j as %s', (apiKey, expected) => {
		expect(authorizationOf({ authentication: 'apiKey', apiKey }, NOW_MS)).toBe(expected);
		expect(authorizationOf({ apiKey, accessKey: 'a', secretKey: 'b' }, NOW_MS)).toBe(expected);
	});

	test.each<ICredentialDataDecryptedObject>([{}, { apiKey: '' }, { apiKey: '  ' }, { apiKey: 7 }])(
		'refuses the credential %j in words',
		(fields) => {
			expect(() => authorizationOf(fields, NOW_MS)).toThrow(
				'The Kling API credential has no API key',
			);
		},
	);
});

describe('Authorization by AccessKey and SecretKey', () => {
	test('signs header and claims as Kling documents them', async () => {
		const { payload, protectedHeader } = await verified(keyPair('AK-1', 's3cret'), 's3cret');
		expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
		expect(payload).toEqual({ iss: 'AK-1', exp: NOW_S + 1800, nbf: NOW_S - 5 });
	});

	test('makes a token that is valid from 5 s before to 30 min after, with this secret only', async () => {
		const [, token = ''] = authorizationOf(keyPair('AK-1', 's3cret'), NOW_MS).split(' ');
		const at = async (seconds: number, secret = 's3cret') =>
			await jwtVerify(token, new TextEncoder().encode(secret), {
				currentDate: new Date(seconds * 1000),
			});
		await expect(at(NOW_S - 5)).resolves.toBeDefined();
		await expect(at(NOW_S + 1799)).resolves.toBeDefined();
		await expect(at(NOW_S - 6)).rejects.toThrow('nbf');
		await expect(at(NOW_S + 1800)).rejects.toThrow('exp');
		await expect(at(NOW_S, 's3cret2')).rejects.toThrow('signature');
	});

	test('makes a valid token from any keys', async () => {
		const key = fc
			.oneof(
				fc.string({ minLength: 1 }),
				fc.string({ unit: 'grapheme', minLength: 1, maxLength: 500 }),
				fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
				fc.constantFrom('密钥', '🎙️key', 'a'.repeat(4096)),
			)
			.map((text) => text.trim())
			.filter((text) => text !== '');
		await fc.assert(
			fc.asyncProperty(key, key, async (accessKey, secretKey) => {
				const { payload } = await verified(keyPair(` ${accessKey} `, `${secretKey}\n`), secretKey);
				expect(payload.iss).toBe(accessKey);
			}),
			{ numRuns: 300 },
		);
	});

	test.each([
		['', 's3cret'],
		['AK-1', ''],
		[' ', 's3cret'],
		['', ''],
	])('refuses the AccessKey %j with the SecretKey %j in words', (accessKey, secretKey) => {
		expect(() => authorizationOf(keyPair(accessKey, secretKey), NOW_MS)).toThrow(
			'needs both the AccessKey and the SecretKey',
		);
	});
});

describe('The credential Kling API', () => {
	const credential = new KlingApi();

	test('adds its header, and changes nothing else in the request', async () => {
		const request = {
			url: 'https://x.example.com',
			headers: { Accept: 'a', Authorization: 'old' },
		};
		const signed = await credential.authenticate({ apiKey: 'sk-1' }, request);
		expect(signed).toEqual({ ...request, headers: { Accept: 'a', Authorization: 'Bearer sk-1' } });
		expect(request.headers.Authorization).toBe('old');
	});

	test('signs every request afresh', async () => {
		const signed = await credential.authenticate(keyPair('AK-1', 's3cret'), { url: '' });
		const [, token = ''] = String(signed.headers?.Authorization).split(' ');
		const { payload } = await jwtVerify(token, new TextEncoder().encode('s3cret'));
		expect(Math.abs(Number(payload.nbf) + 5 - Date.now() / 1000)).toBeLessThan(30);
	});

	test('shows for KKI AI only what KKI AI needs, and every field once', () => {
		const shownFor = (provider: string, authentication: string) =>
			credential.properties
				.filter((property) =>
					NodeHelpers.displayParameter({ provider, authentication }, property, null, null),
				)
				.filter(({ type }) => type !== 'notice')
				.map(({ name }) => name);
		// What was chosen for another provider is still stored.
		expect(shownFor('kkiai', 'accessKey')).toEqual(['provider', 'apiKey', 'singleAccount']);
		expect(shownFor('klingGlobal', 'apiKey')).toEqual([
			'provider',
			'authentication',
			'apiKey',
			'webhookSecret',
		]);
	});

	test('says for each provider where its key comes from', () => {
		for (const provider of ['custom', 'kkiai', 'klingChina', 'klingGlobal']) {
			const notices = credential.properties.filter(
				(property) =>
					property.type === 'notice' &&
					NodeHelpers.displayParameter({ provider }, property, null, null),
			);
			expect(notices).toHaveLength(1);
		}
	});

	test('sends the API key of KKI AI although a key pair was chosen for another provider', async () => {
		const left = { provider: 'kkiai', authentication: 'accessKey', apiKey: 'sk-1' };
		const { headers } = await credential.authenticate(left, { url: '' });
		expect(headers).toEqual({ Authorization: 'Bearer sk-1' });
	});

	test('hides its secrets while they are typed', () => {
		const hidden = credential.properties.filter(({ typeOptions }) => typeOptions?.password);
		expect(hidden.map(({ name }) => name)).toEqual([
			'apiKey',
			'apiKey',
			'secretKey',
			'webhookSecret',
		]);
	});
});
