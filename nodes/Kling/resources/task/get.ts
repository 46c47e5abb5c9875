import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { ok } from '../../api/reply';
import { optionsField, output } from '../../operation/fields';
import { getTasks, taskIdField, waitOptions } from '../../operation/getTask';
import { kindOfPath } from '../../tasks/endpoints';
import { downloadResults, resultField } from './fields';
import { pathField, readPath } from './path';
import { DOWNLOAD_RESULTS, OTHER_WORDS } from './words';

export const fields: INodeProperties[] = [
	pathField,
	taskIdField('The task ID or external task ID from the output of Create'),
	downloadResults,
	...output,
	optionsField(resultField, ...waitOptions('result', kindOfPath(''))),
];

export const option = {
	name: 'Get',
	value: 'get',
	action: 'Get other task',
	description: 'Get the result of any endpoint, or the status of its task',
};

export const execute = async (context: IExecuteFunctions) =>
	await getTasks(context, (item) => {
		const path = readPath(item);
		if (!path.ok) return path;
		return ok({
			kind: kindOfPath(path.value),
			words: OTHER_WORDS,
			idAdvice: 'Check Path: a task is found only at the endpoint that made it.',
			download: DOWNLOAD_RESULTS,
		});
	});
