import type { Request, RequestHandler, Response } from 'express';
import { HookContext } from 'n8n-core';
import * as n8n from 'n8n-workflow';
import {
	NodeHelpers,
	type INode,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
	type Workflow,
	type WorkflowActivateMode,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { Refusal } from '../instance/webhook.cjs';

type Answer = (req: Request, res: Response) => Promise<void>;

const LIVE_HINT =
	"The workflow must be active for a production URL to run successfully. You can activate the workflow using the toggle in the top-right of the editor. Note that unlike test URL calls, production URL calls aren't shown on the canvas (only in the executions list)";
const TEST_HINT =
	"Click the 'Execute workflow' button on the canvas, then try again. (In test mode, the webhook only works for one call after you click this button)";

/** The addresses below `webhook/` or `webhook-test/` at which nodes listen. */
export class AddressBook {
	private readonly answers = new Map<string, Answer>();

	/** @param isTest n8n words its answers at a test address in another way */
	constructor(private readonly isTest: boolean) {}

	/** @throws when somebody listens there already */
	open({ httpMethod, path }: IWebhookData, answer: Answer): void {
		const key = keyOf(httpMethod, path);
		if (this.answers.has(key)) throw new Error(`The webhook path is taken already: ${key}`);
		this.answers.set(key, answer);
	}

	close({ httpMethod, path }: IWebhookData): void {
		this.answers.delete(keyOf(httpMethod, path));
	}

	readonly serve: RequestHandler = async (req, res) => {
		const path = [req.params.path ?? []].flat().join('/').replace(/\/$/, '');
		req.params = {};
		const answer = this.answers.get(keyOf(req.method, path));
		if (!answer) throw this.unknown(req.method, path);
		await answer(req, res);
	};

	private unknown(method: string, path: string): Refusal {
		const others = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'].filter((other) =>
			this.answers.has(keyOf(other, path)),
		);
		if (others.length === 0) {
			const called = this.isTest ? path : `${method} ${path}`;
			const message = `The requested webhook "${called}" is not registered.`;
			return new Refusal(404, message, 404, this.isTest ? TEST_HINT : LIVE_HINT);
		}
		const known = others.join(' or ');
		const question = `Did you mean to make a ${known} request?`;
		return new Refusal(404, `This webhook is not registered for ${method} requests. ${question}`);
	}
}

/** A node without a webhook id has its name in the path, which arrives decoded. */
function keyOf(method: string, path: string): string {
	try {
		return `${method} ${decodeURIComponent(path)}`;
	} catch {
		return `${method} ${path}`;
	}
}

/** n8n 1.x has no such thing: there every description is an expression. */
const { resolveWebhookDescriptionField } = n8n as Partial<typeof n8n>;

type Described = 'path' | 'httpMethod' | 'isFullPath';

/** All webhooks that start the workflow; a node whose path evaluates to nothing has none. */
export function webhooksOf(
	workflow: Workflow,
	workflowExecuteAdditionalData: IWorkflowExecuteAdditionalData,
): IWebhookData[] {
	const workflowId = workflow.id;
	return Object.values(workflow.nodes).flatMap((node) => {
		if (node.disabled === true) return [];
		const { description } = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
		return (description.webhooks ?? []).flatMap((webhookDescription) => {
			if (webhookDescription.restartWebhook === true) return [];
			const value = (key: Described, fallback?: boolean | string): unknown => {
				const native = resolveWebhookDescriptionField?.(node, webhookDescription, key);
				if (native?.resolved) return native.value;
				const given = webhookDescription[key];
				const { expression } = workflow;
				return expression.getSimpleParameterValue(node, given, 'internal', {}, undefined, fallback);
			};
			const own = value('path') as string | number | null | undefined;
			if (own === undefined || own === null) return [];
			const path = fullPath(workflowId, node, String(own), value('isFullPath', false) === true);
			const methods = String(value('httpMethod', 'GET')).split(',');
			return methods.map((method) => ({
				httpMethod: method.trim() as IWebhookData['httpMethod'],
				node: node.name,
				path,
				webhookDescription,
				workflowId,
				workflowExecuteAdditionalData,
			}));
		});
	});
}

function fullPath(workflowId: string, node: INode, own: string, isFull: boolean): string {
	const trimmed = own.trim().replace(/^\/|\/$/g, '');
	return NodeHelpers.getNodeWebhookPath(workflowId, node, trimmed, isFull).replace(/\/$/, '');
}

/** Calls one of the node's `webhookMethods`; one that it does not have says nothing. */
export async function runMethod(
	method: 'checkExists' | 'create' | 'delete',
	workflow: Workflow,
	webhook: IWebhookData,
	mode: WorkflowExecuteMode,
	activation: WorkflowActivateMode,
): Promise<boolean | undefined> {
	const node = nodeOf(workflow, webhook);
	const type = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const methods = type.webhookMethods?.[webhook.webhookDescription.name];
	const data = webhook.workflowExecuteAdditionalData;
	const context = new HookContext(workflow, node, data, mode, activation, webhook);
	return await methods?.[method].call(context);
}

export async function createUnlessExists(
	...rest: [Workflow, IWebhookData, WorkflowExecuteMode, WorkflowActivateMode]
): Promise<void> {
	const exists = await runMethod('checkExists', ...rest);
	if (exists !== true) await runMethod('create', ...rest);
}

export function nodeOf(workflow: Workflow, { node: name }: Pick<IWebhookData, 'node'>): INode {
	const node = workflow.getNode(name);
	if (!node) throw new Refusal(404, 'Could not find node to process webhook.');
	return node;
}
