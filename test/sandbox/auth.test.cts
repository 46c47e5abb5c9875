import { SignJWT } from 'jose';
import { Client, VOICES, closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

const now = () => Math.floor(Date.now() / 1000);

interface Token {
	iss?: string;
	exp?: number;
	nbf?: number;
	secret?: string;
}

async function jwt({ iss, exp, nbf, secret }: Token = {}): Promise<string> {
	const token = new SignJWT({ iss: iss ?? 'sandbox-access' })
		.setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
		.setExpirationTime(exp ?? now() + 1800)
		.setNotBefore(nbf ?? now() - 5);
	const key = new TextEncoder().encode(secret ?? 'sandbox-secret-sandbox-secret-0123');
	return `Bearer ${await token.sign(key)}`;
}

describe.each(['/kling', ''])('The sandbox with the prefix "%s"', (prefix) => {
	it('accepts its keys and a fresh JWT', async () => {
		const { sandbox } = await open({ prefix, apiKeys: ['one', 'two'] });
		for (const authorization of ['Bearer one', 'Bearer two', await jwt()]) {
			expect((await new Client(sandbox, authorization).list()).status).toBe(200);
		}
	});

	it.each<[string, Token, number]>([
		['an expired JWT', { exp: -1 }, 1004],
		['a JWT that is not valid yet', { nbf: 60 }, 1003],
		['a JWT of another account', { iss: 'somebody' }, 1002],
		['a JWT with a wrong signature', { secret: 'x'.repeat(34) }, 1002],
	])('refuses %s', async (_what, { exp, nbf, ...token }, code) => {
		const { sandbox } = await open({ prefix });
		const times = {
			...(exp === undefined ? {} : { exp: now() + exp }),
			...(nbf === undefined ? {} : { nbf: now() + nbf }),
		};
		const reply = await new Client(sandbox, await jwt({ ...token, ...times })).list();
		expect([reply.status, reply.json.code]).toEqual([401, code]);
	});

	it('refuses a JWT without exp and nbf', async () => {
		const { sandbox } = await open({ prefix });
		const bare = await new SignJWT({ iss: 'sandbox-access' })
			.setProtectedHeader({ alg: 'HS256' })
			.sign(new TextEncoder().encode('sandbox-secret-sandbox-secret-0123'));
		expect((await new Client(sandbox, `Bearer ${bare}`).list()).json.code).toBe(1002);
	});
});

it('the sandbox as a gateway answers a wrong key in the words of New-API', async () => {
	const { sandbox } = await open();
	for (const authorization of ['Bearer wrong', 'sandbox-key', null]) {
		const { status, json } = await new Client(sandbox, authorization).list();
		expect(status).toBe(401);
		expect(json).toEqual({
			error: {
				message: expect.stringContaining('request id') as unknown,
				type: 'new_api_error',
				code: '',
			},
		});
	}
});

it('the sandbox as Kling answers a wrong key in the words of Kling', async () => {
	const { sandbox } = await open({ prefix: '' });
	const wrong = await new Client(sandbox, 'Bearer wrong').list();
	expect([wrong.status, wrong.json.code]).toEqual([401, 1002]);
	expect(wrong.json.message).toContain('3 parts');
	const none = await new Client(sandbox, null).list();
	expect([none.status, none.json.code]).toEqual([401, 1001]);
});

it('the sandbox makes no task for a wrong key', async () => {
	const { sandbox } = await open();
	await new Client(sandbox, 'Bearer wrong').create();
	expect(sandbox.tasks).toHaveLength(0);
});

describe('The usage of a key at the sandbox', () => {
	const path = '/api/usage/token/';
	const ask = async (authorization: string | null, options = {}) => {
		const client = new Client((await open(options)).sandbox, authorization);
		return await client.send('GET', client.sandbox.origin + path);
	};

	it('is answered for a known key', async () => {
		const { status, json } = await ask('Bearer sandbox-key');
		expect(status).toBe(200);
		expect(json).toMatchObject({ code: true, data: { object: 'token_usage', expires_at: 0 } });
	});

	it('is refused with HTTP 200 for a wrong key and 401 without one', async () => {
		const wrong = await ask('Bearer wrong');
		expect(wrong.status).toBe(200);
		expect(wrong.json).toEqual({ success: false, message: 'token not found' });
		const none = await ask(null);
		expect(none.status).toBe(401);
		expect(none.json).toEqual({ success: false, message: 'No Authorization header' });
	});

	it('is redirected to when the trailing slash is missing', async () => {
		const client = await open();
		const url = client.sandbox.origin + path.slice(0, -1);
		const { status, headers } = await client.http.get<string>(url, { maxRedirects: 0 });
		expect([status, headers.location]).toEqual([301, path]);
	});

	it('is not offered by the official API, nor by a gateway without it', async () => {
		expect((await ask('Bearer sandbox-key', { prefix: '' })).status).toBe(404);
		expect((await ask('Bearer sandbox-key', { routes: { usage: false } })).status).toBe(404);
	});
});

it('the sandbox gives the costs of a period in an envelope inside an envelope', async () => {
	const client = await open({ prefix: '' });
	expect((await client.send('GET', '/account/costs')).json.code).toBe(1201);
	const period = `start_time=${Date.now() - 100 * 86_400_000}&end_time=${Date.now()}`;
	const { json } = await client.send('GET', `/account/costs?${period}`);
	expect(json).toMatchObject({ code: 0, data: { code: 0, msg: 'success' } });
	expect(json.data).toHaveProperty('resource_pack_subscribe_infos.0.status', 'online');
});

it.each(['get', 'list', 'presets', 'delete'] as const)(
	'the sandbox without the route %s answers 404 with "Invalid URL"',
	async (name) => {
		const client = await open({ routes: { [name]: false } });
		const id = (await client.create()).json.data.task_id;
		const paths = {
			get: `${VOICES}/${id}`,
			list: VOICES,
			presets: '/v1/general/presets-voices',
			delete: '/v1/general/delete-voices',
		};
		const method = name === 'delete' ? 'POST' : 'GET';
		const { status, json } = await client.send(method, paths[name]);
		expect(status).toBe(404);
		expect(json.error.message).toBe(`Invalid URL (${method} /kling${paths[name]})`);
	},
);

it('the sandbox may find tasks by their task IDs only', async () => {
	const client = await open({ routes: { findByExternalId: false } });
	const id = (await client.create({ external_task_id: 'mine' })).json.data.task_id;
	expect((await client.get(id)).status).toBe(200);
	const { status, json } = await client.get('mine');
	expect([status, json.code]).toEqual([400, 'task_not_exist']);
});
