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

import { is2x } from '../workflow.cjs';
import { HttpRefusal } from './refusal.cjs';
import { readBody } from './requestBody.cjs';

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
	 * Starts an execution or resumes the one that waits.
	 * @param failure what `webhook()` threw
	 * @returns false when another call was faster
	 */
	proceed(items: INodeExecutionData[][], failure?: Error): boolean;
}

/** Calls the node's `webhook()`, answers the caller and proceeds, in n8n's order. */
export async function answerWebhook(req: Request, res: Response, call: WebhookCall): Promise<void> {
	await readBody(req, call.startNode);
	const { webhook } = call;
	Object.assign(webhook.workflowExecuteAdditionalData, { httpRequest: req, httpResponse: res });
	const { result, error } = await callWebhookMethod(call);
	// A node that says that it answers itself counts as answered, whether it has or not.
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
	const status = Number(responseField(call, 'responseCode', 200));
	const { workflowData } = result;
	const given = (otherwise: string): unknown =>
		result.webhookResponse === undefined ? { message: otherwise } : result.webhookResponse;
	if (!workflowData) {
		answer(status, given('Webhook call received'));
		return;
	}
	if (responseField(call, 'responseMode', 'onReceived') !== 'onReceived') {
		throw new Error('The sandbox knows no response mode but "onReceived"');
	}
	// Without `responseData` n8n answers with the name of its default.
	const responseData = responseField(call, 'responseData', 'firstEntryJson');
	const received = responseData || given('Workflow was started');
	const body = responseData === 'noData' ? undefined : received;
	// 1.x answers before it proceeds. 2.x proceeds first, so the second caller gets an error.
	if (!is2x) answer(status, body);
	const isFirst = call.proceed(workflowData, error);
	if (!isFirst && !isAnswered) {
		throw new HttpRefusal(500, 'There was a problem executing the workflow');
	}
	answer(status, body);
}

type ResponseField = 'responseCode' | 'responseMode' | 'responseData';

function responseField(call: WebhookCall, key: ResponseField, fallback: string | number) {
	const { workflow, startNode, webhook, mode, executionId } = call;
	const value = webhook.webhookDescription[key];
	const keys = { $executionId: executionId };
	const { expression } = workflow;
	return expression.getComplexParameterValue(startNode, value, mode, keys, undefined, fallback);
}

/** What `webhook()` returns; a throw is passed on as n8n passes it on: as one empty item. */
async function callWebhookMethod(
	call: WebhookCall,
): Promise<{ result: IWebhookResponseData; error?: Error }> {
	const { workflow, startNode, webhook, mode, data: runData = null } = call;
	const type = workflow.nodeTypes.getByNameAndVersion(startNode.type, startNode.typeVersion);
	const data = webhook.workflowExecuteAdditionalData;
	const close: CloseFunction[] = [];
	const context = new WebhookContext(workflow, startNode, data, mode, webhook, close, runData);
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
