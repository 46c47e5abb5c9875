import type { ExecutionStatus, IRunExecutionData } from 'n8n-workflow';
import type { WorkflowFile } from '../../engine/index.cjs';

export interface Login {
	email: string;
	password: string;
}

/** What the executions list shows of one. */
export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	mode: string;
	/** ISO 8601, as all times here. */
	startedAt: string;
	stoppedAt: string | null;
	waitTill: string | null;
	[field: string]: unknown;
}

export interface ExecutionDetails extends ExecutionSummary {
	data: IRunExecutionData;
}

export interface CredentialTest {
	status: 'OK' | 'Error';
	message: string;
}

/** A workflow as n8n has it. */
export type SavedWorkflow = WorkflowFile & { id: string; versionId: string; active: boolean };
