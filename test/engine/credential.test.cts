import { jwtVerify } from 'jose';

import { runCredentialTest, runCredentialTestAt } from '../../sandbox/engine/index.cjs';
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
import { startOddServer } from '../support/engine/oddServer.cjs';

const verdict = async (credentials: Record<string, string>) =>
	(await runCredentialTest(credentials)).message;

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
		const good = await runCredentialTestAt(fields(), usage);
		expect(good).toEqual({ status: 'OK', message: 'Connection successful!' });
		const bad = await runCredentialTestAt({ ...fields(), apiKey: 'sk-wrong' }, usage);
		expect(bad).toMatchObject({
			status: 'Error',
			message: expect.stringContaining('The key was refused') as string,
		});
		expect(sandboxOf().requests.map(({ status }) => status)).toEqual([200, 200]);
	});

	it.each([301, 302, 303, 307, 308])(
		'fails on HTTP %s to another host, names it, and keeps the key from it',
		async (status) => {
			const other = await startOddServer((_request, response) => response.end('{"code":0}'));
			const target = `${other.origin}/kling`;
			const first = await startOddServer((request, response) => {
				const location = `${target}${String(request.url).slice('/old'.length)}&secret=1`;
				response.writeHead(status, { location }).end();
			});
			const said = await runCredentialTest({ ...fields(), baseUrl: `${first.origin}/old` });
			await Promise.all([other.close(), first.close()]);
			expect(said.status).toBe('Error');
			expect(said.message).toContain(`redirects to ${target}. The key was not sent there`);
			expect(said.message).not.toContain('secret');
			expect(other.requests).toEqual([]);
		},
	);
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
