import { video } from '../media/judge.cjs';
import { kept } from './kept.cjs';
import type { Kind } from './kind.cjs';
import { address, exactlyOne, strings, text } from './rules.cjs';

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
		kept('video', 2, 60),
	],
	sources: [
		{ of: (body) => text(body, 'video_url'), judge: video('video_url', limits), setsLength: true },
	],
	seconds: ({ body, world }) => world.media(text(body, 'video_id') ?? '')?.seconds ?? 5.1,
	price: () => 0.05,
};
