import { parse, stringify } from 'flatted';
import type {
	ExecutionStatus,
	IDataObject,
	IRun,
	IRunExecutionData,
	IWorkflowBase,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { DedupStore } from './dedupStore.cjs';
import { WORKFLOW_ID, type WorkflowFile } from '../workflow.cjs';

/** An execution as n8n's database keeps it: texts, so that nothing which only lives in memory survives. */
interface ExecutionRow {
	status: ExecutionStatus;
	mode: WorkflowExecuteMode;
	finished: boolean;
	startedAt: string;
	waitTill: string | null;
	workflowData: string;
	/** In the format of `flatted`, which keeps two references to one item two references to one item. */
	data: string;
}

export interface StoredExecution {
	status: ExecutionStatus;
	mode: WorkflowExecuteMode;
	finished: boolean;
	startedAt: Date;
	waitTill: Date | null;
	workflowData: WorkflowFile;
	data: IRunExecutionData;
}

export class ExecutionStore {
	private readonly rows = new Map<string, ExecutionRow>();

	insert(
		id: string,
		mode: WorkflowExecuteMode,
		workflowData: WorkflowFile,
		data: IRunExecutionData,
	): void {
		this.rows.set(id, {
			status: 'running',
			mode,
			finished: false,
			startedAt: new Date().toISOString(),
			waitTill: null,
			workflowData: JSON.stringify(workflowData),
			data: stringify(data),
		});
	}

	/** Reads the execution again: what a caller changes in it is lost unless it is saved. */
	find(id: string): StoredExecution | undefined {
		const row = this.rows.get(id);
		if (!row) return undefined;
		return {
			...row,
			startedAt: new Date(row.startedAt),
			waitTill: row.waitTill === null ? null : new Date(row.waitTill),
			workflowData: JSON.parse(row.workflowData) as IWorkflowBase,
			data: parse(row.data) as IRunExecutionData,
		};
	}

	/** In the order of their start. */
	ids(): string[] {
		return [...this.rows.keys()];
	}

	statusOf(id: string): ExecutionStatus | undefined {
		return this.rows.get(id)?.status;
	}

	/** What has been cancelled stays cancelled, whatever still comes in. */
	save(id: string, run: IRun): void {
		const row = this.rows.get(id);
		if (!row || row.status === 'canceled') return;
		const { status, waitTill, data } = run;
		Object.assign(row, {
			status,
			finished: status === 'success',
			waitTill: waitTill?.toISOString() ?? null,
			data: stringify(data),
		});
	}

	/**
	 * Makes a waiting execution the caller's own.
	 * @returns false when it no longer waits: another caller was faster
	 */
	acquireWaiting(id: string, data: IRunExecutionData): boolean {
		const row = this.rows.get(id);
		if (row?.status !== 'waiting') return false;
		Object.assign(row, { status: 'running', waitTill: null, data: stringify(data) });
		return true;
	}

	forget(id: string): void {
		this.rows.delete(id);
	}
}

/** What n8n's database holds of workflows beside their executions; several instances may share it. */
export class WorkflowStore {
	readonly dedupStore = new DedupStore();
	/** Cursors of polls, by workflow and node; only with durable cursors. */
	readonly cursors = new Map<string, string>();
	private readonly staticData = new Map<string, string>();

	/** The file with the static data as they are stored now. */
	load(file: WorkflowFile): WorkflowFile & { id: string; staticData: IDataObject } {
		const id = file.id ?? WORKFLOW_ID;
		const text = this.staticData.get(id) ?? JSON.stringify(file.staticData ?? {});
		return { ...file, id, staticData: JSON.parse(text) as IDataObject };
	}

	/** Writes those of all nodes when one of them has changed: what others have stored meanwhile is lost. */
	saveStaticData({ id, staticData }: Pick<Workflow, 'id' | 'staticData'>): void {
		if (staticData.__dataChanged !== true) return;
		this.staticData.set(id, JSON.stringify(staticData));
		staticData.__dataChanged = false;
	}
}
