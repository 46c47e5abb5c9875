import './engineEnvironment.cjs';

import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type IPinData,
	type IRun,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { OneCredential } from './engineCredentials.cjs';
import { klingApi, nodeTypes } from './engineNodes.cjs';

const BASE = 'http://127.0.0.1:5678/';

/** A workflow as n8n exports it. */
export type WorkflowFile = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections'> &
	Partial<IWorkflowBase>;

export interface RunOptions {
	/** The fields of the klingApi credential. */
	credentials: ICredentialDataDecryptedObject;
	/** What a node outputs instead of running, by node name: how a trigger is given its items. */
	pinData?: Record<string, IDataObject[]>;
	/** The same id once more stands for the same execution tried again. */
	executionId?: string;
	mode?: WorkflowExecuteMode;
}

export interface StartedRun {
	/** Settles when the workflow has ended, however it ended. */
	finished: Promise<IRun>;
	/** What the Stop button of the editor does. */
	cancel(): void;
}

let executions = 1000;

/** Runs a workflow on the real n8n-core, with the nodes that `npm run build` made. */
export function startWorkflow(file: WorkflowFile, options: RunOptions): StartedRun {
	const { executionId = String((executions += 1)), mode = 'trigger' } = options;
	const workflow = new Workflow({
		...file,
		id: file.id ?? 'sandbox-workflow',
		active: false,
		nodeTypes,
		settings: file.settings ?? {},
	});
	const engine = new WorkflowExecute(additionalData(file, options, executionId, mode), mode);
	const run = start(engine, workflow, pinned(options.pinData));
	return {
		finished: run,
		cancel: () => {
			run.cancel();
		},
	};
}

/** The items that a node gave on one of its outputs: 0 is the first, with an error output 1 is that. */
export function outputOf(run: IRun, nodeName: string, output = 0): INodeExecutionData[] {
	return run.data.resultData.runData[nodeName]?.[0]?.data?.main[output] ?? [];
}

type CancelableRun = ReturnType<WorkflowExecute['run']>;

/** n8n-core 1.x takes the workflow and the rest one by one, 2.x takes them by name. */
function start(engine: WorkflowExecute, workflow: Workflow, pinData: IPinData): CancelableRun {
	const byName = engine.run.length === 1;
	return byName
		? engine.run({ workflow, pinData })
		: (engine.run as unknown as LegacyRun).call(engine, workflow, undefined, undefined, pinData);
}

type LegacyRun = (
	workflow: Workflow,
	startNode: INode | undefined,
	destinationNode: undefined,
	pinData: IPinData,
) => CancelableRun;

function pinned(items: RunOptions['pinData'] = {}): IPinData {
	return Object.fromEntries(
		Object.entries(items).map(([name, rows]) => [name, rows.map((json) => ({ json }))]),
	);
}

function additionalData(
	file: WorkflowFile,
	{ credentials }: RunOptions,
	executionId: string,
	mode: WorkflowExecuteMode,
): IWorkflowExecuteAdditionalData {
	const workflowData: IWorkflowBase = {
		id: 'sandbox-workflow',
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(),
		updatedAt: new Date(),
		...file,
	};
	const notHere = (what: string) => () => Promise.reject(new Error(`The sandbox has no ${what}`));
	return {
		credentialsHelper: new OneCredential(klingApi, credentials),
		hooks: new ExecutionLifecycleHooks(mode, executionId, workflowData),
		executionId,
		currentNodeExecutionIndex: 0,
		instanceBaseUrl: BASE,
		restApiUrl: `${BASE}rest`,
		formBaseUrl: `${BASE}form`,
		formTestBaseUrl: `${BASE}form-test`,
		formWaitingBaseUrl: `${BASE}form-waiting`,
		webhookBaseUrl: `${BASE}webhook`,
		webhookTestBaseUrl: `${BASE}webhook-test`,
		webhookWaitingBaseUrl: `${BASE}webhook-waiting`,
		mcpBaseUrl: `${BASE}mcp`,
		mcpTestBaseUrl: `${BASE}mcp-test`,
		variables: {},
		userId: 'sandbox-user',
		setExecutionStatus: () => undefined,
		logAiEvent: () => undefined,
		getRunExecutionData: () => Promise.resolve(undefined),
		executeWorkflow: notHere('sub-workflows'),
		getRuntimeCredential: notHere('runtime credentials'),
		startRunnerTask: notHere('task runners'),
	};
}
