import { Webhook } from 'standardwebhooks';
import { clipOf } from '../../sandbox/kling/connection.cjs';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import type { FaultRule } from '../../sandbox/kling/server.cjs';
import { type ShownExecution, endedExecutions, onlyExecution } from '../support/e2e/executions.cjs';
import { activate, callWebhook } from '../support/e2e/activate.cjs';
import { search } from '../support/e2e/secretsSearch.cjs';
import {
	httpRequest,
	klingCredential,
	klingNode,
	klingTrigger,
	webhookNode,
} from '../support/workflows.cjs';

/** No part of these is a word that stands somewhere for another reason. */
const API_KEY = 'sk-Qm7Zr2Xw9Kd4Vt6Yb1Nc8Hs3Lf5Jg0P';
const WRONG_KEY = 'sk-Wr0ngUe8Ri4To2Pa6Sd9Fg1Hj3Kl5Zx7';
const ACCESS_KEY = 'AkBv6Nm2Qw8Er4Ty1Ui9Op3As7';
const SECRET_KEY = 'SkDf5Gh1Jk7Lz3Xc9Vb2Nm8Qw4Er6Ty0Ui';
const WRONG_SECRET = 'SkHj2Kl8Zx4Cv6Bn0Mq1We7Rt3Yu9Io5Pa';
const SIGNING_KEY = 'c2VjcmV0LW9mLXRoZS1jYWxsYmFja3MtVW5pcXVl';
const WEBHOOK_SECRET = `whsec_${SIGNING_KEY}`;
const SECRETS = [API_KEY, WRONG_KEY, ACCESS_KEY, SECRET_KEY, WRONG_SECRET, SIGNING_KEY];

/** Put where everybody may see it, to show that the search looks there. */
const MARKER = 'Marker-Zt6Hq1Wm';

let ready: Ready;
let baseUrl: string;

const saved = async (name: string, data: object) =>
	await ready.rest.saveCredential(name, 'klingApi', {
		provider: 'custom',
		authentication: 'apiKey',
		baseUrl,
		apiKey: API_KEY,
		webhookSecret: WEBHOOK_SECRET,
		...data,
	});

const pair = (secretKey: string) => ({
	authentication: 'accessKey',
	accessKey: ACCESS_KEY,
	secretKey,
	apiKey: '',
});

interface Case {
	credential?: object;
	parameters?: object;
	/** What the gateway does to the create of this voice: each quotes the key. */
	fault?: Omit<FaultRule, 'on' | 'match'>;
	/** What the user reads; without it the voice comes out. */
	says?: RegExp;
}

const createdEcho = {
	code: 0,
	data: { task_id: '1', task_status: 'submitted', note: `made with ${API_KEY}` },
};

/** By the name of the voice. */
const cases: Record<string, Case> = {
	[MARKER]: {},
	pair: { credential: pair(SECRET_KEY) },
	paused: { parameters: { waitFor: 'callback' } },
	'wrong key': { credential: { apiKey: WRONG_KEY }, says: /^The key was refused/ },
	'wrong pair': { credential: pair(WRONG_SECRET), says: /^The key was refused/ },
	'echo 400': {
		fault: { kind: 'errorBefore', code: 1201, message: `Bearer ${API_KEY} may not ${API_KEY}` },
		says: /^Kling refused a value: Bearer \*\*\* may not \*\*\* \[item 0/,
	},
	'echo 500': {
		fault: { kind: 'errorBefore', code: 5000, message: `failed for ${API_KEY}` },
		says: /failed for \*\*\*/,
	},
	'echo page': {
		fault: { kind: 'errorBefore', status: 403, body: `<html><p>Who is ${API_KEY}?</p></html>` },
		says: /^The answer is a web page or plain text.*Who is \*\*\*\?/,
	},
	'echo success': {
		fault: { kind: 'errorAfter', status: 200, body: createdEcho },
		parameters: { waitFor: 'none', simplify: false },
	},
	'echo reason': {
		fault: { kind: 'taskFails', message: `noise in ${API_KEY}` },
		says: /^Kling could not make the custom voice: noise in \*\*\*/,
	},
	'too slow': {
		parameters: { options: { timeout: 1 } },
		says: /^Not finished after 1 s/,
	},
	unreachable: {
		credential: { baseUrl: 'http://127.0.0.1:9/kling' },
		says: /^No answer from 127\.0\.0\.1:9: connection refused/,
	},
	'no host': {
		credential: { baseUrl: `https://kling.invalid/kling` },
		says: /^No answer from kling\.invalid: no host has that name/,
	},
};

/** One execution for each case, all at once. */
async function runAll(): Promise<Record<string, ShownExecution>> {
	const { sandbox, n8n } = ready;
	const runs = Object.entries(cases).map(async ([name, given], index) => {
		const { credential = {}, parameters = {}, fault } = given;
		if (fault) sandbox.addFault({ on: 'create', ...fault, match: { voice_name: name } });
		const voiceUrl = clipOf(sandbox);
		const voice = { voiceName: '={{ $json.body.name }}', voiceUrl, ...parameters };
		const path = `secret-${index}`;
		const nodes = [webhookNode(path), klingNode(voice)];
		const workflow = await activate(ready, name, nodes, await saved(name, credential));
		await callWebhook(n8n.address, path, { name });
		return [name, await onlyExecution(ready, workflow, 120_000)] as const;
	});
	return Object.fromEntries(await Promise.all(runs));
}

let seen: Record<string, ShownExecution>;

beforeAll(async () => {
	const keys = { apiKeys: [API_KEY], accessKey: ACCESS_KEY, secretKey: SECRET_KEY };
	const timing = { processingMs: 8_000, webhookSecret: WEBHOOK_SECRET };
	ready = await startReady({
		sandbox: { ...keys, ...timing },
		env: { N8N_LOG_LEVEL: 'debug' },
	});
	baseUrl = ready.sandbox.baseUrl;
	seen = await runAll();
}, 400_000);

afterAll(async () => await ready.close());

test.each(Object.entries(cases))(
	'the run "%s" gives its voice or its error, without the key',
	(name, { says }) => {
		const { status, message } = seen[name] ?? {};
		if (says) expect(message).toMatch(says);
		expect(status).toBe(says ? 'error' : 'success');
	},
);

/** A callback as a gateway sends it that has the webhook secret, with the key in its text. */
async function signedCall(path: string, taskId: string, secret: string): Promise<number> {
	const body = JSON.stringify({
		task_id: taskId,
		task_status: 'failed',
		task_status_msg: `no voice in ${API_KEY}`,
	});
	const at = new Date();
	const headers = {
		'content-type': 'application/json',
		'webhook-id': taskId,
		'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
		'webhook-signature': new Webhook(secret).sign(taskId, at, body),
	};
	return await callWebhook(ready.n8n.address, `${path}/webhook`, body, headers);
}

test('the trigger checks the signature of a callback with the webhook secret', async () => {
	const path = '0b7c2f4e-secret-verified';
	const parameters = { receive: 'callback', options: { verify: true } };
	const id = await saved('trigger', {});
	await activate(ready, 'Trigger', [klingTrigger(path, parameters)], id);
	expect(await signedCall(path, '1', `whsec_${btoa('another secret')}`)).toBe(401);
	// Believed, so the task that the API does not show yet may still come.
	expect(await signedCall(path, '1', WEBHOOK_SECRET)).toBe(503);
});

/** n8n's own node with this package's credential, as the README shows it. */
const requestWithCredential = (url: string) =>
	httpRequest(
		'HTTP Request',
		{ url, authentication: 'predefinedCredentialType', nodeCredentialType: 'klingApi' },
		{ credentials: klingCredential() },
	);

test("n8n's HTTP Request node fails with a wrong key and at an unknown path", async () => {
	for (const [name, credential, path] of [
		['refused', { apiKey: WRONG_KEY }, '1'],
		['not there', pair(SECRET_KEY), 'nowhere'],
	] as const) {
		const url = `${baseUrl}/v1/general/custom-voices/${path}`;
		const nodes = [webhookNode(`http-${path}`), requestWithCredential(url)];
		const workflow = await activate(ready, name, nodes, await saved(name, credential));
		await callWebhook(ready.n8n.address, `http-${path}`, {});
		expect((await onlyExecution(ready, workflow)).status).toBe('error');
	}
});

describe('A search in everything that n8n keeps', () => {
	test('finds a marker in executions, in the database, in files and in the log', async () => {
		const { [MARKER]: found } = await search(ready, [MARKER]);
		expect(found).toContain(`execution ${seen[MARKER]?.id ?? ''}`);
		expect(found).toContain('database execution_data');
		expect(found).toContain('log n8n');
		expect(found?.some((place) => place.startsWith('file '))).toBe(true);
	});

	test('finds no key, no secret and no signed token', async () => {
		const headers = ready.sandbox.requests.map((request) => String(request.headers.authorization));
		const tokens = headers
			.map((text) => text.replace('Bearer ', ''))
			.filter((text) => text.startsWith('eyJ'));
		expect(tokens.length).toBeGreaterThan(0);
		const found = await search(ready, [...SECRETS, ...new Set(tokens)]);
		expect(Object.entries(found).filter(([, where]) => where.length > 0)).toEqual([]);
	});

	test('finds no key of a callback that started a workflow with Verify off', async () => {
		const path = '0b7c2f4e-secret-believed';
		const parameters = { receive: 'callback', options: { verify: false } };
		const id = await saved('believing trigger', {});
		const workflow = await activate(ready, 'Believing', [klingTrigger(path, parameters)], id);
		expect(await signedCall(path, '2', WEBHOOK_SECRET)).toBe(200);
		await endedExecutions(ready, workflow);
		expect((await search(ready, [API_KEY]))[API_KEY]).toEqual([]);
	});
});
