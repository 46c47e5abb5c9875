import './engineEnvironment.cjs';

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { IBinaryData, IRun } from 'n8n-workflow';

import type { StartedRun } from './engine.cjs';
import { Execution } from './engineExecution.cjs';
import {
	deleteFiles,
	keepFilesIn,
	serveSigned,
	storeFile,
	type BinaryMode,
	type NewFile,
} from './engineFiles.cjs';
import { answerResume } from './engineResume.cjs';
import { ExecutionStore } from './engineStore.cjs';
import { Refusal } from './engineWebhook.cjs';
import {
	nextExecutionId,
	WORKFLOW_ID,
	type RunOptions,
	type WorkflowFile,
} from './engineWorkflow.cjs';

export type { NewFile };

export interface InstanceOptions {
	/** Where files are kept; holds for the whole process until this instance closes. Default: filesystem. */
	binaryMode?: BinaryMode;
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
	/** Stores a file as n8n does, for an execution that need not have started yet. */
	storeFile(executionId: string, file: NewFile): Promise<IBinaryData>;
	/** What n8n's pruning does: execution and files are gone. */
	deleteExecution(executionId: string): Promise<void>;
	close(): Promise<void>;
}

export interface InstanceRun extends StartedRun {
	readonly executionId: string;
	/** Settles when the execution has been stored as waiting, or has finished without ever waiting. */
	paused: Promise<IRun>;
	/** Settles with the last IRun once the execution has really ended, however often it waited. */
	finished: Promise<IRun>;
	/**
	 * What n8n's timer does when the wait limit has passed. Does nothing when the execution does not wait (any
	 * more); resolves as soon as the execution goes on.
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
	const store = new ExecutionStore();
	const executions = new Map<string, Execution>();
	const app = express().disable('x-powered-by');
	const server = createServer(app).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	mount(app, executions);

	return {
		url,
		storeFile,
		startWorkflow(file, runOptions) {
			const { executionId = nextExecutionId() } = runOptions;
			const execution = new Execution(executionId, url, store, runOptions);
			executions.set(executionId, execution);
			execution.begin(file);
			return {
				executionId,
				paused: execution.paused.promise,
				finished: execution.finished.promise,
				cancel: () => execution.cancel(),
				timeLimitPasses: async () => execution.timeLimitPasses(),
				restart: () => execution.restart(),
			};
		},
		async deleteExecution(executionId) {
			const { id = WORKFLOW_ID } = store.find(executionId)?.workflowData ?? {};
			executions.delete(executionId);
			store.forget(executionId);
			await deleteFiles(id, executionId);
		},
		async close() {
			for (const execution of executions.values()) execution.cancel();
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
			await keepFilesIn(modeBefore);
		},
	};
}

function mount(app: Express, executions: Map<string, Execution>): void {
	const resume: RequestHandler = async (req, res) => {
		await answerResume(req, res, executions.get(String(req.params.path)));
	};
	app.all('/webhook-waiting/:path', resume);
	app.all('/webhook-waiting/:path/:suffix', resume);
	app.get('/rest/binary-data/signed', serveSigned);
	const refuse: ErrorRequestHandler = (error: Error, _req, res, next) => {
		if (res.headersSent) {
			next(error);
			return;
		}
		const { status, code } = error instanceof Refusal ? error : { status: 500, code: 0 };
		res.status(status).json({ code, message: error.message });
	};
	app.use(refuse);
}
