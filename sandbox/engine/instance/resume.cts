import { timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import {
	NodeHelpers,
	type INode,
	type IRunExecutionData,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
	type Workflow,
} from 'n8n-workflow';

import type { Execution } from './execution.cjs';
import type { StoredExecution } from './store.cjs';
import { callWebhook, Refusal } from './webhook.cjs';
import { workflowFrom } from '../workflow.cjs';

/** A call on `$execution.resumeUrl`, in the order in which n8n looks at it. */
export async function answerResume(
	req: Request,
	res: Response,
	execution: Execution | undefined,
): Promise<void> {
	const { path: id = '', suffix: named = '' } = req.params as Record<string, string | undefined>;
	const stored = execution?.stored();
	const token = stored?.data.resumeToken;
	const { given, appended } = signatureOf(req);
	if (token !== undefined && !isToken(given, token)) {
		res.status(401).json({ error: 'Invalid token' });
		return;
	}
	if (!execution || !stored) throw new Refusal(404, `The execution "${id}" does not exist.`);
	refuseUnlessWaiting(id, stored);
	const suffix = named || (token === undefined ? '' : appended);
	const node = takeUp(stored.data);
	const workflow = workflowFrom(stored.workflowData, execution.nodeTypes);
	const startNode = workflow.getNode(node);
	if (!startNode) throw new Refusal(404, 'Could not find node to process webhook.');
	const surroundings = execution.surroundings(stored.workflowData);
	await workflow.expression.acquireIsolate();
	try {
		const webhook = webhooksOf(workflow, startNode, surroundings).find(
			({ httpMethod, path, webhookDescription }) =>
				httpMethod === req.method && path === suffix && webhookDescription.restartWebhook === true,
		);
		if (!webhook) {
			const what = 'does not contain a waiting webhook with a matching path/method.';
			throw new Refusal(404, `The workflow for execution "${id}" ${what}`);
		}
		await callWebhook(req, res, { execution, data: stored.data, workflow, startNode, webhook });
	} finally {
		await workflow.expression.releaseIsolate();
	}
}

/** A path that somebody appends to the whole address lands behind the token. */
function signatureOf(req: Request): { given: string; appended: string } {
	const signature = new URL(req.url, 'http://localhost').searchParams.get('signature') ?? '';
	const [given = '', ...path] = signature.split('/');
	return { given, appended: path.join('/') };
}

function isToken(given: string, token: string): boolean {
	if (given.length !== token.length) return false;
	return timingSafeEqual(Buffer.from(given), Buffer.from(token));
}

function refuseUnlessWaiting(id: string, { status, data, finished }: StoredExecution): void {
	if (status === 'running') throw new Refusal(409, `The execution "${id}" is running already.`);
	if (data.resultData.error) {
		throw new Refusal(409, `The execution "${id}" has finished with error.`);
	}
	// The missing quotation mark is n8n's.
	if (finished) throw new Refusal(409, `The execution "${id} has finished already.`);
}

/**
 * Makes stored data ready to be gone on with: the node that waits is skipped and its output replaced.
 * @returns the name of that node
 */
function takeUp(data: IRunExecutionData): string {
	const [waiting] = data.executionData?.nodeExecutionStack ?? [];
	if (waiting) waiting.node.disabled = true;
	data.waitTill = undefined;
	const node = data.resultData.lastNodeExecuted ?? '';
	const runs = data.resultData.runData[node];
	const last = runs?.pop();
	if (last?.inputOverride) {
		const { source, inputOverride } = last;
		runs?.push({ startTime: 0, executionTime: 0, executionIndex: 0, source, inputOverride });
	}
	return node;
}

type Described = 'path' | 'httpMethod' | 'isFullPath' | 'restartWebhook';

function webhooksOf(
	workflow: Workflow,
	node: INode,
	workflowExecuteAdditionalData: IWorkflowExecuteAdditionalData,
): IWebhookData[] {
	if (node.disabled === true) return [];
	const { description } = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const workflowId = workflow.id;
	return (description.webhooks ?? []).flatMap((webhookDescription) => {
		const value = (key: Described, fallback?: boolean | string) =>
			workflow.expression.getSimpleParameterValue(
				node,
				webhookDescription[key],
				'internal',
				{},
				undefined,
				fallback,
			);
		const own = String(value('path') ?? '')
			.trim()
			.replace(/^\/|\/$/g, '');
		const isFullPath = value('isFullPath', false) === true;
		const restarts = value('restartWebhook', false) === true;
		const path = NodeHelpers.getNodeWebhookPath(workflowId, node, own, isFullPath, restarts);
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
}
