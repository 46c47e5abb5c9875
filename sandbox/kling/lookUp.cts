import { klingError } from './errors.cjs';
import type { ApiCall, RouteOutcome } from './routes.cjs';
import type { SandboxTask } from './task.cjs';
import { newStandardJson } from './view.cjs';
import type { World } from './world.cjs';

/**
 * A task as a gateway's own table has it, which follows Kling by `lagMs`: a new one is unknown, and one that ended a
 * moment ago is still at work.
 */
export function shown(task: SandboxTask | undefined, { options }: World): SandboxTask | undefined {
	const seenAt = Date.now() - options.lagMs;
	if (!task || options.lagMs === 0 || task.updated_at <= seenAt) return task;
	if (task.created_at > seenAt) return undefined;
	const { task_status_msg, ...rest } = task;
	return { ...rest, task_status: 'processing', updated_at: task.created_at };
}

const MOST_IDS = 20;

const idsIn = (value: unknown) =>
	typeof value === 'string' ? value.split(',').filter((id) => id !== '') : [];

/** `/tasks` of the new standard: tasks of every kind; an unknown id is left out, not an error. */
export function findTasks({ query }: ApiCall, world: World): RouteOutcome {
	const own = idsIn(query.task_ids);
	const external = idsIn(query.external_task_ids);
	const ids = [...own, ...external];
	if (ids.length === 0) return klingError(1201, 'task_ids or external_task_ids is required');
	if (ids.length > MOST_IDS) return klingError(1201, `at most ${MOST_IDS} ids`);
	const byExternalId = world.options.routes.findByExternalId !== false;
	const found = [
		...own.map((id) => world.tasks.find(id, false)),
		...external.map((id) => (byExternalId ? world.tasks.find(id, true) : undefined)),
	];
	const rows = found.flatMap((task) => shown(task, world) ?? []);
	return { data: rows.map((task) => newStandardJson(task, world.viewer)) };
}
