import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { namedEntries, searchLists, type PickerSource } from '../../operation/pickers';
import { CUSTOM_VOICE, PRESET_VOICE } from '../../tasks/kinds';

const CUSTOM: PickerSource = {
	kind: CUSTOM_VOICE,
	entriesOf: (task) => namedEntries(task, CUSTOM_VOICE, 'voice_name'),
};

const TASKS: PickerSource = {
	kind: CUSTOM_VOICE,
	entriesOf: (task) => {
		const [entry] = namedEntries(task, CUSTOM_VOICE, 'voice_name');
		return entry && task.taskId !== undefined ? [{ ...entry, value: task.taskId }] : [];
	},
};

const PRESET: PickerSource = {
	kind: PRESET_VOICE,
	entriesOf: (task) => namedEntries(task, PRESET_VOICE, 'voice_name', 'preset voice'),
};

/** The account's custom voices, for every picker of one. */
export async function searchVoices(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchLists(this, [CUSTOM], filter, paginationToken);
}

/** The same by the ID of the task that made each. */
export async function searchVoiceTasks(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchLists(this, [TASKS], filter, paginationToken);
}

/** All that can speak in a video: the account's own voices, and behind them Kling's. */
export async function searchAllVoices(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchLists(this, [CUSTOM, PRESET], filter, paginationToken);
}
