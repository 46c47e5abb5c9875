import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { clipOf, credentialsFor, photoOf } from './kling/connection.cjs';
import { startSandbox, type Sandbox } from './kling/server.cjs';

/** Who makes voice and video, and from what. */
export interface DemoTarget {
	name: string;
	credentials: ICredentialDataDecryptedObject;
	voiceUrl: string;
	imageUrl: string;
	/** Only when nobody else is asked. */
	sandbox?: Sandbox;
}

const environment = (name: string) => process.env[name]?.trim() ?? '';

const secretNames = ['KLING_API_KEY', 'KLING_ACCESS_KEY', 'KLING_SECRET_KEY'];
const addressNames = ['KLING_BASE_URL', 'KLING_VOICE_URL', 'KLING_IMAGE_URL'];

/** The node's messages never carry a key; this holds even for what a gateway may echo. */
export function say(text: string): void {
	const secrets = secretNames.map(environment).filter((secret) => secret !== '');
	console.log(secrets.reduce((safe, secret) => safe.replaceAll(secret, '(key)'), text));
}

/** @throws an Error that says which environment variable is missing or wrong */
export async function findTarget(): Promise<DemoTarget> {
	const isGiven = [...addressNames, ...secretNames].some((name) => environment(name) !== '');
	return isGiven ? gateway() : await ownSandbox();
}

async function ownSandbox(): Promise<DemoTarget> {
	const sandbox = await startSandbox({ submittedMs: 500, processingMs: 2_000 });
	return {
		name: `the sandbox at ${sandbox.baseUrl}`,
		credentials: credentialsFor(sandbox),
		voiceUrl: clipOf(sandbox),
		imageUrl: photoOf(sandbox),
		sandbox,
	};
}

function gateway(): DemoTarget {
	const baseUrl = environment('KLING_BASE_URL');
	if (!URL.canParse(baseUrl)) {
		throw new Error(
			'KLING_BASE_URL must be the address of the gateway, e.g. https://www.kkiai.com/kling',
		);
	}
	const host = new URL(baseUrl);
	return {
		name: `the gateway at ${baseUrl}`,
		credentials: { provider: 'custom', baseUrl, ...keysFromEnvironment() },
		voiceUrl: given(
			host,
			'KLING_VOICE_URL',
			clipOf,
			'a clip: one clean human voice, 5 to 30 seconds, .mp3, .wav, .mp4 or .mov',
		),
		imageUrl: given(host, 'KLING_IMAGE_URL', photoOf, 'a photo of a person, .jpg or .png'),
	};
}

function keysFromEnvironment(): Record<string, string> {
	const [apiKey, accessKey, secretKey] = secretNames.map(environment);
	if (apiKey) return { authentication: 'apiKey', apiKey };
	if (accessKey && secretKey) return { authentication: 'accessKey', accessKey, secretKey };
	throw new Error('Set KLING_API_KEY as well, or both KLING_ACCESS_KEY and KLING_SECRET_KEY');
}

/** A gateway on this machine is taken for `npm run sandbox`, which has its own files; any other needs public ones. */
function given(
	{ hostname, origin }: URL,
	name: string,
	ofSandbox: (sandbox: { origin: string }) => string,
	what: string,
): string {
	const address = environment(name);
	if (address !== '') return address;
	if (hostname === '127.0.0.1' || hostname === 'localhost') return ofSandbox({ origin });
	throw new Error(`Set ${name} to the public address of ${what}`);
}
