import { HookContext } from 'n8n-core';
import type {
	INode,
	IWebhookData,
	Workflow,
	WorkflowActivateMode,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { HttpRefusal } from '../webhook/refusal.cjs';

/** Calls one of the node's `webhookMethods`; one that it does not have says nothing. */
export async function runWebhookMethod(
	method: 'checkExists' | 'create' | 'delete',
	workflow: Workflow,
	webhook: IWebhookData,
	mode: WorkflowExecuteMode,
	activation: WorkflowActivateMode,
): Promise<boolean | undefined> {
	const node = webhookNodeOf(workflow, webhook);
	const type = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const methods = type.webhookMethods?.[webhook.webhookDescription.name];
	const data = webhook.workflowExecuteAdditionalData;
	const context = new HookContext(workflow, node, data, mode, activation, webhook);
	return await methods?.[method].call(context);
}

export async function createUnlessExists(
	...rest: [Workflow, IWebhookData, WorkflowExecuteMode, WorkflowActivateMode]
): Promise<void> {
	const exists = await runWebhookMethod('checkExists', ...rest);
	if (exists !== true) await runWebhookMethod('create', ...rest);
}

export function webhookNodeOf(
	workflow: Workflow,
	{ node: name }: Pick<IWebhookData, 'node'>,
): INode {
	const node = workflow.getNode(name);
	if (!node) throw new HttpRefusal(404, 'Could not find node to process webhook.');
	return node;
}
