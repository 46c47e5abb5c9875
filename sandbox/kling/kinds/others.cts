import { image, video } from '../media/judge.cjs';
import { kept } from './faces.cjs';
import type { Body, Kind, Rule, Source } from './kind.cjs';
import {
	address,
	between,
	exactlyOne,
	file,
	inside,
	list,
	longest,
	oneOf,
	required,
	strings,
	text,
} from './rules.cjs';

const picture = (key: string): Source => ({ of: (body) => text(body, key), judge: image(key) });

/** Fields that must each have a picture. */
const pictures = (...keys: string[]): Pick<Kind, 'rules' | 'sources'> => ({
	rules: [strings(...keys), required(...keys), ...keys.map(file)],
	sources: keys.map(picture),
});

const count = ({ n = 1 }: Body) => Number(n);

/** Prices that Kling's stored pages do not say are one unit. */
const made: Pick<Kind, 'makes' | 'price'> = { makes: 'video', price: () => 1 };
const drawn: Pick<Kind, 'makes' | 'price' | 'pack'> = {
	makes: 'image',
	pack: 'image',
	price: ({ body }) => count(body),
};
const secondsOf: Kind['seconds'] = ({ body }) => Number(body.duration ?? 5) + 0.1;

const howMany: Rule = between('n', 1, 9);
const promptUnlessShots: Rule = (order) =>
	order.body.multi_shot === true ? undefined : required('prompt')(order);

const voiceOfElement: Rule = ({ body, world }) => {
	const id = text(body, 'element_voice_id');
	return id === undefined || world.isVoice(id) ? undefined : `Voice id not found: ${id}`;
};

const reference: Rule = (order) => {
	const isVideo = order.body.reference_type === 'video_refer';
	return required(isVideo ? 'element_video_list' : 'element_image_list')(order);
};

const element: Kind = {
	path: '/v1/general/advanced-custom-elements',
	makes: 'element',
	offeredBy: 'kkiai',
	rules: [
		strings('element_name', 'element_description', 'element_voice_id'),
		required('element_name', 'element_description', 'reference_type'),
		longest('element_name', 20),
		longest('element_description', 100),
		oneOf('reference_type', 'video_refer', 'image_refer'),
		reference,
		inside('element_image_list'),
		inside('element_video_list'),
		voiceOfElement,
	],
	price: () => 0,
};

/** Of these, only what the stored pages say is checked. */
export const others = {
	omniVideo: {
		...made,
		path: '/v1/videos/omni-video',
		offeredBy: 'kkiai',
		rules: [oneOf('model_name', 'kling-video-o1', 'kling-v3-omni'), promptUnlessShots],
		hasSound: ({ sound }) => sound === 'on',
		seconds: secondsOf,
	},
	motionControl: {
		...made,
		path: '/v1/videos/motion-control',
		offeredBy: 'kkiai',
		rules: [required('image_url', 'video_url'), file('image_url'), address('video_url')],
		sources: [
			picture('image_url'),
			{
				of: (body) => text(body, 'video_url'),
				judge: video('video_url', { least: 3, most: 30 }),
				setsLength: true,
			},
		],
	},
	videoExtend: {
		...made,
		path: '/v1/videos/video-extend',
		offeredBy: 'kkiai',
		rules: [strings('video_id'), required('video_id'), kept(0, 180)],
		seconds: ({ body, world }) => 5 + (world.media(String(body.video_id))?.seconds ?? 0),
	},
	effects: {
		...made,
		path: '/v1/videos/effects',
		offeredBy: 'kkiai',
		rules: [required('effect_scene', 'input'), inside('input')],
	},
	multiImageToVideo: {
		...made,
		path: '/v1/videos/multi-image2video',
		rules: [required('prompt'), list('image_list', 1, 4, required('image'), file('image'))],
		seconds: secondsOf,
	},
	multiElements: {
		...made,
		path: '/v1/videos/multi-elements',
		rules: [required('session_id', 'edit_mode', 'prompt')],
	},
	lipSyncOld: {
		...made,
		path: '/v1/videos/lip-sync',
		hasSound: () => true,
		rules: [
			required('input'),
			inside(
				'input',
				exactlyOne('video_id', 'video_url'),
				oneOf('mode', 'text2video', 'audio2video'),
			),
		],
	},
	image: {
		...drawn,
		path: '/v1/images/generations',
		offeredBy: 'kkiai',
		rules: [required('prompt'), howMany, file('image')],
		sources: [picture('image')],
	},
	imageExpand: {
		...drawn,
		...pictures('image'),
		path: '/v1/images/editing/expand',
		offeredBy: 'kkiai',
	},
	omniImage: {
		...drawn,
		path: '/v1/images/omni-image',
		rules: [required('prompt'), howMany],
	},
	multiImageToImage: {
		...drawn,
		path: '/v1/images/multi-image2image',
		rules: [list('subject_image_list', 1, 4, required('subject_image')), howMany],
	},
	virtualTryOn: {
		...drawn,
		...pictures('human_image', 'cloth_image'),
		path: '/v1/images/kolors-virtual-try-on',
	},
	imageRecognize: {
		...drawn,
		...pictures('image'),
		path: '/v1/videos/image-recognize',
		isInstant: true,
		ids: 'none',
		price: () => 0.1,
	},
	aiMultiShot: {
		...drawn,
		...pictures('element_frontal_image'),
		path: '/v1/general/ai-multi-shot',
		offeredBy: 'kling',
	},
	textToAudio: {
		path: '/v1/audio/text-to-audio',
		makes: 'sound',
		rules: [required('prompt', 'duration'), longest('prompt', 200), between('duration', 3, 10)],
		seconds: ({ body }) => Number(body.duration),
		price: () => 0.25,
	},
	videoToAudio: {
		path: '/v1/audio/video-to-audio',
		makes: 'scoredVideo',
		hasSound: () => true,
		rules: [
			strings('video_id', 'video_url'),
			exactlyOne('video_id', 'video_url'),
			address('video_url'),
			kept(3, 20),
			longest('sound_effect_prompt', 200),
			longest('bgm_prompt', 200),
		],
		sources: [
			{
				of: (body) => text(body, 'video_url'),
				judge: video('video_url', { least: 3, most: 20 }),
				setsLength: true,
			},
		],
		seconds: ({ body, world }) => world.media(text(body, 'video_id') ?? '')?.seconds ?? 5.1,
		price: () => 0.25,
	},
	element,
	elementOld: {
		path: '/v1/general/custom-elements',
		makes: 'element',
		rules: [
			required('element_name', 'element_description', 'element_frontal_image'),
			file('element_frontal_image'),
			list('element_refer_list', 1, 3, required('image_url')),
		],
		sources: [picture('element_frontal_image')],
		price: () => 0,
	},
} satisfies Record<string, Kind>;
