import './environment.cjs';

import { LoadOptionsContext, WorkflowExecute } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeType,
	IRun,
} from 'n8n-workflow';

import { nodeTypes, nodeTypesWith } from './nodeTypes.cjs';
import {
	additionalData,
	nextExecutionId,
	pinned,
	start,
	workflowFrom,
	type RunOptions,
	type WorkflowFile,
} from './workflow.cjs';

export { runCredentialTest, runCredentialTestAt } from './credentialTest.cjs';
export type { RunOptions, WorkflowFile };

export interface StartedRun {
	/** Settles when the workflow has ended, however it ended. */
	finished: Promise<IRun>;
	/** What the Stop button of the editor does. */
	cancel(): void;
}

/** Runs a workflow on the real n8n-core, with the nodes that `npm run build` made. */
export function startWorkflow(file: WorkflowFile, options: RunOptions): StartedRun {
	const { executionId = nextExecutionId(), mode = 'trigger' } = options;
	const workflow = workflowFrom(file, nodeTypesWith(options.nodeTypes));
	const { onPush } = options;
	const data = additionalData(file, options.credentials, { executionId, mode });
	if (onPush) data.sendDataToUI = onPush;
	const run = start(new WorkflowExecute(data, mode), workflow, pinned(options));
	return {
		finished: run,
		cancel: () => {
			run.cancel();
		},
	};
}

/** What a list in the panel gets when it loads its entries: the node's methods are called on `context`. */
export function pickerContext(
	file: WorkflowFile,
	nodeName: string,
	credentials: ICredentialDataDecryptedObject,
): { context: ILoadOptionsFunctions; node: INodeType } {
	const workflow = workflowFrom(file);
	const node = workflow.getNode(nodeName);
	if (!node) throw new Error(`The workflow has no node "${nodeName}"`);
	const data = additionalData(file, credentials, { executionId: '0', mode: 'internal' });
	// As the editor sends them, for lists that follow other fields.
	data.currentNodeParameters = node.parameters;
	return {
		context: new LoadOptionsContext(workflow, node, data, ''),
		node: nodeTypes.getByNameAndVersion(node.type),
	};
}

/** The items that a node gave on one of its outputs: 0 is the first, with an error output 1 is that. */
export function outputOf(run: IRun, nodeName: string, output = 0): INodeExecutionData[] {
	return run.data.resultData.runData[nodeName]?.[0]?.data?.main?.[output] ?? [];
}
