import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { ok } from '../../api/reply';
import { optionsField, output } from '../../operation/fields';
import { getTasks, taskLocator, waitOptions, type GetSpec } from '../../operation/getTask';
import { IMAGE_TO_VIDEO } from '../../tasks/kinds';
import { downloadVideo, outputPropertyName } from './fields';
import { readVideoKind, videoTypeField } from './kinds';
import { DOWNLOAD_VIDEO, videoWords } from './words';

const common: Omit<GetSpec, 'kind'> = {
	words: videoWords('Create the video again.'),
	idAdvice:
		'Check Video Type: each type has a list of its own. Enter a task ID or an external task ID. For the ID of a video, choose By Video ID.',
	download: DOWNLOAD_VIDEO,
	locator: { name: 'video', label: 'Video', resultMode: 'videoId' },
};

export const fields: INodeProperties[] = [
	videoTypeField,
	taskLocator('video', 'searchVideoTasks', '850087542757541250'),
	downloadVideo,
	...output,
	optionsField(outputPropertyName, ...waitOptions('video', IMAGE_TO_VIDEO)),
];

export const option = {
	name: 'Get',
	value: 'get',
	action: 'Get video',
	description: 'Get a video, or the status of the task that makes it',
};

export const execute = async (context: IExecuteFunctions) =>
	await getTasks(context, (item) => {
		const kind = readVideoKind(item);
		return kind.ok ? ok({ ...common, kind: kind.value }) : kind;
	});
