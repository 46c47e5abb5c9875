import { parseFault } from '../../sandbox/kling/parseFault.cjs';
import { type FaultRule, namedErrors } from '../../sandbox/kling/server.cjs';
import { closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

const withFault = (rule: FaultRule) => open({ faults: [rule] });

it('the fault answerLost makes the task and cuts the connection', async () => {
	const client = await withFault({ on: 'create', kind: 'answerLost', times: 1 });
	await expect(client.create({ external_task_id: 'e' })).rejects.toThrow(/ECONNRESET|hang up/);
	expect(client.sandbox.tasks).toHaveLength(1);
	expect((await client.get('e')).status).toBe(200);
	expect(client.sandbox.requests[0]).toMatchObject({
		route: 'create',
		status: 0,
		fault: 'answerLost',
	});
});

it('the fault resetBefore cuts the connection and makes no task', async () => {
	const client = await withFault({ on: 'create', kind: 'resetBefore', times: 1 });
	await expect(client.create()).rejects.toThrow(/ECONNRESET|hang up/);
	expect(client.sandbox.tasks).toHaveLength(0);
});

it.each([
	[500, 5000],
	[503, 5001],
	[504, 5002],
])('the fault errorBefore answers %i and makes no task', async (status, code) => {
	const client = await withFault({ on: 'create', kind: 'errorBefore', status });
	const reply = await client.create();
	expect([reply.status, reply.json.code]).toEqual([status, code]);
	expect(client.sandbox.tasks).toHaveLength(0);
});

it('the fault errorAfter answers with an error and makes the task', async () => {
	const client = await withFault({ on: 'create', kind: 'errorAfter', status: 502 });
	const reply = await client.create();
	expect(reply.status).toBe(502);
	expect(reply.text).toContain('<html>');
	expect(client.sandbox.tasks).toHaveLength(1);
});

it.each([
	['the given body', { body: { any: [1] }, status: 418 }, 418, { any: [1] }],
	[
		'the given words',
		{ code: 'task_failed', message: 'no' },
		500,
		{ code: 'task_failed', message: 'no', data: null },
	],
	['a named error', { error: 'saturated' } as const, 429, namedErrors.saturated.body],
	['a spread named error', namedErrors.modelNotFound, 503, namedErrors.modelNotFound.body],
])('a fault may answer with %s', async (_what, detail, status, body) => {
	const client = await withFault({ on: 'create', kind: 'errorBefore', ...detail });
	const reply = await client.create();
	expect(reply.status).toBe(status);
	expect(reply.json).toEqual(body);
});

it('a fault may set headers', async () => {
	const client = await withFault({
		on: 'list',
		kind: 'errorBefore',
		code: 5001,
		headers: { 'retry-after': '7' },
	});
	expect((await client.list()).headers['retry-after']).toBe('7');
});

it('the fault htmlPage answers with a web page, with status 502 by default', async () => {
	const client = await withFault({ on: 'list', kind: 'htmlPage', times: 1 });
	const page = await client.list();
	expect([page.status, page.headers['content-type']]).toEqual([502, 'text/html; charset=utf-8']);
	client.sandbox.addFault({ on: 'list', kind: 'htmlPage', status: 200 });
	expect((await client.list()).text).toContain('<!DOCTYPE html>');
});

it('the fault slow answers late and in full', async () => {
	const client = await withFault({ on: 'get', kind: 'slow', delayMs: 120 });
	const id = (await client.create()).json.data.task_id;
	const start = performance.now();
	expect((await client.get(id)).json.data.task_id).toBe(id);
	expect(performance.now() - start).toBeGreaterThanOrEqual(115);
});

it('the fault envelope changes the answers of its own route only', async () => {
	const client = await withFault({ on: 'create', kind: 'envelope', envelope: 'bare' });
	const { json } = await client.create({ external_task_id: 'e' });
	expect(json).toHaveProperty('task_id');
	expect((await client.get('e')).json.code).toBe(0);
});

it('the fault taskFails accepts the create and fails the task with the reason', async () => {
	const client = await withFault({
		on: 'create',
		kind: 'taskFails',
		message: 'noisy',
		match: { voice_name: 'Bad' },
	});
	const bad = (await client.create({ voice_name: 'Bad' })).json.data.task_id;
	const good = (await client.create({ voice_name: 'Good' })).json.data.task_id;
	expect(await client.ended(bad)).toMatchObject({
		task_status: 'failed',
		task_status_msg: 'noisy',
	});
	expect(await client.ended(good)).toMatchObject({ task_status: 'succeed' });
});

it('the faults rateLimited and tooManyInFlight answer with codes 1302 and 1303', async () => {
	const client = await withFault({ on: 'create', kind: 'rateLimited', times: 1 });
	expect((await client.create()).json.code).toBe(1302);
	client.sandbox.addFault({ on: 'any', kind: 'tooManyInFlight' });
	const reply = await client.create();
	expect([reply.status, reply.json.code]).toEqual([429, 1303]);
	expect(client.sandbox.tasks).toHaveLength(0);
});

it('a fault strikes after "skip" requests, "times" times, until the faults are cleared', async () => {
	const client = await withFault({ on: 'create', kind: 'errorBefore', skip: 1, times: 2 });
	const statuses = [];
	for (let i = 0; i < 5; i++) statuses.push((await client.create()).status);
	expect(statuses).toEqual([200, 500, 500, 200, 200]);
	client.sandbox.addFault({ on: 'create', kind: 'rateLimited' });
	client.sandbox.clearFaults();
	expect((await client.create()).status).toBe(200);
});

it('a fault strikes as often as its probability says', async () => {
	const client = await withFault({ on: 'list', kind: 'errorBefore', probability: 0.25 });
	for (let i = 0; i < 400; i++) await client.list();
	const struck = client.sandbox.requests.filter(({ fault }) => fault === 'errorBefore').length;
	expect(struck).toBeGreaterThan(70);
	expect(struck).toBeLessThan(130);
});

describe('A fault as text', () => {
	it.each([
		['create:answerLost:0.05', { on: 'create', kind: 'answerLost', probability: 0.05 }],
		['get:errorBefore:1:503', { on: 'get', kind: 'errorBefore', probability: 1, status: 503 }],
		['create:errorBefore::1102', { on: 'create', kind: 'errorBefore', probability: 1, code: 1102 }],
		[
			'any:errorBefore::badKey',
			{ on: 'any', kind: 'errorBefore', probability: 1, error: 'badKey' },
		],
		['get:slow:0.5:2000', { on: 'get', kind: 'slow', probability: 0.5, delayMs: 2000 }],
		['create:envelope::echo', { on: 'create', kind: 'envelope', probability: 1, envelope: 'echo' }],
		[
			'create:taskFails::two: voices',
			{ on: 'create', kind: 'taskFails', probability: 1, message: 'two: voices' },
		],
	])('%s is read', (text, rule) => expect(parseFault(text)).toEqual(rule));

	it.each(['nobody:slow', 'get:nothing', 'get:slow:2', 'get:envelope::x', 'get:errorBefore::x'])(
		'%s is refused',
		(text) => expect(() => parseFault(text)).toThrow(/unknown|probability/),
	);
});
