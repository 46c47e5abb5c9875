import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { isRecord } from '../../api/envelope';
import { idText } from '../task';

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
	/** What was done to a file that was given, as a sentence for the item. */
	hint?: string;
}

/** Of a task whose note cannot be read: its ids are known from the row that was stored beside it. */
export interface LostNote {
	taskId: string;
	externalTaskId?: string;
	isLost: true;
}

/** For each row of a paused run; `null` for one that is done. */
export type Notes = (TaskNote | LostNote | null)[];

/** As one text, because n8n's expressions read an object field by field. */
export const textOfNotes = (notes: (TaskNote | null)[]): string => JSON.stringify(notes);

/** The reader of foreign texts has limits that the notes of a large run would meet. */
function ownJson(text: unknown): unknown {
	try {
		return typeof text === 'string' ? JSON.parse(text) : undefined;
	} catch {
		return undefined;
	}
}

/** @returns what `textOfNotes` made; `undefined` unless each note can be read, as then the rows are needed, too */
export function readText(text: unknown): (TaskNote | null)[] | undefined {
	const list = ownJson(text);
	if (!Array.isArray(list)) return undefined;
	const notes = list.map((note: unknown) => (note === null ? null : readNote(note)));
	const all = notes.filter((note) => note !== undefined);
	return all.length === notes.length ? all : undefined;
}

/**
 * Reads what a pause has stored. Another version of this package may have written it, so that nothing in it is certain.
 * @param kept `{ v: 1, untilMs, notes }`, or with `v: 2` the notes as one text
 * @param rows the rows that were stored beside it; one that waits says so with `timed_out`
 */
export function readNotes(kept: IDataObject, rows: OutputRow[]): Notes {
	const list = kept.v === 2 ? ownJson(kept.notes) : kept.notes;
	const isKnown = kept.v === 1 || kept.v === 2;
	const notes: unknown[] = isKnown && Array.isArray(list) ? list : [];
	return rows.map(({ json }, index) => {
		const note = notes[index];
		return note === null ? null : (readNote(note) ?? lostNote(json));
	});
}

function readNote(note: unknown): TaskNote | undefined {
	if (!isRecord(note)) return undefined;
	const { taskId, externalTaskId, name, simple, fileField, hint } = note;
	const isNote =
		isText(taskId) &&
		typeof simple === 'boolean' &&
		isOptionalText(externalTaskId) &&
		isOptionalText(name) &&
		isOptionalText(fileField) &&
		isOptionalText(hint);
	return isNote ? { taskId, externalTaskId, name, simple, fileField, hint } : undefined;
}

function lostNote({ task_id, external_task_id, timed_out: waits }: IDataObject): LostNote | null {
	const taskId = idText(task_id);
	if (waits !== true || taskId === undefined) return null;
	return { taskId, externalTaskId: idText(external_task_id), isLost: true };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isOptionalText = (value: unknown): value is string | undefined =>
	value === undefined || typeof value === 'string';
