import type { TaskWords } from '../../operation/advice';
import type { DownloadSwitch } from '../../operation/result';

export const OTHER_WORDS: TaskWords = {
	getWith: 'Other Task: Get',
	waitOption: 'Finished Result',
	whenFailed: "Check Body against the message and Kling's page on this endpoint.",
};

export const DOWNLOAD_RESULTS: DownloadSwitch = { name: 'downloadResults', isOnByDefault: true };
