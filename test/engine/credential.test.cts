import type { ICredentialTestRequest, ICredentialType } from 'n8n-workflow';
import { jwtVerify } from 'jose';
import get from 'lodash/get';

import { klingApi } from '../../sandbox/engine/nodeTypes.cjs';
import { sendCredentialTest } from '../../sandbox/engine/index.cjs';
import {
	CLIP,
	credentialsFor,
	errorOf,
	requestCounts,
	rowsOf,
	runKling,
	startSandbox,
	useSandbox,
} from '../support/engine/kling.cjs';

const { test: credentialTest } = klingApi as ICredentialType & { test: ICredentialTestRequest };

interface Refused {
	cause?: { response?: { status?: number } };
	/** Where n8n 1.x keeps the status. */
	httpCode?: string;
}

/** Judges the answer as n8n does: by status when it failed, else by the first rule that fits the body. */
async function verdict(
	credentials: Record<string, string>,
	url = credentialTest.request.url,
): Promise<string> {
	const rules = credentialTest.rules ?? [];
	try {
		const json = await sendCredentialTest(credentials, { ...credentialTest.request, url });
		const hit = rules.find(
			(rule) =>
				rule.type === 'responseSuccessBody' &&
				get(json, rule.properties.key) === rule.properties.value,
		);
		return hit?.properties.message ?? 'Connection successful!';
	} catch (error) {
		const { cause, httpCode } = error as Refused;
		const status = cause?.response?.status ?? Number(httpCode);
		const hit = rules.find(
			(rule) => rule.type === 'responseCode' && rule.properties.value === status,
		);
		return hit?.properties.message ?? String(error);
	}
}

const sandboxOf = useSandbox();
const fields = () => credentialsFor(sandboxOf()) as Record<string, string>;

describe('The test of the credential', () => {
	it('accepts a good key of a custom gateway, with one read that costs nothing', async () => {
		expect(await verdict(fields())).toBe('Connection successful!');
		expect(requestCounts(sandboxOf())).toEqual({ presets: 1 });
	});

	it.each(['/', '/v1', '/v1/', '//'])('accepts a base URL that ends with "%s"', async (tail) => {
		const credentials = { ...fields(), baseUrl: ` ${sandboxOf().baseUrl}${tail} ` };
		expect(await verdict(credentials)).toBe('Connection successful!');
		await rowsOf(sandboxOf(), {
			parameters: { voiceName: 'A', voiceUrl: CLIP, waitFor: 'none' },
			credentials,
		});
	});

	it.each([
		['a wrong key', { apiKey: 'sk-wrong' }, 'The key was refused'],
		['a wrong path', { baseUrl: 'origin/elsewhere' }, 'no Kling API'],
		['no key', { apiKey: '' }, 'has no API key'],
	])('names the problem: %s', async (_name, wrong, words) => {
		const credentials: Record<string, string> = { ...fields(), ...wrong };
		credentials.baseUrl = credentials.baseUrl?.replace('origin', sandboxOf().origin) ?? '';
		expect(await verdict(credentials)).toContain(words);
	});

	it('refuses a web page that is answered with 200', async () => {
		sandboxOf().addFault({ on: 'presets', kind: 'errorBefore', error: 'spaPage' });
		expect(await verdict(fields())).toContain('web page');
	});

	it('asks KKI AI about the key itself, and refuses a wrong key that is answered with 200', async () => {
		const usage = `${sandboxOf().origin}/api/usage/token/`;
		expect(await verdict(fields(), usage)).toBe('Connection successful!');
		expect(await verdict({ ...fields(), apiKey: 'sk-wrong' }, usage)).toContain(
			'The key was refused',
		);
		expect(sandboxOf().requests.map(({ status }) => status)).toEqual([200, 200]);
	});
});

describe('A credential with AccessKey and SecretKey', () => {
	const pair = () => ({
		...fields(),
		authentication: 'accessKey',
		accessKey: 'sandbox-access',
		secretKey: 'sandbox-secret-sandbox-secret-0123',
	});

	it('signs every request with a token that an independent library accepts', async () => {
		const sandbox = await startSandbox({ prefix: '', fetchClips: false });
		const credentials = { ...pair(), baseUrl: sandbox.baseUrl };
		expect(await verdict(credentials)).toBe('Connection successful!');
		await rowsOf(sandbox, {
			parameters: { voiceName: 'A', voiceUrl: CLIP, waitFor: 'none' },
			credentials,
		});
		const token = String(sandbox.requests.at(-1)?.headers.authorization).replace('Bearer ', '');
		const secret = new TextEncoder().encode(credentials.secretKey);
		const { payload, protectedHeader } = await jwtVerify(token, secret, { algorithms: ['HS256'] });
		expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
		expect(payload.iss).toBe('sandbox-access');
		expect((payload.exp ?? 0) - (payload.nbf ?? 0)).toBe(1805);
		await sandbox.close();
	});

	it('fails in words when the SecretKey is wrong, without showing it', async () => {
		const credentials = { ...pair(), secretKey: 'another-secret-0123456789-0123456789' };
		expect(await verdict(credentials)).toContain('The key was refused');
		const run = await runKling(sandboxOf(), {
			parameters: { voiceName: 'A', voiceUrl: CLIP },
			credentials,
		});
		expect(errorOf(run)).toContain('key was refused');
		expect(JSON.stringify(run)).not.toContain('another-secret');
	});
});
