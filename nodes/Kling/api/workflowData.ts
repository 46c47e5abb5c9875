import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * What an expression of the first item would see, read without one: n8n starts an isolate for each expression, which
 * costs half a millisecond.
 * @param name e.g. `$runIndex`
 */
export function workflowData(context: IExecuteFunctions, name: string, index = 0): unknown {
	const data: Readonly<Record<string, unknown>> = context.getWorkflowDataProxy(index);
	return data[name];
}
