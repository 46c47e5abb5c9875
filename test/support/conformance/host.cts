import type { IDataObject, IRunExecutionData } from 'n8n-workflow';
import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';
import type { Sandbox } from '../../../sandbox/kling/server.cjs';

/** An execution as its host lists it. */
export interface Listed {
	id: string;
	status: string;
	mode: string;
}

/** The engine harness or a real n8n. */
export interface Host {
	/** Address of the instance, with a slash at its end. */
	readonly base: string;
	/** The Kling that its credential leads to. */
	readonly kling: Sandbox;
	/** Takes a workflow, which is not published yet. */
	open(file: WorkflowFile): Promise<HostedWorkflow>;
	close(): Promise<void>;
}

/** One workflow on a host. Executions are named by their IDs. */
export interface HostedWorkflow {
	/** @throws n8n's reason when it cannot be published */
	activate(): Promise<void>;
	deactivate(): Promise<void>;
	/** Starts a production execution with these items out of the first node. */
	start(items: IDataObject[]): Promise<void>;
	/** @returns whether it now waits for a call on the test address */
	test(): Promise<boolean>;
	poll(): Promise<void>;
	restart(): Promise<void>;
	timeLimit(id: string): Promise<void>;
	cancel(id: string): Promise<void>;
	retry(id: string): Promise<void>;
	/** In the order of their start, also those that still run. */
	executions(): Promise<Listed[]>;
	/** What an execution has stored. */
	data(id: string): Promise<IRunExecutionData>;
}

const UNDER_WAY = new Set(['new', 'running']);

export const isUnderWay = ({ status }: { status: string }) => UNDER_WAY.has(status);
