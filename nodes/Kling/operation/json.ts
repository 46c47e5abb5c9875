import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../api/envelope';
import { readJson } from '../api/losslessJson';
import { failed, ok, refused, type Reply } from '../api/reply';

/**
 * Reads a JSON field: n8n gives text when it was typed, an object when an expression made it.
 * @param label the field's name in the panel
 */
export function jsonObject(value: unknown, label: string): Reply<IDataObject> {
	if (value === undefined || value === null || value === '') return ok({});
	const parsed = typeof value === 'string' ? readJson(value) : value;
	if (isRecord(parsed)) return ok(parsed);
	return failed(
		refused(
			`${label} is not a JSON object`,
			'Enter something like {"name": "value"}, or leave it empty.',
		),
	);
}
