import { image } from '../media/judge.cjs';
import type { Body, Kind, Order, Rule } from './kind.cjs';
import { hasSound, imageToVideoRules, pricePerSecond, textToVideoRules } from './models.cjs';
import { file, oneOf, required, strings, text } from './rules.cjs';

const atLeastOneImage: Rule = ({ body }) =>
	text(body, 'image') === undefined && text(body, 'image_tail') === undefined
		? 'image or image_tail is required'
		: undefined;

/** KKI AI's page marks these as required. */
const kkiai: Rule = (order) => {
	if (!order.world.isKkiai) return undefined;
	return required('model_name', 'image', 'mode', 'duration')(order);
};

/** Kling adds a frame or two. */
const secondsOf = ({ body }: Order) => Number(body.duration ?? 5) + 0.1;
const price = ({ body }: Order) => pricePerSecond(body) * Number(body.duration ?? 5);

const made = { makes: 'video', offeredBy: 'kkiai', hasSound, seconds: secondsOf, price } as const;

const picture = (key: string) => ({ of: (body: Body) => text(body, key), judge: image(key) });

export const imageToVideo: Kind = {
	...made,
	path: '/v1/videos/image2video',
	rules: [
		strings('image', 'image_tail'),
		kkiai,
		atLeastOneImage,
		file('image'),
		file('image_tail'),
		...imageToVideoRules,
	],
	sources: [picture('image'), picture('image_tail')],
};

export const textToVideo: Kind = {
	...made,
	path: '/v1/videos/text2video',
	rules: [...textToVideoRules, oneOf('aspect_ratio', '16:9', '9:16', '1:1')],
};
