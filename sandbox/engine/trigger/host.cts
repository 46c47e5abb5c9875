import type {
	IDataObject,
	INodeType,
	IRun,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { Execution, type ExecutionWatch } from '../instance/execution.cjs';
import type { ExecutionStore, WorkflowStore } from '../instance/store.cjs';
import type { AddressBook } from './addressBook.cjs';
import type { TriggerEvent } from './event.cjs';

import { nodeTypesWith } from '../nodeTypes.cjs';
import {
	additionalData,
	nextExecutionId,
	workflowFrom,
	type RunOptions,
	type WorkflowFile,
} from '../workflow.cjs';

/** The instance, as its triggers see it. */
export interface Host {
	/** With a slash at its end. */
	url: string;
	store: ExecutionStore;
	workflows: WorkflowStore;
	executions: Map<string, Execution>;
	live: AddressBook;
	test: AddressBook;
	durableCursors: boolean;
}

export interface ActiveWorkflow {
	/** Production address of the trigger node; empty when its path evaluates to undefined. */
	readonly url: string;
	/** What n8n's timer does; rejects with what the poll threw. */
	poll(): Promise<void>;
	/** Ended ones, in the order of their end. */
	readonly executions: IRun[];
	/** The trigger node's, as stored. */
	readonly staticData: IDataObject;
	/** What the trigger node's polls have stored with durable cursors. */
	readonly cursor: IDataObject | undefined;
	/** Until no call is being answered, no poll is under way and no execution runs. */
	idle(): Promise<void>;
	/**
	 * Forgets everything that is not stored. What a node keeps in its module outlives this, as jest's modules do.
	 * @param nodeTypes as another process has loaded them; default: those of before
	 */
	restart(nodeTypes?: Record<string, INodeType>): void;
	/** What n8n does with an active workflow when it starts up: looks for the webhook and polls once. */
	startUp(): Promise<void>;
	/** `webhookMethods.delete`, then the address is gone. Rejects with what it threw, which n8n only logs. */
	deactivate(): Promise<void>;
}

/** A workflow in memory, with what a trigger needs outside of executions. */
export interface LoadedWorkflow {
	workflow: Workflow;
	data: IWorkflowExecuteAdditionalData;
}

/** Reads the workflow again, as it is stored now. */
export function loadWorkflow(
	{ url: base, workflows }: Host,
	file: WorkflowFile,
	options: RunOptions,
): LoadedWorkflow {
	const workflow = workflowFrom(workflows.load(file), nodeTypesWith(options.nodeTypes));
	workflow.active = true;
	const mode = 'internal';
	const data = additionalData(file, options.credentials, { executionId: '', mode, base });
	// There is no execution yet: files go to the temporary place, and there is nothing to hook into.
	return { workflow, data: { ...data, executionId: undefined, hooks: undefined } };
}

/** @param event without it the workflow's own start node runs */
export function startExecution(
	{ url: base, store, workflows, executions }: Host,
	file: WorkflowFile,
	options: RunOptions,
	event?: TriggerEvent,
	watch?: ExecutionWatch,
): Execution {
	const id = nextExecutionId();
	const place = { base, store, workflows, options, ...(watch ? { watch } : {}) };
	const execution = new Execution(id, place);
	executions.set(id, execution);
	execution.begin(file, event);
	return execution;
}

export const withMode = (options: RunOptions, mode: WorkflowExecuteMode): RunOptions => ({
	...options,
	mode,
});
