import type { Request, Response } from 'express';
import type { IWebhookData } from 'n8n-workflow';

import type { TriggerEvent } from './event.cjs';
import type { LoadedWorkflow } from './host.cjs';
import { webhookNodeOf } from './lifecycle.cjs';
import { answerWebhook } from '../webhook/respond.cjs';

interface TriggerCall extends LoadedWorkflow {
	req: Request;
	res: Response;
	webhook: IWebhookData;
	mode: 'webhook' | 'manual';
	answering?: () => void;
	start(event: TriggerEvent): void;
}

/** A call that may start an execution. */
export async function answerTrigger(call: TriggerCall): Promise<void> {
	const { req, res, workflow, data, webhook, mode, answering } = call;
	const startNode = webhookNodeOf(workflow, webhook);
	await workflow.expression.acquireIsolate();
	try {
		await answerWebhook(req, res, {
			workflow,
			startNode,
			webhook: { ...webhook, workflowExecuteAdditionalData: data },
			mode,
			...(answering ? { answering } : {}),
			proceed(main, failure) {
				call.start({ node: startNode, main, ...(failure ? { failure } : {}) });
				return true;
			},
		});
	} finally {
		await workflow.expression.releaseIsolate();
	}
}
