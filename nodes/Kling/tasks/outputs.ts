import type { IDataObject } from 'n8n-workflow';

import { opened } from '../api/envelope';
import { plainText } from '../api/foreign';
import { isRecord } from '../api/record';

/** What the new standard calls the fields of a voice, by their names in the old one. Source: Kling's page on callbacks. */
const VOICE_FIELDS: Record<string, string> = {
	voice_id: 'id',
	voice_name: 'name',
	trial_url: 'url',
};
/** The old names of the lists. */
const LISTS = new Map([
	['voice', 'voices'],
	['video', 'videos'],
	['image', 'images'],
	['audio', 'audios'],
	['element', 'elements'],
]);

/**
 * A layer of an answer with its outcome where the old standard has it: the new one has a list `outputs`, and some
 * gateways send `task_result` as the text of its JSON.
 */
export function withResult(layer: IDataObject): IDataObject {
	const result = opened(layer.task_result);
	const outputs = opened(layer.outputs);
	if (!Array.isArray(outputs)) {
		return isRecord(result) && result !== layer.task_result
			? { ...layer, task_result: result }
			: layer;
	}
	const lists: Record<string, IDataObject[]> = {};
	for (const output of outputs.filter(isRecord)) {
		const list = LISTS.get(plainText(output.type));
		if (list !== undefined) (lists[list] ??= []).push(inOldWords(output));
	}
	return { ...layer, task_result: { ...lists, ...(isRecord(result) ? result : {}) } };
}

function inOldWords({ type, ...output }: IDataObject): IDataObject {
	if (type !== 'voice') return output;
	const newNames = Object.values(VOICE_FIELDS);
	const others = Object.entries(output).filter(([key]) => !newNames.includes(key));
	const named = Object.entries(VOICE_FIELDS).map(
		([old, key]) => [old, output[old] ?? output[key]] as const,
	);
	return Object.fromEntries<IDataObject[string]>([...others, ...named]);
}

/**
 * What Kling charged, in units: the old standard has one field, the new one a list of rows, some of them in money.
 * @returns `undefined` when the answer does not say
 */
export function unitsIn(found: IDataObject[]): number | undefined {
	for (const layer of found) {
		const charged = amountOf(layer.final_unit_deduction);
		if (charged !== undefined) return charged;
		const billing = opened(layer.billing);
		if (!Array.isArray(billing)) continue;
		const amounts = billing
			.filter(isRecord)
			.filter((row) => row.charge_type !== 'cash')
			.flatMap((row) => amountOf(row.amount) ?? []);
		if (amounts.length > 0) return Number(amounts.reduce((one, two) => one + two, 0).toFixed(6));
	}
	return undefined;
}

function amountOf(value: unknown): number | undefined {
	const text = plainText(value).trim();
	return /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}
