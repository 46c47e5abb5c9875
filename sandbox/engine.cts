import './engineEnvironment.cjs';

import {
	ExecuteContext,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	LoadOptionsContext,
	RoutingNode,
	WorkflowExecute,
} from 'n8n-core';
import {
	Workflow,
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type IDataObject,
	type INode,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodeType,
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
	const workflow = workflowFrom(file);
	const data = additionalData(file, options.credentials, executionId, mode);
	const engine = new WorkflowExecute(data, mode);
	const run = start(engine, workflow, pinned(options.pinData));
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
	const data = additionalData(file, credentials, '0', 'internal');
	return {
		context: new LoadOptionsContext(workflow, node, data, ''),
		node: nodeTypes.getByNameAndVersion(node.type),
	};
}

/**
 * Sends the request of the credential's test as the editor's button does: through n8n's own routing node,
 * which evaluates the address and authenticates.
 * @returns the answer's JSON, to which n8n then applies the test's rules
 */
export async function sendCredentialTest(
	credentials: ICredentialDataDecryptedObject,
	request: ICredentialTestRequest['request'],
): Promise<IDataObject> {
	const node: INode = {
		id: 'test',
		name: 'Test',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { klingApi: { id: '1', name: 'Kling API' } },
	};
	const base = nodeTypes.getByNameAndVersion(node.type);
	const nodeType: INodeType = {
		description: {
			...base.description,
			credentials: [{ name: 'klingApi', required: true }],
			properties: [
				{ displayName: 'Test', name: 'test', type: 'string', default: '', routing: { request } },
			],
		},
	};
	const file = { name: 'Test', nodes: [node], connections: {} };
	const workflow = new Workflow({
		...file,
		active: false,
		nodeTypes: { ...nodeTypes, getByNameAndVersion: () => nodeType },
	});
	const data = additionalData(file, credentials, '0', 'internal');
	const input = { main: [[{ json: {} }]] };
	const executeData = { node, data: {}, source: null };
	const context = new ExecuteContext(
		workflow,
		node,
		data,
		'internal',
		createRunExecutionData(),
		0,
		[],
		input,
		executeData,
		[],
	);
	const decrypted = { id: '1', name: 'Kling API', type: 'klingApi', data: credentials };
	const answer = await new RoutingNode(context, nodeType, decrypted).runNode();
	return answer?.[0]?.[0]?.json ?? {};
}

/** The items that a node gave on one of its outputs: 0 is the first, with an error output 1 is that. */
export function outputOf(run: IRun, nodeName: string, output = 0): INodeExecutionData[] {
	return run.data.resultData.runData[nodeName]?.[0]?.data?.main?.[output] ?? [];
}

function workflowFrom(file: WorkflowFile): Workflow {
	return new Workflow({
		...file,
		id: file.id ?? 'sandbox-workflow',
		active: false,
		nodeTypes,
		settings: file.settings ?? {},
	});
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
	credentials: ICredentialDataDecryptedObject,
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
