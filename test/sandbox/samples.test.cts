import { request } from 'node:http';

import { judgeBytes } from '../../sandbox/kling/media/judge.cjs';
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

it('the sandbox serves the sample of a finished voice without a key', async () => {
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

it('the sandbox records requests for samples apart, until a reset', async () => {
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

it('the sandbox does not record a request for the example clip as one for a sample', async () => {
	const { client } = await openWith({ kind: 'missing' });
	const response = await fetch(`${client.sandbox.origin}/_sandbox/clips/narrator.mp3`);
	expect(response.status).toBe(200);
	expect(client.sandbox.samples).toEqual([]);
});

it('the sandbox can serve a sample slowly', async () => {
	const { voice } = await openWith({ delayMs: 150 });
	const before = performance.now();
	expect((await fetch(voice.trial_url)).status).toBe(200);
	expect(performance.now() - before).toBeGreaterThan(140);
});

it('the sandbox can serve a web page instead of a sample', async () => {
	const { voice } = await openWith({ kind: 'html' });
	const response = await fetch(voice.trial_url);
	expect(response.status).toBe(200);
	expect(response.headers.get('content-type')).toContain('text/html');
});

it.each([true, false])(
	'the sandbox can serve a huge sample (with Content-Length: %s)',
	async (withLength) => {
		const bytes = 3_000_001;
		const { client, voice } = await openWith({ kind: 'huge', bytes, withLength });
		const response = await fetch(voice.trial_url);
		expect(response.headers.get('content-length')).toBe(withLength ? String(bytes) : null);
		expect((await response.arrayBuffer()).byteLength).toBe(bytes);
		expect(client.sandbox.samples[0]?.bytes).toBe(bytes);
	},
);

it('the sandbox stops serving a huge sample when the caller hangs up', async () => {
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

it('the sandbox can redirect a sample, and records both requests', async () => {
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

it('the sandbox can redirect a sample to another host', async () => {
	const other = await open();
	const redirectTo = `${other.sandbox.origin}/_sandbox/samples/moved.mp3?voice=1`;
	const { voice } = await openWith({ kind: 'redirect', redirectTo });
	expect((await fetch(voice.trial_url)).status).toBe(200);
	expect(other.sandbox.samples).toHaveLength(1);
});
