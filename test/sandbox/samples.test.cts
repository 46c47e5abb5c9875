import { request } from 'node:http';

import { judgeBytes } from '../../sandbox/kling/clips.cjs';
import type { SampleOptions } from '../../sandbox/kling/samples.cjs';
import { type Client, closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

interface Voice {
	voice_id: string;
	trial_url: string;
}

async function voiceOf(client: Client): Promise<Voice> {
	const { data } = (await client.create()).json;
	const { task_result } = await client.ended(data.task_id);
	const [voice] = task_result.voices as unknown as Voice[];
	if (!voice) throw new Error('the task has made no voice');
	return voice;
}

async function openWith(sample: SampleOptions = {}): Promise<{ client: Client; voice: Voice }> {
	const client = await open({ sample });
	return { client, voice: await voiceOf(client) };
}

it('a finished voice can be listened to, without a key', async () => {
	const { client, voice } = await openWith();
	expect(voice.trial_url).toBe(
		`${client.sandbox.origin}/_sandbox/clips/narrator.mp3?voice=${voice.voice_id}`,
	);
	const response = await fetch(voice.trial_url, { headers: { 'x-test': 'yes' } });
	expect(response.status).toBe(200);
	expect(response.headers.get('content-type')).toBe('audio/mpeg');
	const bytes = new Uint8Array(await response.arrayBuffer());
	expect(response.headers.get('content-length')).toBe(String(bytes.length));
	expect(await judgeBytes(bytes)).toBeNull();
	expect(client.sandbox.samples).toEqual([
		expect.objectContaining({
			method: 'GET',
			voice_id: voice.voice_id,
			status: 200,
			bytes: bytes.length,
			headers: expect.objectContaining({ 'x-test': 'yes' }) as object,
		}),
	]);
	expect(client.sandbox.samples[0]?.headers).not.toHaveProperty('authorization');
});

it('calls on samples are no calls on Kling, and a reset forgets them', async () => {
	const { client, voice } = await openWith({ kind: 'missing' });
	const calls = client.sandbox.requests.length;
	expect((await fetch(voice.trial_url)).status).toBe(404);
	expect(client.sandbox.requests).toHaveLength(calls);
	client.sandbox.options.sample = {};
	expect((await fetch(voice.trial_url, { method: 'HEAD' })).status).toBe(200);
	expect(client.sandbox.samples.map(({ method, status }) => [method, status])).toEqual([
		['GET', 404],
		['HEAD', 200],
	]);
	client.sandbox.reset();
	expect(client.sandbox.samples).toEqual([]);
	expect((await fetch(voice.trial_url)).status).toBe(404);
});

it('the clip that makes voices is not a sample', async () => {
	const { client } = await openWith({ kind: 'missing' });
	const response = await fetch(`${client.sandbox.origin}/_sandbox/clips/narrator.mp3`);
	expect(response.status).toBe(200);
	expect(client.sandbox.samples).toEqual([]);
});

it('may be slow', async () => {
	const { voice } = await openWith({ delayMs: 150 });
	const before = performance.now();
	expect((await fetch(voice.trial_url)).status).toBe(200);
	expect(performance.now() - before).toBeGreaterThan(140);
});

it('may be a page', async () => {
	const { voice } = await openWith({ kind: 'html' });
	const response = await fetch(voice.trial_url);
	expect(response.status).toBe(200);
	expect(response.headers.get('content-type')).toContain('text/html');
});

it.each([true, false])('may be huge, with a length: %s', async (withLength) => {
	const bytes = 3_000_001;
	const { client, voice } = await openWith({ kind: 'huge', bytes, withLength });
	const response = await fetch(voice.trial_url);
	expect(response.headers.get('content-length')).toBe(withLength ? String(bytes) : null);
	expect((await response.arrayBuffer()).byteLength).toBe(bytes);
	expect(client.sandbox.samples[0]?.bytes).toBe(bytes);
});

it('huge stops when the caller has had enough', async () => {
	const bytes = 500_000_000;
	const { client, voice } = await openWith({ kind: 'huge', bytes });
	await new Promise<void>((resolve) => {
		const call = request(voice.trial_url, (response) => {
			response.once('data', () => {
				call.destroy();
				resolve();
			});
		});
		call.on('error', () => undefined).end();
	});
	await new Promise((resolve) => setTimeout(resolve, 100));
	const [sample] = client.sandbox.samples;
	expect(sample?.status).toBe(200);
	expect(sample?.bytes).toBeLessThan(bytes / 10);
});

it('may redirect, and both calls are recorded', async () => {
	const { client, voice } = await openWith({ kind: 'redirect' });
	const plain = await fetch(voice.trial_url, { redirect: 'manual' });
	expect(plain.status).toBe(302);
	expect((await fetch(voice.trial_url)).status).toBe(200);
	expect(client.sandbox.samples.map(({ status }) => status)).toEqual([302, 302, 200]);
	expect(client.sandbox.samples[2]).toMatchObject({
		url: `/_sandbox/samples/moved.mp3?voice=${voice.voice_id}`,
		voice_id: voice.voice_id,
	});
});

it('may redirect to another host', async () => {
	const other = await open();
	const redirectTo = `${other.sandbox.origin}/_sandbox/samples/moved.mp3?voice=1`;
	const { voice } = await openWith({ kind: 'redirect', redirectTo });
	expect((await fetch(voice.trial_url)).status).toBe(200);
	expect(other.sandbox.samples).toHaveLength(1);
});
