import type { TaskWords } from '../../operation/advice';
import type { DownloadSwitch } from '../../operation/result';

/** @param whenFailed what to check when Kling could not make the video */
export const videoWords = (whenFailed: string): TaskWords => ({
	getWith: 'Video: Get',
	waitOption: 'Finished Video',
	whenFailed,
});

export const DOWNLOAD_VIDEO: DownloadSwitch = { name: 'downloadVideo', isOnByDefault: true };
