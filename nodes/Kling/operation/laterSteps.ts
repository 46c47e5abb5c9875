import type { IExecuteFunctions } from 'n8n-workflow';

const OPENED_BY_ADDRESS = new Set(['n8n-nodes-base.wait', 'n8n-nodes-base.form']);

/**
 * The names of later steps that wait for a person or a call. In n8n one address opens the whole execution. Anyone
 * who sees the one that Kling gets can also pass these steps.
 */
export function laterSteps(context: IExecuteFunctions): string[] {
	if (!('getChildNodes' in context)) return [];
	return context
		.getChildNodes(context.getNode().name, { includeNodeParameters: true })
		.filter(
			({ type, disabled, parameters }) =>
				!disabled && (OPENED_BY_ADDRESS.has(type) || parameters?.operation === 'sendAndWait'),
		)
		.map(({ name }) => name);
}

/** What to tell the user of them, or `undefined` when there is none. */
export function laterStepsHint(context: IExecuteFunctions): string | undefined {
	const names = laterSteps(context);
	if (names.length === 0) return undefined;
	// The editor shows hints as HTML.
	const list = names.map((name) => `"${name.replaceAll('<', '‹')}"`).join(', ');
	return `The address that Kling gets opens this whole execution, so anyone who sees it can also answer ${list}. Put approvals into a sub-workflow, or choose another value in Wait For.`;
}
