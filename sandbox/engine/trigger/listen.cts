import type { IRun } from 'n8n-workflow';

import type { Execution } from '../instance/execution.cjs';
import { nodeTypesWith } from '../nodeTypes.cjs';
import { answerTrigger } from './call.cjs';
import type { Event } from './event.cjs';
import { modeOf, startExecution, surroundingsOf, type Host } from './host.cjs';
import { createUnlessExists, runMethod, webhooksOf } from './webhooks.cjs';
import type { RunOptions, WorkflowFile } from '../workflow.cjs';

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
	const options = modeOf(given, 'manual');
	const { workflow, data } = surroundingsOf(host, file, options, nodeTypesWith(options.nodeTypes));
	const webhooks = webhooksOf(workflow, data).map((webhook) => ({ ...webhook, isTest: true }));
	const [first] = webhooks;
	if (!first) {
		return { url: '', finished: startExecution(host, file, options).finished.promise };
	}
	const stop = async () => {
		for (const webhook of webhooks) {
			host.test.close(webhook);
			await runMethod('delete', workflow, webhook, 'internal', 'update');
		}
	};
	const finished = new Promise<IRun>((resolve) => {
		for (const webhook of webhooks) {
			host.test.open(webhook, async (req, res) => {
				let started: Execution | undefined;
				const now = surroundingsOf(host, file, options, nodeTypesWith(options.nodeTypes));
				now.workflow.setTestStaticData(workflow.staticData);
				const start = (event: Event) => {
					started = startExecution(host, file, options, event);
				};
				await answerTrigger({ ...now, req, res, webhook, mode: 'manual', start });
				// A call that starts nothing leaves the editor listening.
				if (!started) return;
				void started.finished.promise.then(resolve);
				await stop();
			});
		}
	});
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
	return { url: `${host.url}webhook-test/${first.path}`, finished };
}
