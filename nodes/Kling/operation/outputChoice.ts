import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { failed, ok, refused, type Reply } from '../api/reply';
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

export const isTool = (context: Pick<IExecuteFunctions, 'getNode'>): boolean =>
	context.getNode().type.endsWith('Tool');

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

/** The row with the fields that were chosen, in that order. */
export function withFields(json: IDataObject, { fields }: OutputChoice): IDataObject {
	if (!fields) return json;
	const kept = [...fields, ...ALWAYS].filter((name) => name in json);
	return Object.fromEntries(kept.map((name) => [name, json[name]]));
}
