import type { Client } from '../support/sandboxClient.cjs';
import { closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);
afterEach(() => {
	jest.restoreAllMocks();
});

const many = (client: Client, count: number) =>
	Promise.all(Array.from({ length: count }, () => client.create()));
const codes = (replies: { status: number; json: { code: unknown } }[]) =>
	replies.map(({ status, json }) => `${status}/${String(json.code)}`).sort();

it('a task of the sandbox holds its slot until it ends', async () => {
	const client = await open({ maxInFlight: 2, submittedMs: 60_000 });
	const replies = await many(client, 4);
	expect(codes(replies)).toEqual(['200/0', '200/0', '429/1303', '429/1303']);
	const refused = replies.find(({ status }) => status === 429);
	expect(refused?.json).not.toHaveProperty('data');
	expect(client.sandbox.tasks).toHaveLength(2);
	client.sandbox.hurry();
	expect((await client.create()).status).toBe(200);
	expect(client.sandbox.maxSeenInFlight).toBe(2);
});

it('a failed task of the sandbox frees its slot', async () => {
	const client = await open({ maxInFlight: 1, submittedMs: 60_000 });
	const id = (await client.create()).json.data.task_id;
	expect((await client.create()).status).toBe(429);
	client.sandbox.finish(id, 'failed');
	expect((await client.create()).status).toBe(200);
});

it('a create at the sandbox can hold its slot only until it is answered', async () => {
	const client = await open({
		maxInFlight: 2,
		slotHeldBy: 'request',
		createMs: 1_000,
		submittedMs: 60_000,
	});
	const start = performance.now();
	expect(codes(await many(client, 3))).toEqual(['200/0', '200/0', '429/1303']);
	expect(performance.now() - start).toBeGreaterThanOrEqual(950);
	expect(codes(await many(client, 2))).toEqual(['200/0', '200/0']);
	expect(client.sandbox.maxSeenInFlight).toBe(2);
});

it('the sandbox counts tasks in flight without a limit, too', async () => {
	const client = await open({ submittedMs: 60_000 });
	await many(client, 7);
	expect(client.sandbox.maxSeenInFlight).toBe(7);
});

it('the sandbox does not count a refused create', async () => {
	const client = await open({ slotHeldBy: 'request', maxInFlight: 1 });
	for (let i = 0; i < 3; i++) await client.create({ voice_name: '' });
	expect((await client.create()).status).toBe(200);
});

it('the sandbox refuses requests that come too fast, reads included, and accepts them later', async () => {
	const client = await open({ ratePerSecond: 2, retryAfterSeconds: 3 });
	// On a busy machine three calls may take as long as the next is allowed.
	const now = performance.now();
	const clock = jest.spyOn(performance, 'now').mockReturnValue(now);
	const replies = await Promise.all([client.list(), client.list(), client.list()]);
	const refused = replies.filter(({ status }) => status !== 200);
	expect(refused.map(({ status, json }) => [status, json.code])).toEqual([[429, 1302]]);
	expect(refused[0]?.headers['retry-after']).toBe('3');
	clock.mockReturnValue(now + 700);
	expect((await client.list()).status).toBe(200);
});

it('the sandbox sends Retry-After only with errors that pass by waiting', async () => {
	const client = await open({
		retryAfterSeconds: 1,
		faults: [{ on: 'create', kind: 'errorBefore', code: 1102 }],
	});
	const { status, headers } = await client.create();
	expect(status).toBe(429);
	expect(headers).not.toHaveProperty('retry-after');
});

it('the sandbox can hide code 1303 behind a text of New-API', async () => {
	const client = await open({ maxInFlight: 0, hide429: true });
	const { status, json } = await client.create();
	expect([status, json.code]).toEqual([429, 'fail_to_fetch_task']);
	expect(json.message).toContain('饱和');
});

it('the sandbox obeys a limit that is changed while it runs', async () => {
	const client = await open({ submittedMs: 60_000 });
	await client.create();
	client.sandbox.options.maxInFlight = 1;
	expect((await client.create()).status).toBe(429);
});
