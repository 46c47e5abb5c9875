import '../environment.cjs';

import { createServer } from 'node:http';
import type { Readable } from 'node:stream';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { ExecutionStatus, IBinaryData, IRun } from 'n8n-workflow';

import { listenLocally } from '../../localServer.cjs';
import type { StartedRun } from '../index.cjs';
import { Execution } from './execution.cjs';
import {
	deleteFiles,
	keepFilesIn,
	openFile,
	serveSigned,
	storeFile,
	type BinaryMode,
	type NewFile,
} from './files.cjs';
import { answerResume } from './resume.cjs';
import { ExecutionStore, WorkflowStore, type StoredExecution } from './store.cjs';
import { Activation } from '../trigger/activation.cjs';
import { AddressBook } from '../trigger/addressBook.cjs';
import type { ActiveWorkflow, Host } from '../trigger/host.cjs';
import { listen, type Listening } from '../trigger/listen.cjs';
import { HttpRefusal } from '../webhook/refusal.cjs';
import {
	is2x,
	nextExecutionId,
	WORKFLOW_ID,
	type RunOptions,
	type WorkflowFile,
} from '../workflow.cjs';

export type { ActiveWorkflow, Listening, NewFile };

export interface InstanceOptions {
	/** Where files are kept; holds for the whole process until this instance closes. Default: filesystem. */
	binaryMode?: BinaryMode;
	/** Another process of the same n8n: static data, cursors and seen ids are the same. */
	sharedWith?: Pick<Instance, 'workflows'>;
	/**
	 * N8N_POLLER_DURABLE_CURSORS_ENABLED with the durable scheduler, which 2.x has and leaves off by default: a poll
	 * reads and writes a cursor of its own, stored after a poll that returned null too, and not after one that threw.
	 */
	durableCursors?: boolean;
	/** How long it takes until an execution that pauses is stored, as when n8n is busy. Default: at once. */
	storingMs?: number;
}

/** What of n8n stands around n8n-core: it resumes executions and serves signed files. */
export interface Instance {
	/** `http://127.0.0.1:<port>/` */
	readonly url: string;
	/**
	 * As startWorkflow, but on this instance: resume addresses and signed file addresses point to it. The
	 * default mode is `webhook`, the only one in which n8n gives temporary files their execution's id.
	 */
	startWorkflow(file: WorkflowFile, options: RunOptions): InstanceRun;
	/**
	 * What "Publish" does: `checkExists` and `create`, then the webhook has its production address, then one poll.
	 * @throws when one of them throws; the workflow is not active then
	 */
	activate(file: WorkflowFile, options: RunOptions): Promise<ActiveWorkflow>;
	/** "Listen for test event": the next call on the test address that starts something starts a manual execution. */
	listen(file: WorkflowFile, options: RunOptions): Promise<Listening>;
	/** Executions of a workflow as they are stored now, in the order of their start. */
	executions(workflowId: string): (StoredExecution & { id: string })[];
	/** One of those, whatever started it. */
	execution(executionId: string): Pick<Execution, 'cancel' | 'restart' | 'timeLimitPasses'>;
	/** The button Retry of the executions list. @returns the ID of the new execution, which has only begun */
	retry(executionId: string): string;
	/** What n8n's database holds of workflows beside executions. */
	readonly workflows: WorkflowStore;
	/** Stores a file as n8n does, for an execution that need not have started yet. */
	storeFile(executionId: string, file: NewFile): Promise<IBinaryData>;
	/** The content of a file that is kept outside of memory. */
	openFile(file: IBinaryData): Promise<Readable>;
	/** What n8n's pruning does: execution and files are gone. */
	deleteExecution(executionId: string): Promise<void>;
	close(): Promise<void>;
}

export interface InstanceRun extends StartedRun {
	readonly executionId: string;
	/** As n8n's database has it now. */
	readonly status: ExecutionStatus | undefined;
	/** Settles when the execution has been stored as waiting, or has finished without ever waiting. */
	paused: Promise<IRun>;
	/** Settles with the last IRun once the execution has really ended, however often it waited. */
	finished: Promise<IRun>;
	/**
	 * What n8n's timer does when the wait limit has passed. Does nothing when the execution does not wait; resolves
	 * as soon as the execution is resumed.
	 */
	timeLimitPasses(): Promise<void>;
	/**
	 * Throws the execution away and reads it again from its stored text, as a restarted n8n would.
	 * @throws when it is running: only what waits survives
	 */
	restart(): void;
}

export async function startInstance(options: InstanceOptions = {}): Promise<Instance> {
	const modeBefore = await keepFilesIn(options.binaryMode ?? 'filesystem');
	const app = express().disable('x-powered-by');
	const server = await listenLocally(createServer(app));
	const host = hostAt(`http://127.0.0.1:${server.port}/`, options);
	mount(app, host);
	const one = (id: string): Execution => {
		const execution = host.executions.get(id);
		if (!execution) throw new Error(`There is no execution ${id}`);
		return execution;
	};

	return {
		url: host.url,
		workflows: host.workflows,
		storeFile,
		openFile,
		activate: async (file, runOptions) => await Activation.open(host, file, runOptions),
		listen: async (file, runOptions) => await listen(host, file, runOptions),
		startWorkflow: (file, runOptions) => startRun(host, file, runOptions, options.storingMs),
		executions: (workflowId) => executionsOf(host.store, workflowId),
		execution: one,
		retry(executionId) {
			const id = nextExecutionId();
			host.executions.set(id, one(executionId).retry(id));
			return id;
		},
		async deleteExecution(executionId) {
			const { id = WORKFLOW_ID } = host.store.find(executionId)?.workflowData ?? {};
			host.executions.delete(executionId);
			host.store.forget(executionId);
			await deleteFiles(id, executionId);
		},
		async close() {
			for (const execution of host.executions.values()) execution.cancel();
			await server.close();
			await keepFilesIn(modeBefore);
		},
	};
}

function executionsOf(
	store: ExecutionStore,
	workflowId: string,
): (StoredExecution & { id: string })[] {
	const all = store.ids().map((id) => ({ id, stored: store.find(id) }));
	return all.flatMap(({ id, stored }) =>
		stored?.workflowData.id === workflowId ? [{ ...stored, id }] : [],
	);
}

const hostAt = (url: string, { sharedWith, durableCursors }: InstanceOptions): Host => ({
	url,
	store: new ExecutionStore(),
	workflows: sharedWith?.workflows ?? new WorkflowStore(),
	executions: new Map(),
	live: new AddressBook(false),
	test: new AddressBook(true),
	durableCursors: is2x && durableCursors === true,
});

function startRun(
	{ url: base, store, workflows, executions }: Host,
	file: WorkflowFile,
	options: RunOptions,
	storingMs?: number,
): InstanceRun {
	const { executionId = nextExecutionId() } = options;
	const execution = new Execution(executionId, { base, store, workflows, options, storingMs });
	executions.set(executionId, execution);
	execution.begin(file);
	return {
		executionId,
		get status() {
			return store.statusOf(executionId);
		},
		paused: execution.paused.promise,
		finished: execution.finished.promise,
		cancel: () => execution.cancel(),
		timeLimitPasses: async () => execution.timeLimitPasses(),
		restart: () => execution.restart(),
	};
}

function mount(app: Express, { executions, live, test }: Host): void {
	const resume: RequestHandler = async (req, res) => {
		await answerResume(req, res, executions.get(String(req.params.path)));
	};
	app.all('/webhook-waiting/:path', resume);
	app.all('/webhook-waiting/:path/:suffix', resume);
	app.all('/webhook/*path', live.serve);
	app.all('/webhook-test/*path', test.serve);
	app.get('/rest/binary-data/signed', serveSigned);
	const refuse: ErrorRequestHandler = (error: Error, _req, res, next) => {
		if (res.headersSent) {
			next(error);
			return;
		}
		const { status, code, hint } =
			error instanceof HttpRefusal ? error : { status: 500, code: 0, hint: undefined };
		res.status(status).json({ code, message: error.message, ...(hint ? { hint } : {}) });
	};
	app.use(refuse);
}
