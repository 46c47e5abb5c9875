import type { IDataObject } from 'n8n-workflow';

import { failed, ok, refused, type Reply } from '../api/reply';
import { isTool } from '../api/run';
import { parameter, type Item } from './item';
import { readSwitch } from './read';

/** What the output panel of a node, or of an agent's tool, asks for. */
export interface OutputChoice {
	simple: boolean;
	/** The only fields that the model of an agent is to see. */
	fields?: string[];
}

/** Why a file is missing, or what to do next, is worth telling whatever fields were chosen. */
const ALWAYS = ['error', 'hint'];
/** Without these, a model thinks that an unfinished task does not exist, and creates it again. */
const OF_TASK = ['task_id', 'external_task_id', 'task_status', 'task_status_msg'];

/** Refuses an empty selection before anything is sent. */
export function readOutputChoice(item: Pick<Item, 'context' | 'index'>): Reply<OutputChoice> {
	if (!isTool(item.context)) {
		const simplify = readSwitch(parameter(item, 'simplify', true), 'Simplify', true);
		return simplify.ok ? ok({ simple: simplify.value }) : simplify;
	}
	const choice = parameter(item, 'output', 'simplified');
	if (choice !== 'selectedFields') return ok({ simple: choice !== 'raw' });
	const fields = String(parameter(item, 'outputFields', ''))
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	return fields.length > 0 ? ok({ simple: true, fields }) : failed(NO_FIELDS);
}

const NO_FIELDS = refused(
	'No fields are selected',
	'Enter the names of fields in Fields, or choose another Output.',
);

/** The row with the chosen fields, in that order; for a task without a result, also its IDs and status. */
export function withFields(json: IDataObject, { fields }: OutputChoice): IDataObject {
	if (!fields) return json;
	const has = (name: string) => Object.hasOwn(json, name);
	const isMade = !has('task_status') || json.task_status === 'succeed';
	const shown = isMade && fields.some(has) ? ALWAYS : [...ALWAYS, ...OF_TASK];
	return Object.fromEntries([...fields, ...shown].filter(has).map((name) => [name, json[name]]));
}
