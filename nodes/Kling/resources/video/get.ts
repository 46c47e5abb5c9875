import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { ok } from '../../api/reply';
import { optionsField, simplify } from '../../operation/fields';
import { getTasks, waitOptions, type GetSpec } from '../../operation/getTask';
import { IMAGE_TO_VIDEO } from '../../tasks/kinds';
import { downloadVideo, outputPropertyName } from './fields';
import { readVideoKind, videoTypeField } from './kinds';
import { DOWNLOAD_VIDEO, videoWords } from './words';

const common: Omit<GetSpec, 'kind'> = {
	words: videoWords('Create the video again.'),
	idAdvice:
		'Check Video Type: a task is found only among those of its kind. Enter a task ID or an external task ID; for the ID of a video choose By Video ID.',
	download: DOWNLOAD_VIDEO,
	locator: { name: 'video', label: 'Video', resultMode: 'videoId' },
};

export const fields: INodeProperties[] = [
	videoTypeField,
	{
		displayName: 'Video',
		name: 'video',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: 'The video to get',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a video...',
				typeOptions: { searchListMethod: 'searchVideoTasks', searchable: true },
			},
			{
				displayName: 'By Task ID',
				name: 'taskId',
				type: 'string',
				placeholder: 'e.g. 850087542757535834',
				hint: 'The task ID or the external task ID',
			},
			{
				displayName: 'By Video ID',
				name: 'videoId',
				type: 'string',
				placeholder: 'e.g. 850087542757541250',
			},
		],
	},
	downloadVideo,
	simplify,
	optionsField(outputPropertyName, ...waitOptions('video', IMAGE_TO_VIDEO)),
];

export const option = {
	name: 'Get',
	value: 'get',
	action: 'Get video',
	description: 'Get a video, or the state of its making',
};

export const execute = async (context: IExecuteFunctions) =>
	await getTasks(context, (item) => {
		const kind = readVideoKind(item);
		return kind.ok ? ok({ ...common, kind: kind.value }) : kind;
	});
