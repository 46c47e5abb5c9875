import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ok, type Reply } from '../api/reply';
import type { TaskKind } from '../tasks/kinds';
import { collect } from '../tasks/list';
import { readTask, type Task } from '../tasks/task';
import type { Item } from './item';
import { forEachItem } from './items';
import { readOutputChoice } from './outputChoice';
import { readLimit } from './read';

export type TaskFilter = (task: Task) => boolean;

/** What one listing does that others do not. */
export interface ListSpec {
	kind: TaskKind;
	/** What the item wants to see; `undefined` for all. */
	readFilter?: (item: Item) => Reply<TaskFilter | undefined>;
	/** What one task of the list gives. @param simple what Simplify says */
	outputsOf: (task: Task, simple: boolean) => IDataObject[];
}

/**
 * Lists for each item. Kling has no filters of its own, so the node looks through the pages.
 * @param given a function where it depends on the parameters of the item
 */
export async function listTasks(
	context: IExecuteFunctions,
	given: ListSpec | ((item: Item) => Reply<ListSpec>),
): Promise<INodeExecutionData[]> {
	return await forEachItem(context, async (item) => {
		const spec = typeof given === 'function' ? given(item) : ok(given);
		if (!spec.ok) return spec;
		const { kind, readFilter, outputsOf } = spec.value;
		const most = readLimit(item);
		if (!most.ok) return most;
		const filter = readFilter?.(item) ?? ok(undefined);
		if (!filter.ok) return filter;
		const passes = filter.value;
		const choice = readOutputChoice(item);
		if (!choice.ok) return choice;
		const { simple } = choice.value;
		return await collect(item.client, kind, most.value, passes !== undefined, (rows) =>
			rows
				.map((row) => readTask(row, kind))
				.filter((task) => passes?.(task) ?? true)
				.flatMap((task) => outputsOf(task, simple))
				.map((json) => ({ json })),
		);
	});
}
