import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { foreignText, idText, plainText } from '../../api/foreign';
import { matches, searchLists, type PickerSource } from '../../operation/pickers';
import type { Task } from '../../tasks/task';
import { DEFAULT_TYPE, VIDEO_TYPES } from './kinds';
import { MODELS } from './models';

const DAY_MS = 24 * 3_600_000;
/** After that Kling has deleted what a task made. */
const LONGEST_LIFE_MS = 30 * DAY_MS;
const LONGEST_ID = 60;

/** Rows of Kling's lists carry neither prompt nor model. */
function labelOf(typeName: string, task: Task, duration: unknown): string {
	const seconds = Number(plainText(duration) || NaN);
	return [
		typeName,
		task.createdAt && ageOf(task.createdAt),
		Number.isFinite(seconds) && `${String(Math.round(seconds * 10) / 10)} s`,
		foreignText(task.externalTaskId, LONGEST_ID),
	]
		.filter(Boolean)
		.join(' · ');
}

function ageOf(createdAt: string): string {
	const minutes = Math.max(0, Math.round((Date.now() - Date.parse(createdAt)) / 60_000));
	if (minutes < 60) return `${String(minutes)} min ago`;
	const hours = Math.round(minutes / 60);
	return hours < 48 ? `${String(hours)} h ago` : `${String(Math.round(hours / 24))} days ago`;
}

const isAlive = ({ status, createdAt }: Task): boolean =>
	status === 'succeed' &&
	(createdAt === undefined || Date.now() - Date.parse(createdAt) < LONGEST_LIFE_MS);

/** @param wants whether an entry stands for the video or for its task */
const sourceOf = (
	{ name, kind }: (typeof VIDEO_TYPES)[number],
	wants: 'taskId' | 'videoId',
): PickerSource => ({
	kind,
	entriesOf: (task) => {
		const [video] = isAlive(task) ? task.results : [];
		const value = wants === 'taskId' ? task.taskId : idText(video?.[kind.idKey]);
		return video && value !== undefined
			? [{ name: labelOf(name, task, video.duration), value }]
			: [];
	},
});

/** Finished videos of all kinds by their video ID, for what is made from one. */
export async function searchVideos(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const sources = VIDEO_TYPES.map((type) => sourceOf(type, 'videoId'));
	return await searchLists(this, sources, filter, paginationToken);
}

/** Finished videos of the chosen kind by their task ID. */
export async function searchVideoTasks(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const chosen = this.getCurrentNodeParameter('videoType') ?? DEFAULT_TYPE;
	const sources = VIDEO_TYPES.filter(({ value }) => value === chosen).map((type) =>
		sourceOf(type, 'taskId'),
	);
	return await searchLists(this, sources, filter, paginationToken);
}

/** The models of the operation that the panel shows. */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const isFromText = this.getCurrentNodeParameter('operation') === 'textToVideo';
	const results: INodeListSearchItems[] = MODELS.filter(({ fromImage, fromText }) =>
		isFromText ? fromText : fromImage,
	).map(({ id, name }) => ({ name, value: id }));
	return await Promise.resolve({ results: results.filter((entry) => matches(entry, filter)) });
}
