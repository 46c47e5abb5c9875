import { parse as parseForm } from 'node:querystring';
import { buffer } from 'node:stream/consumers';
import type { Request, Response } from 'express';
import { WebhookContext } from 'n8n-core';
import {
	jsonParse,
	type CloseFunction,
	type ExecutionError,
	type INode,
	type INodeExecutionData,
	type IRunExecutionData,
	type IWebhookData,
	type IWebhookResponseData,
	type Workflow,
} from 'n8n-workflow';

import type { Execution } from './engineExecution.cjs';
import { is2x } from './engineWorkflow.cjs';

/** An answer that n8n gives with an error of its own. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		message: string,
		/** n8n names no code for what it did not expect. */
		readonly code = status < 500 ? status : 0,
	) {
		super(message);
	}
}

export interface Waiting {
	execution: Execution;
	/** Of the execution, ready to be gone on with. */
	data: IRunExecutionData;
	workflow: Workflow;
	startNode: INode;
	webhook: IWebhookData;
}

/** Lets the node's `webhook()` speak, and goes on with the execution when it says so. */
export async function callWebhook(req: Request, res: Response, waiting: Waiting): Promise<void> {
	await readBody(req, waiting);
	const { execution, webhook, data } = waiting;
	Object.assign(webhook.workflowExecuteAdditionalData, { httpRequest: req, httpResponse: res });
	const { result, error } = await speak(waiting);
	// A node that answers by itself counts as answered, whether it has or not.
	let isAnswered = result.noWebhookResponse === true;
	const answer = (status: number, body: unknown) => {
		if (isAnswered) return;
		isAnswered = true;
		res.status(status);
		if (typeof body === 'string') res.send(body);
		else res.json(body);
	};
	if (error) {
		isAnswered = false;
		answer(500, { code: 0, message: 'Workflow Webhook Error: Workflow could not be started!' });
	}
	const status = Number(describe(waiting, 'responseCode', 200));
	const { workflowData } = result;
	const given = (otherwise: string): unknown =>
		result.webhookResponse === undefined ? { message: otherwise } : result.webhookResponse;
	if (!workflowData) {
		answer(status, given('Webhook call received'));
		return;
	}
	if (describe(waiting, 'responseMode', 'onReceived') !== 'onReceived') {
		throw new Error('The sandbox knows no response mode but "onReceived"');
	}
	putIn(data, workflowData);
	if (error) data.resultData = afterThrow(error, waiting);
	// Without `responseData` n8n answers with the name of its default.
	const responseData = describe(waiting, 'responseData', 'firstEntryJson');
	const received = responseData || given('Workflow was started');
	const body = responseData === 'noData' ? undefined : received;
	// 1.x answers before it goes on. 2.x goes on first, so whoever comes second hears of it.
	if (!is2x) answer(status, body);
	const isFirst = execution.resume(data);
	if (!isFirst && !isAnswered) {
		throw new Refusal(500, 'There was a problem executing the workflow');
	}
	answer(status, body);
}

type Described = 'responseCode' | 'responseMode' | 'responseData';

function describe(
	{ webhook, workflow, startNode, execution }: Waiting,
	key: Described,
	fallback: string | number,
) {
	const { expression } = workflow;
	const value = webhook.webhookDescription[key];
	const keys = { $executionId: execution.id };
	const { mode } = execution;
	return expression.getComplexParameterValue(startNode, value, mode, keys, undefined, fallback);
}

/** What `webhook()` returns; a throw is passed on as n8n passes it on: as one empty item. */
async function speak(waiting: Waiting): Promise<{ result: IWebhookResponseData; error?: Error }> {
	const { workflow, startNode, webhook, execution, data } = waiting;
	const type = workflow.nodeTypes.getByNameAndVersion(startNode.type, startNode.typeVersion);
	const toClose: CloseFunction[] = [];
	const context = new WebhookContext(
		workflow,
		startNode,
		webhook.workflowExecuteAdditionalData,
		execution.mode,
		webhook,
		toClose,
		data,
	);
	try {
		if (!type.webhook) throw new Error('Node does not have any webhooks defined');
		return { result: await type.webhook.call(context) };
	} catch (thrown) {
		const error = thrown instanceof Error ? thrown : new Error(String(thrown));
		return { result: { noWebhookResponse: true, workflowData: [[{ json: {} }]] }, error };
	} finally {
		await Promise.allSettled(toClose.map((close) => close()));
	}
}

/** The items become the input of the waiting node, which is skipped: its input is its output then. */
function putIn(data: IRunExecutionData, items: INodeExecutionData[][]): void {
	const waiting = data.executionData?.nodeExecutionStack[0];
	if (!waiting) throw new Error('Nothing is left to be executed');
	waiting.data.main = items;
	if (is2x) waiting.metadata = { ...waiting.metadata, forwardAllOutputs: true };
}

/** n8n forgets what ran so far. The pins stay: they are the sandbox's way to give a node its items. */
function afterThrow(error: Error, { startNode, data }: Waiting): IRunExecutionData['resultData'] {
	const { message, stack } = error;
	return {
		runData: {},
		lastNodeExecuted: startNode.name,
		error: Object.assign({}, error as ExecutionError, { message, stack }),
		pinData: data.resultData.pinData,
	};
}

const parsers: Record<string, (text: string) => unknown> = {
	'application/json': (text) => jsonParse(text),
	'application/x-www-form-urlencoded': (text) => parseForm(text),
	'text/plain': (text) => text,
};

/** As n8n's own reader: an empty body, or one of another type, is no body at all. */
async function readBody(req: Request, { startNode }: Waiting): Promise<void> {
	const contentType = req.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
	const parser = parsers[contentType];
	if (!parser && startNode.typeVersion > 1) return;
	const rawBody = await buffer(req);
	Object.assign(req, { rawBody, contentType });
	if (!parser || rawBody.length === 0) return;
	try {
		req.body = parser(rawBody.toString('utf8').replace(/^\uFEFF/, ''));
	} catch {
		throw new Refusal(422, 'Failed to parse request body');
	}
}
