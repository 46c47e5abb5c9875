import { checkCreate, checkPage } from './checks.cjs';
import type { ApiResult } from './envelopes.cjs';
import { type RawResponse, klingError, namedErrors } from './errors.cjs';
import type { FaultPlan } from './faults.cjs';
import { type TaskKind, kinds, taskKinds } from './kinds/index.cjs';
import { findTasks, shown } from './lookUp.cjs';
import type { ApiRoute } from './options.cjs';
import { presetShapes } from './presets.cjs';
import { selectionRoutes } from './selection.cjs';
import type { NewTask, SandboxTask } from './task.cjs';
import { createdTaskJson, facesJson, newCreatedJson, spellStatus, taskJson } from './view.cjs';
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
	/** Undefined for what is not about one kind. */
	kind?: TaskKind;
	method: 'get' | 'post';
	path: string;
	isWrite: boolean;
	/** Whether only an API key opens it, no JWT. */
	needsKey?: boolean;
	handle: (call: ApiCall, world: World) => RouteOutcome | Promise<RouteOutcome>;
}

/** The fault may have the answer speak of another task than the one that was asked about. */
const another = ({ fault }: ApiCall, world: World, task: SandboxTask | undefined) =>
	fault?.withAnother ? world.tasks.all.find((one) => one !== task) : undefined;

const create =
	(kind: TaskKind) =>
	async (call: ApiCall, world: World): Promise<RouteOutcome> => {
		const body = kinds[kind].isNewStandard ? { ...call.body, model_name: call.id } : call.body;
		const wanted = checkCreate(kind, body, world);
		if ('status' in wanted) return wanted;
		const { external_task_id } = wanted;
		if (external_task_id !== undefined && world.tasks.hasExternalId(external_task_id)) {
			return klingError(1201, 'external_task_id already exists');
		}
		if (world.isUsedUp) return klingError(1102);
		if (kinds[kind].isInstant) return await createInstant(kind, wanted, call, world);
		const task = world.tasks.create(wanted, call.fault?.taskFailsWith);
		const json = kinds[kind].isNewStandard ? newCreatedJson : createdTaskJson;
		return { task, data: json(another(call, world, task) ?? task, world.viewer) };
	};

/** Files are looked at before the answer, and what is wrong with one is a refusal. */
async function createInstant(
	kind: TaskKind,
	wanted: NewTask,
	call: ApiCall,
	world: World,
): Promise<RouteOutcome> {
	const verdict = (await world.judgeOf(kind, call.body)?.()) ?? {};
	if (verdict.refusal !== undefined) return klingError(1201, verdict.refusal);
	const task = world.tasks.createEnded(wanted, verdict, call.fault?.taskFailsWith);
	const isFaces = kinds[kind].makes === 'faces';
	return { task, data: isFaces ? facesJson(task) : taskJson(task, world.viewer) };
}

const get =
	(kind: TaskKind) =>
	(call: ApiCall, world: World): RouteOutcome => {
		const { routes, prefix } = world.options;
		const byExternalId = routes.findByExternalId !== false;
		const found = world.tasks.find(call.id, byExternalId, kind);
		const task = another(call, world, found) ?? shown(found, world);
		if (task) return { task, data: taskJson(task, world.viewer) };
		// A gateway that knows task ids only looks into its own table, and answers in its own words.
		if (!byExternalId && prefix !== '') return namedErrors.taskNotExist;
		return klingError(1201, 'Task not found by id / external id');
	};

const list =
	(kind: TaskKind, maxSize: number) =>
	({ query }: ApiCall, world: World): RouteOutcome => {
		const page = checkPage(query, maxSize);
		if ('status' in page) return page;
		const { pageCap, repeatsLastPage, listWithTotal } = world.options;
		const size = Math.min(page.pageSize, pageCap);
		const total = world.tasks.count(kind);
		const last = Math.max(1, Math.ceil(total / size));
		const pageNum = repeatsLastPage ? Math.min(page.pageNum, last) : page.pageNum;
		const items = world.tasks
			.page(kind, pageNum, size)
			.flatMap((task) => shown(task, world) ?? [])
			.map((task) => taskJson(task, world.viewer));
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

/** A route of a video bears the name of the voices' one: faults and offers count for all kinds. */
function routesOf(kind: TaskKind): Route[] {
	const { path, pageSize = 500, isInstant, isNewStandard = false } = kinds[kind];
	const creating: Route = {
		name: 'create',
		kind,
		method: 'post',
		path: path.replace(':model', ':id'),
		isWrite: true,
		needsKey: isNewStandard,
		handle: create(kind),
	};
	if (isInstant || isNewStandard) return [creating];
	const reading = { kind, method: 'get', isWrite: false } as const;
	return [
		creating,
		{ ...reading, name: 'get', path: `${path}/:id`, handle: get(kind) },
		{ ...reading, name: 'list', path, handle: list(kind, pageSize) },
	];
}

const general = '/v1/general';

export const klingRoutes: Route[] = [
	...taskKinds.flatMap(routesOf),
	...selectionRoutes,
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
	{
		name: 'get',
		kind: 'newImageToVideo',
		method: 'get',
		path: '/tasks',
		isWrite: false,
		needsKey: true,
		handle: findTasks,
	},
];
