import type { IDataObject } from 'n8n-workflow';

import { failed, ok, refused, type Reply } from '../api/reply';
import type { Item } from './item';
import { jsonObject } from './json';
import { isTool } from '../api/run';

const LABEL = 'Additional Fields (JSON)';

/** Fields that every create has in the panel. */
const COMMON = ['callback_url', 'external_task_id'];

/**
 * More fields for the body. A model that fills in a tool may not replace through them what the user has entered beside
 * them: where the result goes, or whose voice it is.
 * @param documented body fields that have a place of their own in the panel
 */
export function readAdditionalFields(
	{ context }: Item,
	value: unknown,
	documented: readonly string[],
): Reply<IDataObject> {
	const extra = jsonObject(value, LABEL);
	if (!extra.ok || !isTool(context)) return extra;
	const known = new Set([...documented, ...COMMON]);
	const taken = Object.keys(extra.value).filter((key) => known.has(key));
	if (taken.length === 0) return ok(extra.value);
	const names = taken.map((key) => `"${key}"`).join(', ');
	return failed(
		refused(
			`${LABEL} of a tool sets ${names}, which the panel has fields for`,
			"Use the node's own fields for them, and never let a model fill Additional Fields (JSON).",
		),
	);
}
