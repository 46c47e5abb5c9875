import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { KlingClient } from '../api/client';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { nodeErrorFrom } from '../operation/nodeError';
import { kindOfType, type TaskType } from '../tasks/endpoints';
import { Pages } from '../tasks/list';
import { readTask, type Task } from '../tasks/task';
import { advance, lookBackTo, readCursor, type Cursor } from './cursor';
import { eventJson, type KlingEvent } from './event';
import { wasSeen } from './dedup';
import { readSettings, type TriggerContext } from './settings';

const PAGE_SIZE = 100;
/** n8n may poll every minute, and a poll that hangs must not run into the next one. */
const LONGEST_PAGE_MS = 45_000;

/**
 * What finished since the last poll and was not given yet, of all chosen types. The cursors move only when everything
 * could be read, so that a failed poll loses nothing.
 * @throws NodeApiError | NodeOperationError in words; n8n shows it and polls again
 */
export async function onPoll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const settings = readSettings(context);
	if (settings.receive === 'callback') return null;
	if (context.getMode() === 'manual') return [[await sampleEvent(context)]];
	const opened = await KlingClient.open(context);
	if (!opened.ok) throw nodeErrorFrom(context, opened.problem, 0);
	const memory = context.getWorkflowStaticData('node');
	const items: INodeExecutionData[] = [];
	const moved: Record<string, Cursor> = {};
	const missing = new MissingLists(context, settings.types.length);
	for (const type of settings.types) {
		const cursor = readCursor(memory[type], Date.now());
		const tasks = await tasksSince(opened.value, type, cursor);
		if (!tasks.ok) {
			missing.add(tasks.problem);
			continue;
		}
		const { fresh, next } = advance(cursor, tasks.value, Date.now(), (id) => wasSeen(context, id));
		moved[type] = next;
		const wanted = fresh.filter(({ status }) => settings.statuses.has(status));
		items.push(...wanted.map((task) => itemOf(task, type, settings.simple)));
	}
	// Only now: n8n keeps what is written here although the poll fails, and then the events of other types were lost.
	Object.assign(memory, moved);
	return items.length > 0 ? [items] : null;
}

/** The newest finished task, as sample data while a workflow is built. */
export async function sampleEvent(context: TriggerContext): Promise<INodeExecutionData> {
	const settings = readSettings(context);
	const opened = await KlingClient.open(context);
	if (!opened.ok) throw nodeErrorFrom(context, opened.problem, 0);
	const missing = new MissingLists(context, settings.types.length);
	for (const type of settings.types) {
		const page = await nextOf(new Pages(opened.value, kindOfType(type), PAGE_SIZE), type);
		if (!page.ok) {
			missing.add(page.problem);
			continue;
		}
		const newest = page.value.tasks.find(({ status }) => settings.statuses.has(status));
		if (newest) return itemOf(newest, type, settings.simple);
	}
	throw new NodeOperationError(context.getNode(), 'There is no finished task to show yet', {
		description:
			'Create a voice or video first, or choose more in Task Types or Trigger On. Once the workflow is published (active), each task starts it when it has finished.',
	});
}

/** A gateway need not have every list: what it has counts, unless it has none at all. */
class MissingLists {
	private count = 0;
	private first: Problem | undefined;

	constructor(
		private readonly context: TriggerContext,
		private readonly all: number,
	) {}

	/** @throws NodeApiError | NodeOperationError for any other problem, or when no list is there */
	add(problem: Problem): void {
		this.count += 1;
		if (problem.cause !== 'notOffered') throw nodeErrorFrom(this.context, problem, 0);
		// The first list is the commonest, so its name says most.
		this.first ??= problem;
		if (this.count >= this.all) throw nodeErrorFrom(this.context, this.first, 0);
		this.context.logger.debug(`Kling Trigger: ${problem.what}`);
	}
}

function itemOf(task: KlingEvent['task'], type: TaskType, simple: boolean): INodeExecutionData {
	return { json: eventJson({ task, type, via: 'poll', verified: true }, simple) };
}

/** Pages through the list until the tasks are older than the cursor looks back. */
async function tasksSince(
	client: KlingClient,
	type: TaskType,
	cursor: Cursor | undefined,
): Promise<Reply<KlingEvent['task'][]>> {
	const found: KlingEvent['task'][] = [];
	const pages = new Pages(client, kindOfType(type), PAGE_SIZE);
	for (;;) {
		const page = await nextOf(pages, type);
		if (!page.ok) return page;
		const { tasks, last } = page.value;
		found.push(...tasks);
		if (last || isPast(tasks, lookBackTo(cursor, found, Date.now()))) return ok(found);
	}
}

/** Only a list with the newest first, as Kling's is, tells by its last row that the rest is older. */
function isPast(tasks: Task[], since: number): boolean {
	const times = tasks.flatMap(({ createdAt }) => (createdAt ? Date.parse(createdAt) : []));
	const [newest, oldest] = [times[0], times.at(-1)];
	return newest !== undefined && oldest !== undefined && newest >= oldest && oldest < since;
}

async function nextOf(
	pages: Pages,
	type: TaskType,
): Promise<Reply<{ tasks: KlingEvent['task'][]; last: boolean }>> {
	const kind = kindOfType(type);
	const page = await pages.next(LONGEST_PAGE_MS);
	if (!page.ok) {
		return failed({
			...page.problem,
			what: `Could not list tasks (${kind.name}): ${page.problem.what}`,
		});
	}
	const tasks = page.value.rows
		.map((row) => readTask(row, kind))
		.filter((task): task is KlingEvent['task'] => task.taskId !== undefined);
	return ok({ tasks, last: page.value.next === undefined });
}
