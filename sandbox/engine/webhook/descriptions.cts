import * as n8n from 'n8n-workflow';
import {
	NodeHelpers,
	type INode,
	type IWebhookData,
	type IWebhookDescription,
	type IWorkflowExecuteAdditionalData,
	type Workflow,
} from 'n8n-workflow';

/** n8n 1.x has no such thing: there every description is an expression. */
const { resolveWebhookDescriptionField } = n8n as Partial<typeof n8n>;

type AddressField = 'path' | 'httpMethod' | 'isFullPath' | 'restartWebhook';

/** All webhooks that start the workflow; a node whose path evaluates to nothing has none. */
export function triggerWebhooksOf(
	workflow: Workflow,
	data: IWorkflowExecuteAdditionalData,
): IWebhookData[] {
	return Object.values(workflow.nodes).flatMap((node) => {
		return describedWebhooks(workflow, node).flatMap((description) => {
			if (description.restartWebhook === true) return [];
			const value = (
				field: Exclude<AddressField, 'restartWebhook'>,
				fallback?: boolean | string,
			) => {
				const native = resolveWebhookDescriptionField?.(node, description, field);
				if (native?.resolved) return native.value as unknown;
				return evaluated(workflow, node, description[field], fallback);
			};
			const ownPath = value('path') as string | number | null | undefined;
			if (ownPath === undefined || ownPath === null) return [];
			const isFullPath = value('isFullPath', false) === true;
			const path = NodeHelpers.getNodeWebhookPath(
				workflow.id,
				node,
				trimmed(String(ownPath)),
				isFullPath,
			).replace(/\/$/, '');
			const methods = String(value('httpMethod', 'GET'));
			return forEachMethod(methods, webhookAt(workflow, node, description, path, data));
		});
	});
}

/** The webhooks of one node at the address of its waiting execution, those that resume it among them. */
export function resumeWebhooksOf(
	workflow: Workflow,
	node: INode,
	data: IWorkflowExecuteAdditionalData,
): IWebhookData[] {
	return describedWebhooks(workflow, node).flatMap((description) => {
		const value = (field: AddressField, fallback?: boolean | string) =>
			evaluated(workflow, node, description[field], fallback);
		const ownPath = value('path') as string | number | null | undefined;
		const path = NodeHelpers.getNodeWebhookPath(
			workflow.id,
			node,
			trimmed(String(ownPath ?? '')),
			value('isFullPath', false) === true,
			value('restartWebhook', false) === true,
		);
		const methods = String(value('httpMethod', 'GET'));
		return forEachMethod(methods, webhookAt(workflow, node, description, path, data));
	});
}

function describedWebhooks(workflow: Workflow, node: INode): IWebhookDescription[] {
	if (node.disabled === true) return [];
	const { description } = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	return description.webhooks ?? [];
}

function evaluated(
	{ expression }: Workflow,
	node: INode,
	given: boolean | string | undefined,
	fallback?: boolean | string,
): unknown {
	return expression.getSimpleParameterValue(node, given, 'internal', {}, undefined, fallback);
}

const trimmed = (path: string) => path.trim().replace(/^\/|\/$/g, '');

const webhookAt = (
	{ id: workflowId }: Workflow,
	{ name: node }: INode,
	webhookDescription: IWebhookDescription,
	path: string,
	workflowExecuteAdditionalData: IWorkflowExecuteAdditionalData,
) => ({ node, path, webhookDescription, workflowId, workflowExecuteAdditionalData });

function forEachMethod(methods: string, webhook: Omit<IWebhookData, 'httpMethod'>): IWebhookData[] {
	// One without a method has no address, as in n8n.
	return methods
		.split(',')
		.flatMap((method) =>
			method === ''
				? []
				: [{ httpMethod: method.trim() as IWebhookData['httpMethod'], ...webhook }],
		);
}
