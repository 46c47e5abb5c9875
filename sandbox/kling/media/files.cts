import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEPT_MS, type Media } from './shelf.cjs';

const load = (name: string) => readFileSync(join(__dirname, 'files', name));

/** The nearest length; the answer of the API says the exact one. */
const videos = [
	{ seconds: 5, sound: load('video-5s.mp4'), silent: load('video-5s-silent.mp4') },
	{ seconds: 10, sound: load('video-10s.mp4'), silent: load('video-10s-silent.mp4') },
	{ seconds: 15, sound: load('video-15s.mp4'), silent: load('video-10s-silent.mp4') },
];

/** Frames of one size, so that any number of them is a file of its own. */
const speech = {
	frames: readFileSync(join(__dirname, '../clips/narrator.mp3')),
	frameBytes: 144,
	frameSeconds: 0.036,
};

function speechOf(seconds: number): Buffer {
	const length = Math.ceil(seconds / speech.frameSeconds) * speech.frameBytes;
	return Buffer.alloc(length, speech.frames);
}

function videoOf({ seconds, hasSound }: Media): Buffer {
	const distance = (video: { seconds: number }) => Math.abs(video.seconds - seconds);
	const [nearest] = [...videos].sort((a, b) => distance(a) - distance(b));
	return (hasSound ? nearest?.sound : nearest?.silent) ?? Buffer.alloc(0);
}

const effectMp3 = load('effect.mp3');
const effectWav = load('effect.wav');
const image = load('image.png');
const face = load('face.png');

/** What a file of this kind is made of, by its ending. The first one is the usual. */
const contents: Record<Media['what'], Record<string, (media: Media) => Buffer>> = {
	video: { mp4: videoOf },
	audio: { mp3: ({ seconds }) => speechOf(seconds) },
	sound: { mp3: () => effectMp3, wav: () => effectWav },
	image: { png: () => image },
	face: { png: () => face },
};

export const endingOf = ({ what }: Media): string => Object.keys(contents[what])[0] ?? '';

/** Undefined when there is no such form of it. */
export const contentOf = (media: Media, ending: string): Buffer | undefined =>
	contents[media.what][ending]?.(media);

const sign = (name: string, expires: string) =>
	createHmac('sha256', 'sandbox').update(`${name} ${expires}`).digest('base64url');

/** Signed as Kling's CDN does: good for as long as the file is kept, and for nothing else. */
export function mediaUrl(origin: string, media: Media, ending = endingOf(media)): string {
	const name = `${media.id}.${ending}`;
	const expires = String(Math.floor((media.madeAt + KEPT_MS) / 1000));
	const query = `Expires=${expires}&Signature=${sign(name, expires)}&Key-Pair-Id=SANDBOX`;
	return `${origin}/_sandbox/media/${name}?${query}`;
}

export const isSigned = (name: string, { Expires, Signature }: Record<string, unknown>): boolean =>
	typeof Expires === 'string' && Signature === sign(name, Expires);
