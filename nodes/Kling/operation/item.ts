import type { GenericValue, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { isRecord } from '../api/envelope';

/** One item of a run: where its parameters are, and the client that all items of the run share. */
export interface Item {
	context: IExecuteFunctions;
	index: number;
	client: KlingClient;
}

/** @returns the value of a parameter, whatever type an expression gave it */
export function parameter(
	{ context, index }: Pick<Item, 'context' | 'index'>,
	name: string,
	fallback: unknown,
): GenericValue {
	return context.getNodeParameter(name, index, fallback as object);
}

/**
 * The collection of options, which has only those that the user added.
 * @throws Error when an expression or an API call put something else there
 */
export function optionsOf(item: Item): IDataObject {
	const options = parameter(item, 'options', {});
	if (!isRecord(options)) throw new Error('Options is not a collection of options');
	return options;
}

/** What a resource locator holds, or the plain value that an expression put in its place. */
export const locatorValue = (given: GenericValue): GenericValue =>
	isRecord(given) && 'value' in given ? given.value : given;
