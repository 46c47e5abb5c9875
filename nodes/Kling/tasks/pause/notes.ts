import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { isRecord } from '../../api/envelope';

/** What one item leaves the node with. */
export type OutputRow = Pick<INodeExecutionData, 'json' | 'binary'>;

/** What a pause must know of a task that it waits for. Stored in n8n's database, so also read by later versions. */
export interface TaskNote {
	taskId: string;
	externalTaskId?: string;
	/** The name that was asked for, where the kind has names. */
	name?: string;
	simple: boolean;
	/** The binary field for the file of the result; without it none is downloaded. */
	fileField?: string;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isOptionalText = (value: unknown): value is string | undefined =>
	value === undefined || typeof value === 'string';

/**
 * Reads what a pause has stored, which may have been written by another version of this package.
 * @param kept `{ v: 1, untilMs, notes }`
 * @param count how many rows the pause has; each has its note
 * @returns nothing when it is of another version, or is not what that version writes
 */
export function readNotes(
	kept: IDataObject,
	count: number,
): { untilMs?: number; notes?: (TaskNote | null)[] } {
	const { v, untilMs, notes } = kept;
	if (v !== 1 || typeof untilMs !== 'number' || !Array.isArray(notes)) return {};
	const read = notes.map(readNote);
	const isWhole = read.length === count && !read.includes(undefined);
	return isWhole ? { untilMs, notes: read.map((note) => note ?? null) } : {};
}

/** @returns `null` for a row that is done, `undefined` for what is no note */
function readNote(note: unknown): TaskNote | null | undefined {
	if (note === null) return null;
	if (!isRecord(note)) return undefined;
	const { taskId, externalTaskId, name, simple, fileField } = note;
	const isNote =
		isText(taskId) &&
		typeof simple === 'boolean' &&
		isOptionalText(externalTaskId) &&
		isOptionalText(name) &&
		isOptionalText(fileField);
	return isNote ? { taskId, externalTaskId, name, simple, fileField } : undefined;
}

export function isRow(item: IDataObject): item is IDataObject & OutputRow {
	return isRecord(item.json);
}
