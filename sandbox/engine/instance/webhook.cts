import type { Request, Response } from 'express';
import { WebhookContext } from 'n8n-core';
import {
	type CloseFunction,
	type INode,
	type INodeExecutionData,
	type IRunExecutionData,
	type IWebhookData,
	type IWebhookResponseData,
	type Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import type { Execution } from './execution.cjs';
import { Refusal, readBody } from '../trigger/requestBody.cjs';
import { afterThrow } from '../trigger/event.cjs';
import { is2x } from '../workflow.cjs';

export { Refusal };

/** A call on a node's webhook. */
export interface WebhookCall {
	workflow: Workflow;
	startNode: INode;
	webhook: IWebhookData;
	mode: WorkflowExecuteMode;
	/** Of the execution that waits; a call that starts one has none yet. */
	executionId?: string;
	data?: IRunExecutionData;
	/** Told before each answer that is no error. */
	answering?: () => void;
	/**
	 * Starts an execution or goes on with the one that waits.
	 * @param failure what `webhook()` threw
	 * @returns false when somebody else was faster
	 */
	proceed(items: INodeExecutionData[][], failure?: Error): boolean;
}

export interface Waiting {
	execution: Execution;
	/** Of the execution, ready to be gone on with. */
	data: IRunExecutionData;
	workflow: Workflow;
	startNode: INode;
	webhook: IWebhookData;
}

/** Goes on with a waiting execution when its node's `webhook()` says so. */
export async function callWebhook(req: Request, res: Response, waiting: Waiting): Promise<void> {
	const { execution, data, startNode } = waiting;
	const { id: executionId, mode } = execution;
	const proceed: WebhookCall['proceed'] = (items, failure) => {
		putIn(data, items);
		// The pins stay: they are the sandbox's way to give a node its items.
		const { pinData } = data.resultData;
		if (failure) data.resultData = { ...afterThrow(failure, startNode), pinData };
		return execution.resume(data);
	};
	await answerWebhook(req, res, { ...waiting, executionId, mode, proceed });
}

/** Lets the node's `webhook()` speak, answers the caller and proceeds, in n8n's order. */
export async function answerWebhook(req: Request, res: Response, call: WebhookCall): Promise<void> {
	await readBody(req, call.startNode);
	const { webhook } = call;
	Object.assign(webhook.workflowExecuteAdditionalData, { httpRequest: req, httpResponse: res });
	const { result, error } = await speak(call);
	// A node that answers by itself counts as answered, whether it has or not.
	let isAnswered = result.noWebhookResponse === true;
	if (isAnswered && !error) call.answering?.();
	const answer = (status: number, body: unknown) => {
		if (isAnswered) return;
		isAnswered = true;
		if (!error) call.answering?.();
		res.status(status);
		if (typeof body === 'string') res.send(body);
		else res.json(body);
	};
	if (error) {
		isAnswered = res.headersSent;
		answer(500, { code: 0, message: 'Workflow Webhook Error: Workflow could not be started!' });
	}
	const status = Number(describe(call, 'responseCode', 200));
	const { workflowData } = result;
	const given = (otherwise: string): unknown =>
		result.webhookResponse === undefined ? { message: otherwise } : result.webhookResponse;
	if (!workflowData) {
		answer(status, given('Webhook call received'));
		return;
	}
	if (describe(call, 'responseMode', 'onReceived') !== 'onReceived') {
		throw new Error('The sandbox knows no response mode but "onReceived"');
	}
	// Without `responseData` n8n answers with the name of its default.
	const responseData = describe(call, 'responseData', 'firstEntryJson');
	const received = responseData || given('Workflow was started');
	const body = responseData === 'noData' ? undefined : received;
	// 1.x answers before it goes on. 2.x goes on first, so whoever comes second hears of it.
	if (!is2x) answer(status, body);
	const isFirst = call.proceed(workflowData, error);
	if (!isFirst && !isAnswered) {
		throw new Refusal(500, 'There was a problem executing the workflow');
	}
	answer(status, body);
}

type Described = 'responseCode' | 'responseMode' | 'responseData';

function describe(call: WebhookCall, key: Described, fallback: string | number) {
	const { workflow, startNode, webhook, mode, executionId } = call;
	const value = webhook.webhookDescription[key];
	const keys = { $executionId: executionId };
	const { expression } = workflow;
	return expression.getComplexParameterValue(startNode, value, mode, keys, undefined, fallback);
}

/** What `webhook()` returns; a throw is passed on as n8n passes it on: as one empty item. */
async function speak(call: WebhookCall): Promise<{ result: IWebhookResponseData; error?: Error }> {
	const { workflow, startNode, webhook, mode, data = null } = call;
	const type = workflow.nodeTypes.getByNameAndVersion(startNode.type, startNode.typeVersion);
	const surroundings = webhook.workflowExecuteAdditionalData;
	const close: CloseFunction[] = [];
	const context = new WebhookContext(workflow, startNode, surroundings, mode, webhook, close, data);
	try {
		if (!type.webhook) throw new Error('Node does not have any webhooks defined');
		return { result: await type.webhook.call(context) };
	} catch (thrown) {
		const error = thrown instanceof Error ? thrown : new Error(String(thrown));
		return { result: { noWebhookResponse: true, workflowData: [[{ json: {} }]] }, error };
	} finally {
		await Promise.allSettled(close.map((end) => end()));
	}
}

/** The items become the input of the waiting node, which is skipped: its input is its output then. */
function putIn(data: IRunExecutionData, items: INodeExecutionData[][]): void {
	const waiting = data.executionData?.nodeExecutionStack[0];
	if (!waiting) throw new Error('Nothing is left to be executed');
	waiting.data.main = items;
	if (is2x) waiting.metadata = { ...waiting.metadata, forwardAllOutputs: true };
}
