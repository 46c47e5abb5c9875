import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { createHmac } from 'crypto';

export const CREDENTIAL = 'klingApi';

/** Each includes the vendor's prefix and excludes `/v1`. Sources: KKI AI's page on base URLs, Kling's page on authentication. */
export const BASE_URLS = {
	kkiai: 'https://www.kkiai.com/kling',
	klingGlobal: 'https://api-singapore.klingai.com',
	klingChina: 'https://api-beijing.klingai.com',
};

const KLING_HOSTS = new Set(
	[BASE_URLS.klingGlobal, BASE_URLS.klingChina].map((address) => new URL(address).host),
);

/** What stands behind a base URL. People paste the whole address of an operation from the documentation. */
export const ENDPOINT =
	/(\/v1)?\/(general\/(custom|presets)-voices|general\/delete-voices|videos\/[\w-]*(image2video|text2video|avatar|lip-sync|identify-face|omni-video)|audio\/tts|account\/costs)(\/.*)?$/i;

/** Official rule: valid from 5 s ago, to allow for clock skew, for 30 min. */
const JWT_LIFE_S = 1800;
const JWT_SKEW_S = 5;

/**
 * The address in front of `/v1/…`. A pasted trailing slash, `/v1` or missing `https://` is repaired.
 * @throws Error in words when it is not an address
 */
export function baseUrlOf(credentials: ICredentialDataDecryptedObject): string {
	const provider = text(credentials.provider) || 'kkiai';
	const given = isKnown(provider) ? BASE_URLS[provider] : text(credentials.baseUrl);
	const address = /^[a-z][a-z\d+.-]*:\/\//i.test(given) ? given : `https://${given}`;
	const usable =
		given !== '' && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
	if (!usable) {
		throw new Error(
			`"${given}" is not a base URL. Enter one such as https://www.kkiai.com/kling in the Kling API credential`,
		);
	}
	const { origin, pathname } = new URL(address);
	const path = pathname.replace(ENDPOINT, '').replace(/\/+$/, '').replace(/\/v1$/i, '');
	return origin + path.replace(/\/+$/, '');
}

/**
 * The address of a request. Where the base URL has its own `v1` in the middle, the one of the path is left out.
 * @param path from `/v1` on
 */
export const urlOf = (baseUrl: string, path: string): string =>
	baseUrl +
	(/\/v1\//i.test(`${new URL(baseUrl).pathname}/`) ? path.replace(/^\/v1(?=\/)/, '') : path);

/** The model by which a custom gateway bills what has none, if it does. */
export function billingModelOf(credentials: ICredentialDataDecryptedObject): string | undefined {
	return (credentials.provider === 'custom' && text(credentials.billingModel)) || undefined;
}

/**
 * Whether all requests reach the same Kling account: at Kling's own hosts, also where they were entered as a custom
 * base URL, and where the user says so. A gateway may have several and ask another one each time.
 */
export function leadsToOneAccount(credentials: ICredentialDataDecryptedObject): boolean {
	return credentials.singleAccount === true || isKlingHost(baseUrlOf(credentials));
}

/** Whether this is an address of Kling itself, as against a gateway. */
export const isKlingHost = (baseUrl: string): boolean => KLING_HOSTS.has(new URL(baseUrl).host);

/**
 * The value of the `Authorization` header. AccessKey and SecretKey give a token signed for this moment, so
 * that no clock or restart can leave a stale one behind.
 * @param nowMs milliseconds since the epoch
 * @throws Error in words when a key is missing
 */
export function authorizationOf(
	credentials: ICredentialDataDecryptedObject,
	nowMs: number,
): string {
	if (!hasKeyPair(credentials)) {
		// People paste the header as they see it in the documentation.
		const apiKey = text(credentials.apiKey).replace(/^Bearer\s+/i, '');
		if (apiKey === '') throw new Error('The Kling API credential has no API key');
		return `Bearer ${apiKey}`;
	}
	const accessKey = text(credentials.accessKey);
	const secretKey = text(credentials.secretKey);
	if (accessKey === '' || secretKey === '') {
		throw new Error('The Kling API credential needs both the AccessKey and the SecretKey');
	}
	return `Bearer ${signedToken(accessKey, secretKey, Math.floor(nowMs / 1000))}`;
}

/** KKI AI has no such pairs; its panel hides what another provider may have left behind. */
const hasKeyPair = (credentials: ICredentialDataDecryptedObject): boolean =>
	credentials.authentication === 'accessKey' && !isKkiai(credentials);

const isKkiai = ({ provider }: ICredentialDataDecryptedObject): boolean => provider === 'kkiai';

/** The secrets of callbacks: none at KKI AI, and two while one replaces the other. */
export const webhookSecretsOf = (credentials: ICredentialDataDecryptedObject): string[] =>
	isKkiai(credentials)
		? []
		: text(credentials.webhookSecret)
				.split(/[\s,;]+/)
				.filter((secret) => secret !== '');

/** What must never appear in a message. */
export function secretsOf(credentials: ICredentialDataDecryptedObject): string[] {
	const keys = ['apiKey', 'accessKey', 'secretKey'].map((field) => text(credentials[field]));
	const accessKey = hasKeyPair(credentials) ? text(credentials.accessKey) : '';
	return [...keys, ...text(credentials.webhookSecret).split(/[\s,;]+/)]
		.map((secret) => secret.replace(/^Bearer\s+/i, ''))
		.filter((secret) => secret.length >= 8)
		.flatMap((secret) => [...new Set(spellingsOf(secret))])
		.concat(accessKey === '' ? [] : beginningOfTokens(accessKey));
}

/** As JSON, an address and a header for a user and a password write it. */
function spellingsOf(secret: string): string[] {
	const inAddress = encodeURIComponent(secret);
	return [
		secret,
		JSON.stringify(secret).slice(1, -1),
		inAddress,
		inAddress.replace(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase()),
		Buffer.from(secret).toString('base64').replace(/=+$/, ''),
	];
}

/** A signed token is new for every request, but what it says first stays; without that, nobody takes it. */
function beginningOfTokens(accessKey: string): string {
	const begin = Buffer.from(JSON.stringify({ iss: accessKey }).slice(0, -1));
	return begin.subarray(0, begin.length - (begin.length % 3)).toString('base64url');
}

/** HS256 by hand: it is two lines over Node's HMAC, and the libraries for it need globals that n8n refuses. */
function signedToken(accessKey: string, secretKey: string, nowS: number): string {
	const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
	const signed = [
		encode({ alg: 'HS256', typ: 'JWT' }),
		encode({ iss: accessKey, exp: nowS + JWT_LIFE_S, nbf: nowS - JWT_SKEW_S }),
	].join('.');
	return `${signed}.${createHmac('sha256', secretKey).update(signed).digest('base64url')}`;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

function isKnown(provider: string): provider is keyof typeof BASE_URLS {
	return Object.hasOwn(BASE_URLS, provider);
}
