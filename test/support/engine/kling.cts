import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	IRun,
} from 'n8n-workflow';

import {
	outputOf,
	startWorkflow,
	type StartedRun,
	type WorkflowFile,
} from '../../../sandbox/engine/index.cjs';
import {
	startInstance,
	type Instance,
	type InstanceOptions,
	type InstanceRun,
} from '../../../sandbox/engine/instance/index.cjs';
import { credentialsFor } from '../../../sandbox/kling/connection.cjs';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/kling/server.cjs';

import { CLIP, inARow, klingNode, nodeOf } from '../workflows.cjs';

export { CLIP, credentialsFor, outputOf, startSandbox };
export type { Instance, InstanceRun, Sandbox, SandboxOptions };

// Some tests wait as long as a user would: a first look at a task comes after three seconds.
jest.setTimeout(60_000);

export const NODE = 'Kling';

/** Parameters of a create that is right in every way. */
export const VOICE = { voiceName: 'Narrator A', voiceUrl: CLIP };

/** The same, without waiting for the voice. */
export const TASK = { ...VOICE, waitFor: 'none' };

export interface NodeRun {
	parameters: IDataObject;
	items?: IDataObject[];
	/** Settings tab of the node: onError, retryOnFail … */
	settings?: Partial<INode>;
	credentials?: ICredentialDataDecryptedObject;
	executionId?: string;
}

export interface InstanceNodeRun extends NodeRun {
	/** Whole items, for those that carry files. Wins over `items`. */
	rows?: INodeExecutionData[];
}

/** Items → Kling, as on a canvas; "Items" is pinned. */
export const workflowOf = (parameters: IDataObject, settings: Partial<INode> = {}): WorkflowFile =>
	inARow('Test', [
		nodeOf('Items', 'n8n-nodes-base.manualTrigger'),
		klingNode(parameters, { id: 'kling', ...settings }),
	]);

export function startKling(sandbox: Sandbox, run: NodeRun): StartedRun {
	return startWorkflow(workflowOf(run.parameters, run.settings), {
		credentials: run.credentials ?? credentialsFor(sandbox),
		pinData: { Items: run.items ?? [{}] },
		executionId: run.executionId,
	});
}

export async function runKling(sandbox: Sandbox, run: NodeRun): Promise<IRun> {
	return await startKling(sandbox, run).finished;
}

/** The same on an n8n that can pause executions and serve files. */
export function startOn(instance: Instance, sandbox: Sandbox, run: InstanceNodeRun): InstanceRun {
	return instance.startWorkflow(workflowOf(run.parameters, run.settings), {
		credentials: run.credentials ?? credentialsFor(sandbox),
		items: { Items: run.rows ?? (run.items ?? [{}]).map((json) => ({ json })) },
		executionId: run.executionId,
	});
}

/** The rows of the first output, for a run that must not have failed. */
export async function rowsOf(sandbox: Sandbox, run: NodeRun): Promise<IDataObject[]> {
	const result = await runKling(sandbox, run);
	expect(errorOf(result)).toBeUndefined();
	return outputOf(result, NODE).map(({ json }) => json);
}

/** Message and description as the editor shows them, in one text. */
export function errorOf(run: IRun): string | undefined {
	const { error } = run.data.resultData;
	return error && [error.message, error.description].filter(Boolean).join('\n');
}

/** What the error output gives, item by item. */
export function errorItems(run: IRun): IDataObject[] {
	return outputOf(run, NODE, 1).map(({ json }) => json.error as IDataObject);
}

/** Requests by route, e.g. `{ create: 1, get: 2 }`. */
export function requestCounts(sandbox: Sandbox): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { route } of sandbox.requests) counts[route] = (counts[route] ?? 0) + 1;
	return counts;
}

/** Runs the tests of a file against one sandbox that is made new for each of them. */
export function useSandbox(options: SandboxOptions = {}): () => Sandbox {
	let sandbox: Sandbox | undefined;
	beforeAll(async () => {
		sandbox = await startSandbox({
			fetchClips: false,
			submittedMs: 100,
			processingMs: 200,
			...options,
		});
	});
	beforeEach(() => {
		sandbox?.reset();
	});
	afterAll(async () => {
		await sandbox?.close();
	});
	return () => {
		if (!sandbox) throw new Error('The sandbox runs only inside tests');
		return sandbox;
	};
}

/** Runs the tests of a file on one n8n. */
export function useInstance(options: InstanceOptions = {}): () => Instance {
	let instance: Instance | undefined;
	beforeAll(async () => {
		instance = await startInstance(options);
	});
	afterAll(async () => {
		await instance?.close();
	});
	return () => {
		if (!instance) throw new Error('The instance runs only inside tests');
		return instance;
	};
}
