import { request } from 'node:http';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import type { SampleOptions } from '../../sandbox/kling/samples.cjs';
import type { TaskKind } from '../../sandbox/kling/server.cjs';
import { type Client, closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);
afterEach(() => {
	jest.restoreAllMocks();
});

const DAY_MS = 86_400_000;
const VIDEO = '/v1/videos/image2video';

/** The addresses in the result of a finished task. */
async function urlsOf(client: Client, kind: TaskKind, body: Record<string, unknown> = {}) {
	const { task_id } = client.sandbox.createTask({ kind, body });
	client.sandbox.finish(task_id);
	const { data } = (await client.send('GET', `${client.sandbox.baseUrl}/tasks?task_ids=${task_id}`))
		.json;
	return [...JSON.stringify(data).matchAll(/"(http[^"]+)"/g)].map(([, url = '']) => url);
}

async function openVideo(media: SampleOptions = {}) {
	const client = await open({ media, submittedMs: 60_000 });
	const [url = ''] = await urlsOf(client, 'imageToVideo');
	return { client, url };
}

const bytesAt = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

it.each([
	['imageToVideo', { sound: 'on' }, ['video/mp4'], 5.1, ['avc', 'aac']],
	['imageToVideo', {}, ['video/mp4'], 5.1, ['avc', null]],
	['textToVideo', { duration: '10', sound: 'on' }, ['video/mp4'], 10.1, ['avc', 'aac']],
	['avatar', {}, ['video/mp4'], 5.1, ['avc', 'aac']],
	['speech', { text: 'x'.repeat(140) }, ['audio/mpeg'], 10, [null, 'mp3']],
	['textToAudio', { duration: 5 }, ['audio/mpeg', 'audio/wav'], 5, [null, 'mp3']],
	['image', { n: 2 }, ['image/png', 'image/png'], 0, []],
	['videoToAudio', {}, ['video/mp4', 'audio/mpeg', 'audio/wav'], 5.1, ['avc', 'aac']],
] as const)(
	'the sandbox serves real files as the result of %s %j',
	async (kind, body, types, seconds, codecs) => {
		const client = await open({ submittedMs: 60_000 });
		const urls = await urlsOf(client, kind, body);
		const answers = await Promise.all(urls.map(async (url) => await fetch(url)));
		expect(answers.map(({ status }) => status)).toEqual(types.map(() => 200));
		expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual(types);
		const first = new Uint8Array((await answers[0]?.arrayBuffer()) ?? []);
		if (types[0] === 'image/png') {
			expect(Buffer.from(first.subarray(1, 4)).toString()).toBe('PNG');
			return;
		}
		const input = new Input({ source: new BufferSource(first), formats: ALL_FORMATS });
		const [picture, sound] = [
			await input.getPrimaryVideoTrack(),
			await input.getPrimaryAudioTrack(),
		];
		expect([(await picture?.getCodec()) ?? null, (await sound?.getCodec()) ?? null]).toEqual(
			codecs,
		);
		expect(Math.abs((await input.computeDuration()) - seconds)).toBeLessThan(0.2);
		input.dispose();
	},
);

it('the sandbox serves a result without a key, by its signature, for 30 days', async () => {
	const { client, url } = await openVideo();
	expect((await fetch(url)).status).toBe(200);
	expect((await fetch(url.replace(/Signature=./, 'Signature=~'))).status).toBe(403);
	expect((await fetch(url.replace(/\?.*/, ''))).status).toBe(403);
	const { origin } = client.sandbox;
	expect(client.sandbox.downloads).toEqual([
		expect.objectContaining({ method: 'GET', url: url.replace(origin, ''), status: 200 }),
	]);
	expect(client.sandbox.downloads[0]?.headers).not.toHaveProperty('authorization');
	expect(client.sandbox.samples).toEqual([]);
	jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 30 * DAY_MS);
	expect((await fetch(url)).status).toBe(404);
	client.sandbox.reset();
	expect(client.sandbox.downloads).toEqual([]);
});

it('the sandbox makes a result as large as it is told, and the video still plays', async () => {
	const bytes = 3_000_001;
	const { url } = await openVideo({ kind: 'huge', bytes, withLength: true });
	expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe(String(bytes));
	const large = await bytesAt(url);
	expect(large).toHaveLength(bytes);
	const input = new Input({ source: new BufferSource(large), formats: ALL_FORMATS });
	expect(await input.computeDuration()).toBeCloseTo(5.1, 1);
	input.dispose();
});

it('the sandbox streams a result of 300 MB and stops when the caller hangs up', async () => {
	const { client, url } = await openVideo({ kind: 'huge', bytes: 300_000_000, withLength: true });
	await new Promise<void>((resolve) => {
		const call = request(url, (response) => {
			response.once('data', () => {
				call.destroy();
				resolve();
			});
		});
		call.on('error', () => undefined).end();
	});
	while (client.sandbox.downloads[0]?.status === undefined) {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	expect(client.sandbox.downloads[0].bytes).toBeLessThan(30_000_000);
});

it.each<[SampleOptions, number, string]>([
	[{ kind: 'missing' }, 404, 'text/plain; charset=utf-8'],
	[{ kind: 'html' }, 200, 'text/html; charset=utf-8'],
	[{ kind: 'redirect' }, 200, 'video/mp4'],
])('the sandbox can spoil a result with %j', async (media, status, type) => {
	const { client, url } = await openVideo(media);
	const answer = await fetch(url);
	expect([answer.status, answer.headers.get('content-type')]).toEqual([status, type]);
	expect(client.sandbox.downloads).toHaveLength(media.kind === 'redirect' ? 2 : 1);
});

it('the sandbox names a watermarked copy for who asked for one', async () => {
	const client = await open({ submittedMs: 60_000 });
	expect(await urlsOf(client, 'imageToVideo', { watermark_info: { enabled: true } })).toHaveLength(
		2,
	);
	expect(await urlsOf(client, 'imageToVideo', { watermark_info: { enabled: false } })).toHaveLength(
		1,
	);
	expect((await client.send('GET', VIDEO)).rows).toHaveLength(2);
});
