import { checkCreate, checkPage } from './checks.cjs';
import type { ApiResult } from './envelopes.cjs';
import { type RawResponse, klingError, namedErrors } from './errors.cjs';
import type { FaultPlan } from './faults.cjs';
import type { ApiRoute } from './options.cjs';
import { presetShapes } from './presets.cjs';
import { type NewTask, type TaskKind, taskKinds } from './task.cjs';
import { createdTaskJson, spellStatus, taskJson } from './view.cjs';
import type { World } from './world.cjs';

export interface ApiCall {
	body: Record<string, unknown>;
	query: Record<string, unknown>;
	id: string;
	requestId: string;
	fault?: FaultPlan;
}

/** Said in Kling's words (`Answer`, to be wrapped) or as an error, word for word. */
export type RouteOutcome = Omit<ApiResult, 'request' | 'requestId'> | RawResponse;

export interface Route {
	name: ApiRoute;
	method: 'get' | 'post';
	path: string;
	isWrite: boolean;
	handle: (call: ApiCall, world: World) => RouteOutcome;
}

/** Of a video nothing is checked but what the sandbox itself uses. */
function readVideo(body: ApiCall['body'], kind: TaskKind): NewTask {
	const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
	const callback_url = text(body.callback_url);
	const external_task_id = text(body.external_task_id);
	return {
		kind,
		voice_name: '',
		...(callback_url === undefined ? {} : { callback_url }),
		...(external_task_id === undefined ? {} : { external_task_id }),
	};
}

const create =
	(kind: TaskKind) =>
	({ body, fault }: ApiCall, world: World): RouteOutcome => {
		const wanted = kind === 'customVoice' ? checkCreate(body) : readVideo(body, kind);
		if ('status' in wanted) return wanted;
		const { external_task_id } = wanted;
		if (external_task_id !== undefined && world.tasks.hasExternalId(external_task_id)) {
			return klingError(1201, 'external_task_id already exists');
		}
		const task = world.tasks.create(wanted, fault?.taskFailsWith);
		const other = fault?.withAnother ? world.tasks.all.find((one) => one !== task) : undefined;
		return { task, data: createdTaskJson(other ?? task, world.viewer) };
	};

const get =
	(kind: TaskKind) =>
	({ id, fault }: ApiCall, world: World): RouteOutcome => {
		const { routes, prefix } = world.options;
		const byExternalId = routes.findByExternalId !== false;
		const task = world.tasks.find(id, byExternalId, kind);
		const other = fault?.withAnother ? world.tasks.all.find((one) => one !== task) : undefined;
		if (other) return { task: other, data: taskJson(other, world.viewer) };
		if (task) return { task, data: taskJson(task, world.viewer) };
		// A gateway that knows task ids only looks into its own table, and answers in its own words.
		if (!byExternalId && prefix !== '') return namedErrors.taskNotExist;
		return klingError(1201, 'Task not found by id / external id');
	};

const list =
	(kind: TaskKind, maxSize: number) =>
	({ query }: ApiCall, world: World): RouteOutcome => {
		const page = checkPage(query);
		if ('status' in page) return page;
		if (page.pageSize > maxSize) {
			return klingError(1201, `pageSize must be a whole number from 1 to ${maxSize}`);
		}
		const { pageCap, repeatsLastPage, listWithTotal } = world.options;
		const size = Math.min(page.pageSize, pageCap);
		const total = world.tasks.count(kind);
		const last = Math.max(1, Math.ceil(total / size));
		const pageNum = repeatsLastPage ? Math.min(page.pageNum, last) : page.pageNum;
		const rows = world.tasks.page(kind, pageNum, size);
		const items = rows.map((task) => taskJson(task, world.viewer));
		return { data: listWithTotal ? { total, items } : items };
	};

function presets({ query }: ApiCall, world: World): RouteOutcome {
	const page = checkPage(query);
	if ('status' in page) return page;
	const start = (page.pageNum - 1) * page.pageSize;
	const rows = world.presets.slice(start, start + page.pageSize);
	return { data: presetShapes[world.options.presetsShape](rows, world.viewer) };
}

function remove({ body }: ApiCall, world: World): RouteOutcome {
	const { voice_id } = body;
	if (typeof voice_id !== 'string' || voice_id === '') {
		return klingError(1201, 'voice_id is required and must be a string');
	}
	if (world.presetIds.has(voice_id)) {
		return klingError(1201, 'Only custom voices can be deleted');
	}
	const voice = world.tasks.voice(voice_id);
	if (!voice) return klingError(1201, 'Voice id not found');
	if (voice.deleted) return klingError(1201, 'Voice has been already deleted');
	voice.deleted = true;
	const task_status = spellStatus('succeed', world.options);
	return { data: { task_id: world.requestIds.id(7), task_status } };
}

const general = '/v1/general';

/** Kling's paths of the task kinds and the most rows of one page. */
const kindPaths: Record<TaskKind, [path: string, maxPageSize: number]> = {
	customVoice: [`${general}/custom-voices`, 1000],
	imageToVideo: ['/v1/videos/image2video', 500],
	textToVideo: ['/v1/videos/text2video', 500],
	avatar: ['/v1/videos/avatar/image2video', 500],
	lipSync: ['/v1/videos/advanced-lip-sync', 500],
};

/** A route of a video bears the name of the voices' one: faults and offers count for all kinds. */
const kindRoutes = taskKinds.flatMap((kind): Route[] => {
	const [path, maxSize] = kindPaths[kind];
	return [
		{ name: 'create', method: 'post', path, isWrite: true, handle: create(kind) },
		{ name: 'get', method: 'get', path: `${path}/:id`, isWrite: false, handle: get(kind) },
		{ name: 'list', method: 'get', path, isWrite: false, handle: list(kind, maxSize) },
	];
});

export const klingRoutes: Route[] = [
	...kindRoutes,
	{
		name: 'presets',
		method: 'get',
		path: `${general}/presets-voices`,
		isWrite: false,
		handle: presets,
	},
	{
		name: 'delete',
		method: 'post',
		path: `${general}/delete-voices`,
		isWrite: true,
		handle: remove,
	},
];
