import { createServer } from 'node:http';
import { judgeBytes } from '../../sandbox/kling/media/judge.cjs';
import { listenLocally } from '../../sandbox/localServer.cjs';
import { makeVideo } from '../support/orders.cjs';
import { bytesOf } from '../support/clips/clips.cjs';
import { closeAll, open } from '../support/sandboxClient.cjs';

afterEach(closeAll);

const judged = async (voice_url: string | ((origin: string) => string)) => {
	const client = await open({ fetchClips: true });
	const url = typeof voice_url === 'string' ? voice_url : voice_url(client.sandbox.origin);
	const { data } = (await client.create({ voice_url: url })).json;
	return await client.ended(data.task_id);
};
const clip = (name: string) => (origin: string) => `${origin}/_sandbox/clips/${name}`;

it.each(['narrator.mp3', 'narrator.wav'])('the sandbox makes a voice from %s', async (name) => {
	expect(await judged(clip(name))).toMatchObject({ task_status: 'succeed' });
});

it.each([
	['short.mp3', 'too short: 2.1 s'],
	['notes.txt', 'Unsupported file format'],
	['missing.mp3', 'HTTP 404'],
])('the sandbox fails the task of %s with the reason', async (name, words) => {
	const task = await judged(clip(name));
	expect(task.task_status).toBe('failed');
	expect(task.task_status_msg).toContain(words);
	expect(task).not.toHaveProperty('task_result');
});

it('the sandbox fails the task when nobody answers at the address of the clip', async () => {
	const task = await judged('http://127.0.0.1:1/a.mp3');
	expect(task).toMatchObject({ task_status: 'failed' });
	expect(task.task_status_msg).toContain('cannot be reached');
});

it('the sandbox waits for a clip that arrives slowly', async () => {
	const slow = createServer((_req, res) => {
		setTimeout(() => res.end(bytesOf('mp3-5.0.mp3')), 200);
	});
	const { port, close } = await listenLocally(slow);
	const task = await judged(`http://127.0.0.1:${port}/a.mp3`);
	await close();
	expect(task.task_status).toBe('succeed');
	expect(task.updated_at - task.created_at).toBeGreaterThanOrEqual(200);
});

it('the sandbox fetches a clip only once its task is processing, and none for a video_id', async () => {
	const client = await open({ fetchClips: true, submittedMs: 60_000 });
	await client.create({ voice_url: 'http://127.0.0.1:1/a.mp3' });
	client.sandbox.options.submittedMs = 0;
	const byVideo = await client.create({
		voice_url: undefined,
		video_id: makeVideo(client, 'avatar'),
	});
	expect((await client.ended(byVideo.json.data.task_id)).task_status).toBe('succeed');
	expect(client.sandbox.tasks[0]?.task_status).toBe('submitted');
});

it.each([
	['mp4-faststart.mp4', null],
	['mov-faststart.mov', null],
	['mp4-silent.mp4', 'No sound'],
	['mp3-31.mp3', 'too long: 31'],
	['other.ogg', 'Unsupported file format'],
])('the sandbox judges %s by its content', async (name, words) => {
	const verdict = await judgeBytes(bytesOf(name));
	if (words === null) expect(verdict).toBeNull();
	else expect(verdict).toContain(words);
});
