import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	type ExecutionError,
	type ExecutionStatus,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { renameTempFiles } from './files.cjs';
import { nodeTypesWith } from '../nodeTypes.cjs';
import { attachDedupStore } from './dedupStore.cjs';
import { withoutFailure } from './retry.cjs';
import type { ExecutionStore, StoredExecution, WorkflowStore } from './store.cjs';
import { startedBy, type TriggerEvent } from '../trigger/event.cjs';
import {
	additionalData,
	pinned,
	start,
	workflowFrom,
	type CancelableRun,
	type RunOptions,
	type WorkflowFile,
} from '../workflow.cjs';

class Deferred {
	resolve: (run: IRun) => void = () => undefined;
	readonly promise = new Promise<IRun>((resolve) => {
		this.resolve = resolve;
	});
}

/** Where an execution runs and how. */
export interface ExecutionPlace {
	/** Address of the instance, with a slash at its end. */
	base: string;
	store: ExecutionStore;
	workflows: WorkflowStore;
	options: RunOptions;
	/** Before a pause is stored. */
	storingMs?: number | undefined;
	watch?: ExecutionWatch;
}

/** Told whenever an execution starts to run, and whenever it has stopped: for good or to wait. */
export interface ExecutionWatch {
	runs(execution: Execution): void;
	stops(execution: Execution, run: IRun): void;
}

/** One execution of an instance, from its start over all its waits to its end. */
export class Execution {
	readonly paused = new Deferred();
	readonly finished = new Deferred();
	nodeTypes: INodeTypes;
	readonly mode: WorkflowExecuteMode;
	private readonly store: ExecutionStore;
	private live?: CancelableRun;

	constructor(
		readonly id: string,
		private readonly place: ExecutionPlace,
	) {
		this.store = place.store;
		this.mode = place.options.mode ?? 'webhook';
		this.nodeTypes = nodeTypesWith(place.options.nodeTypes);
	}

	/** @param event without it the workflow's own start node runs */
	begin(file: WorkflowFile, event?: TriggerEvent): void {
		const pinData = pinned(this.place.options);
		const data = event ? startedBy(event, pinData) : createRunExecutionData();
		this.store.insert(this.id, this.mode, file, data);
		this.run(data, (engine, workflow) =>
			event ? engine.processRunExecutionData(workflow) : start(engine, workflow, pinData),
		);
	}

	/** @returns false when the execution no longer waits */
	resume(data: IRunExecutionData): boolean {
		if (!this.store.acquireWaiting(this.id, data)) return false;
		// Read again, as a worker of n8n would: a webhook() hands over nothing but what can be stored.
		const stored = this.stored().data;
		this.run(stored, (engine, workflow) => engine.processRunExecutionData(workflow), this.id);
		return true;
	}

	/** What n8n's Retry does with an execution that failed. */
	retry(id: string): Execution {
		const { workflowData, data } = this.stored();
		const options: RunOptions = { ...this.place.options, mode: 'retry' };
		const next = new Execution(id, { ...this.place, options });
		next.store.insert(id, next.mode, workflowData, withoutFailure(data));
		next.run(next.stored().data, (engine, workflow) => engine.processRunExecutionData(workflow));
		return next;
	}

	additionalData(file: WorkflowFile) {
		const { id: executionId, mode } = this;
		const { base, options } = this.place;
		return additionalData(file, options.credentials, { executionId, mode, base });
	}

	stored(): StoredExecution {
		const stored = this.store.find(this.id);
		if (!stored) throw new Error(`There is no execution ${this.id}`);
		return stored;
	}

	timeLimitPasses(): void {
		if (this.store.statusOf(this.id) === 'waiting') this.resume(this.stored().data);
	}

	restart(): void {
		if (this.live) throw new Error(`Execution ${this.id} is running: n8n would not find it again`);
		this.nodeTypes = nodeTypesWith(this.place.options.nodeTypes);
	}

	cancel(): void {
		if (this.live) {
			this.live.cancel();
			return;
		}
		if (this.store.statusOf(this.id) !== 'waiting') return;
		const error = new Error('The execution was cancelled manually');
		this.settle(this.ended('canceled', error));
	}

	private run(
		data: IRunExecutionData,
		go: (engine: WorkflowExecute, workflow: Workflow) => CancelableRun,
		restartExecutionId?: string,
	): void {
		const { workflows, watch, storingMs = 0 } = this.place;
		// n8n reads static data again for each execution, also for one that is resumed.
		const file = workflows.load(this.stored().workflowData);
		const additional = { ...this.additionalData(file), restartExecutionId };
		const broke = (error: unknown) => this.settle(this.ended('error', error));
		additional.hooks?.addHandler('workflowExecuteAfter', async (run) => {
			run.status = finalStatus(run);
			try {
				if (this.mode !== 'manual') workflows.saveStaticData(workflow);
				await renameTempFiles(run, this.id, this.mode);
				if (storingMs > 0 && run.status === 'waiting') await sleep(storingMs);
				this.store.save(this.id, run);
			} catch (error) {
				// n8n-core would never end a run whose hook throws.
				broke(error);
			}
		});
		const workflow = workflowFrom(file, this.nodeTypes);
		attachDedupStore(workflows.dedupStore, workflow);
		watch?.runs(this);
		const engine = new WorkflowExecute(additional, this.mode, data);
		try {
			const live = go(engine, workflow);
			this.live = live;
			void live.then((run) => {
				if (live.isCanceled) Object.assign(run, { status: 'canceled', finished: false });
				// A callback may have resumed the stored execution before this one was told of its own end.
				if (this.live === live) this.live = undefined;
				this.settle(run);
			}, broke);
		} catch (error) {
			broke(error);
		}
	}

	/** Ends an execution that n8n-core itself does not end. */
	private ended(status: ExecutionStatus, cause: unknown): IRun {
		const { data, mode, startedAt } = this.stored();
		const error = cause instanceof Error ? cause : new Error(String(cause));
		const { name, message, stack } = error;
		data.resultData.error = Object.assign({}, error as ExecutionError, { name, message, stack });
		const run: IRun = { data, mode, startedAt, status, storedAt: 'db' };
		this.store.save(this.id, run);
		return run;
	}

	private settle(run: IRun): void {
		this.paused.resolve(run);
		this.place.watch?.stops(this, run);
		if (run.status !== 'waiting') this.finished.resolve(run);
	}
}

/** An error in the data outweighs that n8n-core came to the end: see what a throw in `webhook()` leaves there. */
function finalStatus({ status, waitTill, data }: IRun): ExecutionStatus {
	if (waitTill) return 'waiting';
	if (status === 'canceled' || status === 'crashed') return status;
	return status === 'error' || data.resultData.error ? 'error' : 'success';
}
