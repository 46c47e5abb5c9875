import type { GenericValue, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

/** Keeps a value in the node's own context, which n8n stores with a paused execution. */
export function keepInNode(
	context: Pick<IExecuteFunctions, 'getContext'>,
	key: string,
	value: GenericValue,
): void {
	try {
		context.getContext('node')[key] = value;
	} catch {
		// Where n8n keeps nothing, it cannot pause either.
	}
}

/** Reads it in the webhook that a callback reaches, where there is no such context. */
export function keptInNode(context: IWebhookFunctions, key: string): unknown {
	const escaped = (brace: string) => `\\u00${brace.charCodeAt(0).toString(16)}`;
	const name = JSON.stringify(context.getNode().name).replace(/[{}]/g, escaped);
	return context.evaluateExpression(`{{ $(${name}).context.${key} }}`, 0);
}
