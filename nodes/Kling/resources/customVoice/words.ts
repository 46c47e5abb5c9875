import type { TaskWords } from '../../operation/advice';

export const VOICE_WORDS: TaskWords = {
	getWith: 'Custom Voice: Get',
	waitOption: 'Finished Voice',
	whenFailed:
		'Kling accepts one clean human voice of 5 to 30 seconds, as .mp3, .wav, .mp4 or .mov. Check the clip and its address, and create the voice again. If it is an .m4a, or an .mp4 without a picture, try .mp3 or .wav.',
};
