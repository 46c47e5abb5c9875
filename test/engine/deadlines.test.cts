import type { IncomingMessage, ServerResponse } from 'node:http';

import type { IDataObject } from 'n8n-workflow';

import { pickerContext, runCredentialTest, startWorkflow } from '../../sandbox/engine/index.cjs';
import { VOICE, errorOf, outputOf, workflowOf } from '../support/engine/kling.cjs';
import {
	credentialsAt,
	sendJson,
	startOddServer,
	taskAnswer,
	trickle,
	type OddServer,
} from '../support/engine/oddServer.cjs';

let server: OddServer | undefined;
afterEach(async () => {
	await server?.close();
	server = undefined;
});

async function run(parameters: IDataObject, ...[answer]: Parameters<typeof startOddServer>) {
	server = await startOddServer(answer);
	const startedAt = Date.now();
	const result = await startWorkflow(workflowOf(parameters), {
		credentials: credentialsAt(server.origin),
		pinData: { Items: [{}] },
	}).finished;
	const lines = server.requests.map(({ line }) => line.split(' ')[0]);
	return {
		error: errorOf(result),
		rows: outputOf(result, 'Kling').map(({ json }) => json),
		ms: Date.now() - startedAt,
		posts: lines.filter((line) => line === 'POST').length,
		gets: lines.filter((line) => line === 'GET').length,
	};
}

const isPost = ({ method }: IncomingMessage) => method === 'POST';

const comeBackIn = (seconds: number, code: number) => (response: ServerResponse) => {
	response.setHeader('retry-after', String(seconds));
	sendJson(response, { code, message: 'later' }, code === 5001 ? 503 : 429);
};

const SLOW: [string, (response: ServerResponse) => void][] = [
	['a byte every half second', trickle],
	['a request to come back in 30 seconds', comeBackIn(30, 1302)],
	['maintenance for 30 seconds', comeBackIn(30, 5001)],
	['nothing', () => undefined],
];

const QUICK = { options: { timeout: 5 } };
const GET = { operation: 'get', voice: '7001', options: { waitUntilFinished: true, timeout: 5 } };

describe('A timeout of 5 s ends', () => {
	it.each(SLOW)('a Get that waits and is answered with %s', async (_, answer) => {
		const { error, ms } = await run(GET, (_request, response) => answer(response));
		expect(error).toContain('Not finished after 5 s');
		expect(error).toContain('7001');
		expect(ms).toBeLessThan(7_500);
	});

	it.each([SLOW[1], SLOW[2]] as typeof SLOW)(
		'a create that is answered with %s',
		async (_, answer) => {
			const made = await run({ ...VOICE, ...QUICK }, (_request, response) => answer(response));
			expect(made.error).toContain('later');
			expect(made.ms).toBeLessThan(7_500);
		},
	);

	it.each(SLOW)('the looks for a task without a name, answered with %s', async (_, answer) => {
		const made = await run({ ...VOICE, ...QUICK }, (request, response) => {
			if (isPost(request)) sendJson(response, { code: 0 });
			else answer(response);
		});
		expect(made.rows[0]?.hint).toContain('returned no task ID');
		expect(made.posts).toBe(1);
		expect(made.ms).toBeLessThan(9_000);
	});

	it('a look that is answered with another task and then slowly', async () => {
		const made = await run({ ...VOICE, ...QUICK }, (request, response, count) => {
			if (isPost(request)) sendJson(response, taskAnswer('submitted'));
			else if (count === 1) sendJson(response, { code: 0, data: { task_id: '8' } });
			else trickle(response);
		});
		expect(made.error).toContain('Not finished after 5 s');
		expect(made.ms).toBeLessThan(7_500);
	});
});

describe.each(SLOW.slice(0, 3))('An API that answers with %s', (_, answer) => {
	it('keeps no picker waiting for more than 20 s', async () => {
		server = await startOddServer((_request, response) => answer(response));
		const credentials = credentialsAt(server.origin);
		const file = workflowOf({ operation: 'delete' });
		const { context, node } = pickerContext(file, 'Kling', credentials);
		const startedAt = Date.now();
		await expect(node.methods?.listSearch?.searchVoices?.call(context)).rejects.toThrow(
			/took too long|later|timed out/,
		);
		expect(Date.now() - startedAt).toBeLessThan(22_000);
	});

	it('keeps no test of a credential waiting for more than 15 s', async () => {
		server = await startOddServer((_request, response) => answer(response));
		const startedAt = Date.now();
		expect((await runCredentialTest(credentialsAt(server.origin))).status).toBe('Error');
		expect(Date.now() - startedAt).toBeLessThan(17_000);
	});
});

describe('A single odd answer to a look', () => {
	it.each<[string, (response: ServerResponse) => void]>([
		['a page with HTTP 404', (response) => response.writeHead(404).end('<h1>nginx</h1>')],
		['a page with HTTP 401', (response) => response.writeHead(401).end('<h1>Log in</h1>')],
		['a redirect', (response) => response.writeHead(302, { location: '/login' }).end()],
		['a proxy that wants a password', (response) => response.writeHead(407).end()],
	])('does not end a wait: %s', async (_, answer) => {
		const made = await run(VOICE, (request, response, count) => {
			if (isPost(request)) sendJson(response, taskAnswer('submitted'));
			else if (count <= 2) answer(response);
			else sendJson(response, taskAnswer('succeed'));
		});
		expect(made.rows).toEqual([expect.objectContaining({ voice_id: '9001' })]);
	});

	it('ends a wait when nothing else follows', async () => {
		const made = await run(VOICE, (request, response) => {
			if (isPost(request)) sendJson(response, taskAnswer('submitted'));
			else response.writeHead(404).end('<h1>nginx</h1>');
		});
		expect(made.error).toContain('HTTP 404');
		expect(made.gets).toBe(3);
	});

	it('does not end a Get that waits: the task is not known yet', async () => {
		const patient = { ...GET, options: { waitUntilFinished: true } };
		const got = await run(patient, (_request, response, count) => {
			if (count < 3) sendJson(response, { code: 1201, message: 'Task not found' }, 400);
			else sendJson(response, taskAnswer('succeed'));
		});
		expect(got.rows).toEqual([expect.objectContaining({ voice_id: '9001' })]);
	});
});
