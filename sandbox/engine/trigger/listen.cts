import type { Request, Response } from 'express';
import type { IRun, IWebhookData, Workflow } from 'n8n-workflow';

import type { Execution } from '../instance/execution.cjs';
import { triggerWebhooksOf } from '../webhook/descriptions.cjs';
import type { RunOptions, WorkflowFile } from '../workflow.cjs';
import { answerTrigger } from './call.cjs';
import type { TriggerEvent } from './event.cjs';
import { loadWorkflow, startExecution, withMode, type Host } from './host.cjs';
import { createUnlessExists, runWebhookMethod } from './lifecycle.cjs';

export interface Listening {
	/** Test address; empty when the node has none, and then the execution has started already. */
	url: string;
	/** The manual execution that the first call with something to run starts. */
	finished: Promise<IRun>;
}

/** "Listen for test event" of the editor: nothing of what the node keeps is stored. */
export async function listen(
	host: Host,
	file: WorkflowFile,
	given: RunOptions,
): Promise<Listening> {
	const options = withMode(given, 'manual');
	const { workflow, data } = loadWorkflow(host, file, options);
	const webhooks = triggerWebhooksOf(workflow, data).map((found) => ({ ...found, isTest: true }));
	const [first] = webhooks;
	if (!first) {
		return { url: '', finished: startExecution(host, file, options).finished.promise };
	}
	const stop = async () => {
		for (const webhook of webhooks) {
			host.test.close(webhook);
			await runWebhookMethod('delete', workflow, webhook, 'internal', 'update');
		}
	};
	const finished = new Promise<IRun>((resolve) => {
		for (const webhook of webhooks) {
			host.test.open(webhook, async (req, res) => {
				const { staticData } = workflow;
				const started = await answerTest({ host, file, options, staticData, webhook, req, res });
				// A call that starts nothing leaves the editor listening.
				if (!started) return;
				void started.finished.promise.then(resolve);
				await stop();
			});
		}
	});
	await createAll(workflow, webhooks, stop);
	return { url: `${host.url}webhook-test/${first.path}`, finished };
}

interface TestCall extends Pick<Workflow, 'staticData'> {
	host: Host;
	file: WorkflowFile;
	options: RunOptions;
	webhook: IWebhookData;
	req: Request;
	res: Response;
}

/** @returns the execution that the call has started */
async function answerTest({ staticData, ...call }: TestCall): Promise<Execution | undefined> {
	const { host, file, options } = call;
	let started: Execution | undefined;
	const now = loadWorkflow(host, file, options);
	now.workflow.setTestStaticData(staticData);
	const start = (event: TriggerEvent) => {
		started = startExecution(host, file, options, event);
	};
	await answerTrigger({ ...call, ...now, mode: 'manual', start });
	return started;
}

async function createAll(
	workflow: Workflow,
	webhooks: IWebhookData[],
	stop: () => Promise<void>,
): Promise<void> {
	await workflow.expression.acquireIsolate();
	try {
		for (const webhook of webhooks) {
			await createUnlessExists(workflow, webhook, 'manual', 'manual');
		}
	} catch (error) {
		await stop();
		throw error;
	} finally {
		await workflow.expression.releaseIsolate();
	}
}
