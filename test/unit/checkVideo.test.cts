import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { ClipFile } from '../../nodes/Kling/media/clip/clip';
import { checkSound } from '../../nodes/Kling/media/clip/checkSound';
import { checkVideo } from '../../nodes/Kling/media/clip/checkVideo';

const CLIPS = join(__dirname, '../support/clips');
const FILES = join(__dirname, '../../sandbox/kling/media/files');

const fileOf = (path: string, sizeBytes = statSync(path).size): ClipFile => ({
	sizeBytes,
	open: async () => await Promise.resolve(createReadStream(path)),
});

const clip = (name: string) => fileOf(join(CLIPS, name));
const problemOf = (reply: Awaited<ReturnType<typeof checkVideo>>) =>
	reply.ok ? undefined : reply.problem.what;

test.each(['video-5s.mp4', 'video-5s-silent.mp4', 'video-10s.mp4'])(
	'%s may be the source of a lip-sync',
	async (name) => {
		const reply = await checkVideo(fileOf(join(FILES, name)));
		expect(reply).toMatchObject({ ok: true, value: { format: 'mp4', mimeType: 'video/mp4' } });
	},
);

test.each<[string, ClipFile, string]>([
	['a sound', clip('mp3-5.0.mp3'), 'is a file of type mp3, not a video'],
	['an mp4 without a picture', clip('mp4-sound-only.mp4'), 'has no picture'],
	['a small video', clip('mp4-5.0.mp4'), 'pixels; Kling takes 512 to 2160'],
	[
		'a large file',
		fileOf(join(FILES, 'video-5s.mp4'), 101 * 1024 * 1024),
		'is 101 MB; Kling takes videos of up to 100 MB',
	],
])('%s is refused as the source of a lip-sync', async (_name, file, what) => {
	expect(problemOf(await checkVideo(file))).toContain(what);
});

const RULES = { leastSeconds: 2, mostSeconds: 6 };

test.each<[string, string]>([
	['mp3-5.0.mp3', 'mp3'],
	['wav-5.0.wav', 'wav'],
	['other.aac', 'aac'],
	['other.m4a', 'm4a'],
])('the sound of %s is known as %s, with its length', async (name, format) => {
	const reply = await checkSound(clip(name), { leastSeconds: 1, mostSeconds: 60 });
	expect(reply).toMatchObject({ ok: true, value: { format } });
	const seconds = reply.ok ? reply.value.seconds : 0;
	expect(seconds).toBeGreaterThan(1);
	expect(seconds).toBeLessThan(31);
});

test.each<[string, ClipFile, string]>([
	['a sound that is too long', clip('mp3-30.0.mp3'), 's long; Kling needs 2 to 6 s here'],
	[
		'a sound of more than 5 MB',
		fileOf(join(CLIPS, 'mp3-5.0.mp3'), 6 * 1024 * 1024),
		'is 6.0 MB; Kling takes sound files of up to 5 MB here',
	],
	['a video', clip('mp4-5.0.mp4'), 'is a video; Kling takes mp3, wav, m4a and aac here'],
	[
		'Opus behind an address',
		{ ...clip('opus-voice.ogg'), isFromWeb: true },
		'an Ogg file with Opus sound; Kling takes mp3',
	],
])('%s is refused as the sound of a video', async (_name, file, what) => {
	const rules = what.includes('Opus') ? { leastSeconds: 2, mostSeconds: 60 } : RULES;
	const reply = await checkSound(file, rules);
	expect(reply.ok ? '' : reply.problem.what).toContain(what);
});

test('AAC that is cut off inside a frame counts up to there', async () => {
	const content = readFileSync(join(CLIPS, 'other.aac'));
	const half = content.subarray(0, content.length / 2);
	const open = async () => await Promise.resolve([half]).then(streamOf);
	const reply = await checkSound(
		{ sizeBytes: half.length, open },
		{ leastSeconds: 0, mostSeconds: 60 },
	);
	expect(reply.ok).toBe(true);
});

async function* streamOf(pieces: Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
	for (const piece of pieces) yield await Promise.resolve(piece);
}
