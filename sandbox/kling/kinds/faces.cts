import { video } from '../media/judge.cjs';
import type { Kind, Rule } from './kind.cjs';
import { address, exactlyOne, strings, text } from './rules.cjs';

/** A video that Kling made and still keeps, of a length that the path takes. */
export const kept =
	(least: number, most: number): Rule =>
	({ body, world }) => {
		const id = text(body, 'video_id');
		if (id === undefined) return undefined;
		const media = world.media(id);
		if (media?.what !== 'video') return `Video not found by video_id: ${id}`;
		// A frame more than was asked for is Kling's own doing.
		return media.seconds >= least && media.seconds < most + 1
			? undefined
			: `The video is ${media.seconds.toFixed(1)} s long, must be between ${least} and ${most} s`;
	};

const limits = { least: 2, most: 60, sides: [512, 2160] as [number, number] };

/** Only its session tells later which video it was. */
export const identifyFace: Kind = {
	path: '/v1/videos/identify-face',
	makes: 'faces',
	offeredBy: 'kkiai',
	isInstant: true,
	ids: 'none',
	rules: [
		strings('video_id', 'video_url'),
		exactlyOne('video_id', 'video_url'),
		address('video_url'),
		kept(2, 60),
	],
	sources: [
		{ of: (body) => text(body, 'video_url'), judge: video('video_url', limits), setsLength: true },
	],
	seconds: ({ body, world }) => world.media(text(body, 'video_id') ?? '')?.seconds ?? 5.1,
	price: () => 0.05,
};
