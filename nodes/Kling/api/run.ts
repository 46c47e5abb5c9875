import type { IExecuteFunctions, IWorkflowDataProxyData } from 'n8n-workflow';

import { plainText } from './foreign';
import { isRecord } from './record';

/** What n8n's expressions see of a run, kept as long as the run, as making it costs some. */
const known = new WeakMap<IExecuteFunctions, IWorkflowDataProxyData>();

/** n8n 2 starts an isolated engine for each expression; this gives the same without one. */
function dataOf(context: IExecuteFunctions): IWorkflowDataProxyData {
	const data = known.get(context) ?? context.getWorkflowDataProxy(0);
	known.set(context, data);
	return data;
}

/** How often the node has run in this execution before: `$runIndex` in an expression. */
export function runIndexOf(context: IExecuteFunctions): number {
	return Number(dataOf(context).$runIndex);
}

/** `$execution.resumeUrl`, which n8n makes from its public address. */
export function resumeUrlOf(context: IExecuteFunctions): string {
	const execution: unknown = dataOf(context).$execution;
	return isRecord(execution) ? plainText(execution.resumeUrl) : '';
}

/** `$json` of an item, which for a tool is what its agent gave. */
export const inputOf = (context: IExecuteFunctions, index: number): unknown =>
	context.getWorkflowDataProxy(index).$json;

/** Whether an AI agent runs the node: n8n makes a second type of it, whose name it ends so. */
export const isTool = (context: Pick<IExecuteFunctions, 'getNode'>): boolean =>
	context.getNode().type.endsWith('Tool');
