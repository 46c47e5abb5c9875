import { checkCreate, checkPage } from './checks.cjs';
import type { Answer } from './envelopes.cjs';
import { type ErrorAnswer, klingError, namedErrors } from './errors.cjs';
import type { FaultPlan } from './faults.cjs';
import type { ApiRoute } from './options.cjs';
import { presetShapes } from './presets.cjs';
import { createdTaskJson, spellStatus, taskJson } from './view.cjs';
import type { World } from './world.cjs';

export interface Call {
	body: Record<string, unknown>;
	query: Record<string, unknown>;
	id: string;
	requestId: string;
	fault?: FaultPlan;
}

/** Said in Kling's words (`Answer`, to be wrapped) or as an error, word for word. */
export type Said = Omit<Answer, 'request' | 'requestId'> | ErrorAnswer;

export interface Route {
	method: 'get' | 'post';
	path: string;
	isWrite: boolean;
	say: (call: Call, world: World) => Said;
}

function create({ body, fault }: Call, world: World): Said {
	const wanted = checkCreate(body);
	if ('status' in wanted) return wanted;
	const { external_task_id } = wanted;
	if (external_task_id !== undefined && world.tasks.hasExternalId(external_task_id)) {
		return klingError(1201, 'external_task_id already exists');
	}
	const task = world.tasks.create(wanted, fault?.taskFailsWith);
	return { task, data: createdTaskJson(task, world.viewer) };
}

function get({ id }: Call, world: World): Said {
	const { routes, prefix } = world.options;
	const byExternalId = routes.findByExternalId !== false;
	const task = world.tasks.find(id, byExternalId);
	if (task) return { task, data: taskJson(task, world.viewer) };
	// A gateway that knows task ids only looks into its own table, and answers in its own words.
	if (!byExternalId && prefix !== '') return namedErrors.taskNotExist;
	return klingError(1201, 'Task not found by id / external id');
}

function list({ query }: Call, world: World): Said {
	const page = checkPage(query);
	if ('status' in page) return page;
	const rows = world.tasks.page(page.pageNum, page.pageSize);
	return { data: rows.map((task) => taskJson(task, world.viewer)) };
}

function presets({ query }: Call, world: World): Said {
	const page = checkPage(query);
	if ('status' in page) return page;
	const start = (page.pageNum - 1) * page.pageSize;
	const rows = world.presets.slice(start, start + page.pageSize);
	return { data: presetShapes[world.options.presetsShape](rows, world.viewer) };
}

function remove({ body }: Call, world: World): Said {
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

const voices = '/v1/general/custom-voices';

export const klingRoutes: Record<Exclude<ApiRoute, 'usage' | 'costs'>, Route> = {
	create: { method: 'post', path: voices, isWrite: true, say: create },
	get: { method: 'get', path: `${voices}/:id`, isWrite: false, say: get },
	list: { method: 'get', path: voices, isWrite: false, say: list },
	presets: { method: 'get', path: '/v1/general/presets-voices', isWrite: false, say: presets },
	delete: { method: 'post', path: '/v1/general/delete-voices', isWrite: true, say: remove },
};
