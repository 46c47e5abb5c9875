import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { collect } from '../tasks/list';
import type { TaskKind } from '../tasks/kinds';
import { parameter, type Item } from './item';
import { forEachItem } from './items';
import { readLimit } from './read';

/** What one listing does that others do not. */
export interface ListSpec {
	kind: TaskKind;
	/** Whether the item's filters leave rows out, so that more rows must be read than are wanted. */
	isFiltered?: (item: Item) => boolean;
	/** Turns the rows of a page, as Kling sent them, into output. @param simple what Simplify says */
	select: (rows: IDataObject[], item: Item, simple: boolean) => IDataObject[];
}

/** Lists for each item. Kling has no filters of its own, so the node looks through the pages. */
export async function listTasks(
	context: IExecuteFunctions,
	{ kind, isFiltered, select }: ListSpec,
): Promise<INodeExecutionData[]> {
	return await forEachItem(context, async (item) => {
		const most = readLimit(item);
		if (!most.ok) return most;
		const simple = parameter(item, 'simplify', true) === true;
		const filtered = isFiltered?.(item) ?? false;
		return await collect(item.client, kind, most.value, filtered, (rows) =>
			select(rows, item, simple).map((json) => ({ json })),
		);
	});
}
