import { timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import type {
	INode,
	INodeExecutionData,
	IRunExecutionData,
	IWebhookData,
	Workflow,
} from 'n8n-workflow';

import type { Execution } from './execution.cjs';
import type { StoredExecution } from './store.cjs';
import { resultAfterThrow } from '../trigger/event.cjs';
import { resumeWebhooksOf } from '../webhook/descriptions.cjs';
import { HttpRefusal } from '../webhook/refusal.cjs';
import { answerWebhook, type WebhookCall } from '../webhook/respond.cjs';
import { is2x, workflowFrom } from '../workflow.cjs';

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
	if (!execution || !stored) throw new HttpRefusal(404, `The execution "${id}" does not exist.`);
	refuseUnlessWaiting(id, stored);
	const suffix = named || (token === undefined ? '' : appended);
	const node = prepareResume(stored.data);
	const workflow = workflowFrom(stored.workflowData, execution.nodeTypes);
	const startNode = workflow.getNode(node);
	if (!startNode) throw new HttpRefusal(404, 'Could not find node to process webhook.');
	const waiting = { execution, data: stored.data, workflow, startNode };
	await workflow.expression.acquireIsolate();
	try {
		const additional = execution.additionalData(stored.workflowData);
		const webhook = resumeWebhooksOf(workflow, startNode, additional).find(
			({ httpMethod, path, webhookDescription }) =>
				httpMethod === req.method && path === suffix && webhookDescription.restartWebhook === true,
		);
		if (!webhook) {
			const what = 'does not contain a waiting webhook with a matching path/method.';
			throw new HttpRefusal(404, `The workflow for execution "${id}" ${what}`);
		}
		await resumeFromWebhook(req, res, { ...waiting, webhook });
	} finally {
		await workflow.expression.releaseIsolate();
	}
}

/** A path appended to the whole address lands behind the token. */
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
	if (status === 'running') throw new HttpRefusal(409, `The execution "${id}" is running already.`);
	if (data.resultData.error) {
		throw new HttpRefusal(409, `The execution "${id}" has finished with error.`);
	}
	// The missing quotation mark is n8n's.
	if (finished) throw new HttpRefusal(409, `The execution "${id} has finished already.`);
}

/**
 * Prepares stored data for the resume: the node that waits is skipped and its output replaced.
 * @returns the name of that node
 */
function prepareResume(data: IRunExecutionData): string {
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

interface WaitingExecution {
	execution: Execution;
	/** Of the execution, ready to be resumed. */
	data: IRunExecutionData;
	workflow: Workflow;
	startNode: INode;
	webhook: IWebhookData;
}

/** Resumes a waiting execution when its node's `webhook()` says so. */
async function resumeFromWebhook(
	req: Request,
	res: Response,
	waiting: WaitingExecution,
): Promise<void> {
	const { execution, data, startNode } = waiting;
	const { id: executionId, mode } = execution;
	const proceed: WebhookCall['proceed'] = (items, failure) => {
		replaceInput(data, items);
		// The pins stay: they are the sandbox's way to give a node its items.
		const { pinData } = data.resultData;
		if (failure) data.resultData = { ...resultAfterThrow(failure, startNode), pinData };
		return execution.resume(data);
	};
	await answerWebhook(req, res, { ...waiting, executionId, mode, proceed });
}

/** The items become the input of the waiting node, which is skipped: its input is its output then. */
function replaceInput(data: IRunExecutionData, items: INodeExecutionData[][]): void {
	const waiting = data.executionData?.nodeExecutionStack[0];
	if (!waiting) throw new Error('Nothing is left to be executed');
	waiting.data.main = items;
	if (is2x) waiting.metadata = { ...waiting.metadata, forwardAllOutputs: true };
}
