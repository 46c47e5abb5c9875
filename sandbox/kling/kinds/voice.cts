import { voiceClip } from '../media/judge.cjs';
import type { Kind, Rule } from './kind.cjs';
import { address, exactlyOne, longest, required, strings, text } from './rules.cjs';

export const MAX_NAME_LENGTH = 20;

/** Of these systems alone; what they made before V2.6 or without sound is of no use. */
const video: Rule = ({ body, world }) => {
	const id = text(body, 'video_id');
	if (id === undefined || !world.judges) return undefined;
	const media = world.media(id);
	if (media?.what !== 'video') return `Video not found by video_id: ${id}`;
	const isKling = ['imageToVideo', 'textToVideo'].includes(media.kind);
	const isRight = isKling
		? media.model === 'kling-v2-6' && media.hasSound
		: ['avatar', 'lipSync'].includes(media.kind);
	if (!isRight) return 'video_id must be of a V2.6 video with sound, an avatar or a lip-sync video';
	return media.seconds >= 5 && media.seconds < 31
		? undefined
		: `The video is ${media.seconds.toFixed(1)} s long, must be between 5 and 30 s`;
};

export const customVoice: Kind = {
	path: '/v1/general/custom-voices',
	makes: 'voice',
	pageSize: 1000,
	offeredBy: 'kkiai',
	rules: [
		strings('voice_name', 'voice_url', 'video_id'),
		required('voice_name'),
		longest('voice_name', MAX_NAME_LENGTH),
		exactlyOne('voice_url', 'video_id'),
		address('voice_url'),
		video,
	],
	sources: [{ of: (body) => text(body, 'voice_url'), judge: voiceClip }],
	price: () => 0.05,
};
