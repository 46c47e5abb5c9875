import { setTimeout as sleep } from 'node:timers/promises';
import { type Ready, startReady } from '../../sandbox/n8n/process/ready.cjs';
import { until } from '../../sandbox/n8n/client/rest.cjs';
import { clipOf, credentialsFor } from '../../sandbox/kling/connection.cjs';
import { endedExecutions, onlyExecution, untilStatus } from '../support/e2e/executions.cjs';
import { activate, callWebhook } from '../support/e2e/activate.cjs';
import { type ClosableProxy, startClosableProxy } from '../support/e2e/closableProxy.cjs';
import { type Authority, startAuthority } from '../support/e2e/certificateAuthority.cjs';
import { klingNode, webhookNode } from '../support/workflows.cjs';

let ready: Ready;
let authority: Authority;

beforeAll(async () => {
	authority = startAuthority();
	const env = { NODE_EXTRA_CA_CERTS: authority.file };
	ready = await startReady({ sandbox: { processingMs: 5_000 }, env });
}, 300_000);

afterAll(async () => {
	await ready.close();
	authority.close();
});

const credentialFor = async (baseUrl: string) =>
	await ready.rest.saveCredential(`Kling at ${baseUrl}`, 'klingApi', {
		...credentialsFor(ready.sandbox),
		baseUrl,
	});

const voice = (more = {}) => ({
	voiceName: '={{ $json.body.name }}',
	voiceUrl: clipOf(ready.sandbox),
	...more,
});

const tasksNamed = (wanted: string) =>
	ready.sandbox.tasks.filter(({ voice_name: name }) => name === wanted);

const CHECK = 'Check the base URL of the Kling API credential and the network of the n8n instance.';
const AGAIN =
	'Try again later. Retry On Fail looks for the task by its external task ID before it sends anything again.';

describe('A create at an address that cannot be reached', () => {
	/** Creates one voice there; the port is left out, as it differs each time. */
	async function triedAt(path: string, origin: string) {
		const id = await credentialFor(`${origin}/kling`);
		const workflow = await activate(ready, path, [webhookNode(path), klingNode(voice())], id);
		await callWebhook(ready.n8n.address, path, { name: path });
		const { status, message, description } = await onlyExecution(ready, workflow);
		return { status, message: message?.replace(/:\d+/, ''), description };
	}

	test.each([
		['self-signed', { own: true }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
		['expired', { days: -1 }, 'CERT_HAS_EXPIRED'],
		['other-host', { host: 'other.example' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
	])(
		'fails at once with the cause when the certificate is bad (%s)',
		async (path, certificate, code) => {
			expect(await triedAt(path, await authority.serve(certificate))).toEqual({
				status: 'error',
				message: 'No answer from localhost: its certificate cannot be trusted [item 0]',
				description: `${CHECK} (code ${code})`,
			});
		},
	);

	test('reaches the server when n8n trusts the authority of its certificate', async () => {
		const { message } = await triedAt('trusted', await authority.serve({}));
		expect(message).toMatch(/^The key was refused/);
	});

	test('fails with the cause when the host does not exist', async () => {
		expect(await triedAt('dns', 'https://kling.invalid')).toEqual({
			status: 'error',
			message: 'No answer from kling.invalid: no host has that name [item 0]',
			description: `${CHECK} ${AGAIN} (code ENOTFOUND)`,
		});
	});

	test('fails with the cause when the server of an https:// address speaks http://', async () => {
		const origin = ready.sandbox.origin.replace('http://127.0.0.1', 'https://localhost');
		expect(await triedAt('no-tls', origin)).toEqual({
			status: 'error',
			message:
				'No answer from localhost: a secure connection could not be made; the server may only use http:// [item 0]',
			description: `${CHECK} ${AGAIN} (code EPROTO)`,
		});
	});
});

describe('A minute without a connection to Kling', () => {
	const ids: Record<string, string> = {};
	let proxy: ClosableProxy;

	beforeAll(async () => {
		const { sandbox, n8n } = ready;
		proxy = await startClosableProxy(sandbox.origin);
		const id = await credentialFor(`${proxy.origin}/kling`);
		const add = async (path: string, parameters = {}, more = {}) => {
			const nodes = [webhookNode(path), klingNode(voice(parameters), more)];
			ids[path] = await activate(ready, path, nodes, id);
		};
		await add('polled');
		await add('paused', { waitFor: 'callback' });
		await add('cut', { options: { externalTaskId: '={{ $json.body.id }}' } });
		await add('created');
		await add('repeated', {}, { retryOnFail: true, maxTries: 5, waitBetweenTries: 5_000 });
		await callWebhook(n8n.address, 'polled', { name: 'polled' });
		await callWebhook(n8n.address, 'paused', { name: 'paused' });
		await untilStatus(ready, ids.paused ?? '', 'waiting');
		sandbox.options.createMs = 2_000;
		await callWebhook(n8n.address, 'cut', { name: 'cut', id: 'order-7' });
		await until('a create under way', () => tasksNamed('cut')[0]);
		await proxy.shut();
		sandbox.options.createMs = 0;
		const minute = sleep(60_000);
		await callWebhook(n8n.address, 'created', { name: 'created' });
		await callWebhook(n8n.address, 'repeated', { name: 'repeated' });
		await minute;
		await proxy.open();
	}, 180_000);

	afterAll(async () => await proxy.shut());

	test('delays a voice that is polled', async () => {
		const { status, items } = await onlyExecution(ready, ids.polled ?? '');
		expect({ status, items }).toMatchObject({
			status: 'success',
			items: [{ voice_name: 'polled', task_status: 'succeed' }],
		});
	});

	test('delays the end of a pause whose callback came meanwhile', async () => {
		const { status, items } = await onlyExecution(ready, ids.paused ?? '', 90_000);
		expect({ status, items }).toMatchObject({
			status: 'success',
			items: [{ voice_name: 'paused', task_status: 'succeed' }],
		});
		expect(items[0]).not.toHaveProperty('timed_out');
	}, 120_000);

	test('fails a create after five attempts', async () => {
		const { status, message, description } = await onlyExecution(ready, ids.created ?? '');
		expect({ status, message, description }).toEqual({
			status: 'error',
			message: 'No answer from 127.0.0.1: connection refused [item 0]'.replace(
				'127.0.0.1',
				new URL(proxy.origin).host,
			),
			description: `${CHECK} ${AGAIN} (code ECONNREFUSED)`,
		});
		expect(tasksNamed('created')).toEqual([]);
	});

	test('delays a create with Retry On Fail, which then makes one voice', async () => {
		const { status, items } = await onlyExecution(ready, ids.repeated ?? '', 60_000);
		expect({ status, items }).toMatchObject({
			status: 'success',
			items: [{ voice_name: 'repeated', task_status: 'succeed' }],
		});
		expect(tasksNamed('repeated')).toHaveLength(1);
	}, 90_000);

	test('fails a create whose answer was cut off, and a run with the same external ID finds its task', async () => {
		const { status, message, description } = await onlyExecution(ready, ids.cut ?? '');
		expect({ status, message }).toEqual({
			status: 'error',
			message: `No answer from ${new URL(proxy.origin).host}: the connection was closed before an answer came [item 0, external task order-7]`,
		});
		expect(description).toContain(
			'The task may exist although the answer was lost. Look for external task ID order-7 with Get. If you know that nothing was made, change External Task ID and run again.',
		);
		await callWebhook(ready.n8n.address, 'cut', { name: 'cut', id: 'order-7' });
		const [again] = await endedExecutions(ready, ids.cut ?? '', 2);
		const [task, ...others] = tasksNamed('cut');
		expect(others).toEqual([]);
		expect(again).toMatchObject({ status: 'success', items: [{ task_id: task?.task_id }] });
	}, 60_000);
});
