import './environment.cjs';

import { ExecutionLifecycleHooks, ExternalSecretsProxy, WorkflowExecute } from 'n8n-core';
import {
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IPinData,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { OneCredential } from './credentials.cjs';
import { klingApi, nodeTypes } from './nodeTypes.cjs';

/** Where an n8n without settings of its own would be; nothing answers there unless a test makes it. */
const BASE = 'http://127.0.0.1:5678/';

export const WORKFLOW_ID = 'sandbox-workflow';

/** A workflow as n8n exports it. */
export type WorkflowFile = Pick<IWorkflowBase, 'name' | 'nodes' | 'connections'> &
	Partial<IWorkflowBase>;

export interface RunOptions {
	/** The fields of the klingApi credential. */
	credentials: ICredentialDataDecryptedObject;
	/** What a node outputs instead of running, by node name: how a trigger is given its items. */
	pinData?: Record<string, IDataObject[]>;
	/** The same with whole items: files, pairings. Wins over `pinData`. */
	items?: Record<string, INodeExecutionData[]>;
	/** The same id once more stands for the same execution tried again. */
	executionId?: string;
	/** Default `trigger`, and `webhook` on an instance. */
	mode?: WorkflowExecuteMode;
	/** Node types beside ours, by their full name. */
	nodeTypes?: Record<string, INodeType>;
	/** Told of what n8n would push to the browser that watches the run. */
	onPush?: (type: string, data: IDataObject | IDataObject[]) => void;
}

let executions = 1000;

export function nextExecutionId(): string {
	return String((executions += 1));
}

export function workflowFrom(file: WorkflowFile, types: INodeTypes = nodeTypes): Workflow {
	return new Workflow({
		...file,
		id: file.id ?? WORKFLOW_ID,
		active: false,
		nodeTypes: types,
		settings: file.settings ?? {},
	});
}

export type CancelableRun = ReturnType<WorkflowExecute['run']>;

/** n8n-core 1.x takes the workflow and the rest one by one, 2.x takes them by name. */
export const is2x = WorkflowExecute.prototype.run.length === 1;

export function start(
	engine: WorkflowExecute,
	workflow: Workflow,
	pinData: IPinData,
): CancelableRun {
	return is2x
		? engine.run({ workflow, pinData })
		: (engine.run as unknown as LegacyRun).call(engine, workflow, undefined, undefined, pinData);
}

type LegacyRun = (
	workflow: Workflow,
	startNode: INode | undefined,
	destinationNode: undefined,
	pinData: IPinData,
) => CancelableRun;

export function pinned({ pinData = {}, items = {} }: RunOptions): IPinData {
	const rows = Object.entries(pinData).map(([name, jsons]) => [
		name,
		jsons.map((json) => ({ json })),
	]);
	return { ...(Object.fromEntries(rows) as IPinData), ...items };
}

interface ExecutionScope {
	executionId: string;
	mode: WorkflowExecuteMode;
	/** Address of the instance, with a slash at its end. */
	base?: string;
}

export function additionalData(
	file: WorkflowFile,
	credentials: ICredentialDataDecryptedObject,
	{ executionId, mode, base = BASE }: ExecutionScope,
): IWorkflowExecuteAdditionalData {
	const workflowData: IWorkflowBase = {
		id: WORKFLOW_ID,
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
		...addressesBelow(base),
		variables: {},
		externalSecretsProxy: new ExternalSecretsProxy(),
		userId: 'sandbox-user',
		setExecutionStatus: () => undefined,
		logAiEvent: () => undefined,
		getRunExecutionData: () => Promise.resolve(undefined),
		executeWorkflow: notHere('sub-workflows'),
		getRuntimeCredential: notHere('runtime credentials'),
		startRunnerTask: notHere('task runners'),
	};
}

const addressesBelow = (base: string) => ({
	instanceBaseUrl: base,
	restApiUrl: `${base}rest`,
	formBaseUrl: `${base}form`,
	formTestBaseUrl: `${base}form-test`,
	formWaitingBaseUrl: `${base}form-waiting`,
	webhookBaseUrl: `${base}webhook`,
	webhookTestBaseUrl: `${base}webhook-test`,
	webhookWaitingBaseUrl: `${base}webhook-waiting`,
	mcpBaseUrl: `${base}mcp`,
	mcpTestBaseUrl: `${base}mcp-test`,
});
