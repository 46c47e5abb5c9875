import type { IDataObject, INode } from 'n8n-workflow';

import type { WorkflowFile } from '../../sandbox/engine/index.cjs';
import { connected, inARow, noOp } from '../../test/support/workflows.cjs';
import {
	createWithHttp,
	createWithKling,
	entrance,
	getWithHttp,
	ifFinished,
	wait,
} from './nodes.cjs';

/** The interval between polls that n8n's own templates use. */
export const POLL_S = 5;

/** One way to make voices. */
export interface Contestant {
	name: string;
	/** @param path of the webhook that starts it */
	build: (path: string, baseUrl: string) => WorkflowFile;
}

/** What arrives here counts as done. */
const done = noOp('Done');

/** Webhook → one item for each name → `nodes` in a row → `last`. */
export const namesInARow = (path: string, nodes: INode[], last = done): WorkflowFile =>
	asSaved(inARow(path, [...entrance(path), ...nodes, last]));

/** What one draws without this package: create → wait → get → finished? if not, wait again. */
export function pollingWorkflow(path: string, baseUrl: string, last = done): WorkflowFile {
	const steps = [createWithHttp(baseUrl), wait(POLL_S), getWithHttp(baseUrl), ifFinished()];
	const row = inARow(path, [...entrance(path), ...steps, last]);
	const branches = connected([
		['Finished', last.name],
		['Finished', 'Wait', 1],
	]);
	return asSaved({ ...row, connections: { ...row.connections, ...branches } });
}

const asSaved = (file: WorkflowFile): WorkflowFile => ({
	...file,
	settings: { executionOrder: 'v1' },
});

const withKling = (name: string, waitFor: string, maxConcurrency?: number): Contestant => ({
	name,
	build: (path) =>
		namesInARow(path, [
			createWithKling(waitFor, maxConcurrency === undefined ? {} : { maxConcurrency }),
		]),
});

const withHttp = (name: string, options?: IDataObject, settings?: Partial<INode>): Contestant => ({
	name,
	build: (path, baseUrl) => namesInARow(path, [createWithHttp(baseUrl, options, settings)]),
});

/** n8n sends a batch, waits for the interval, and sends the next, answered or not. */
export const TUNED_NAME = 'HTTP Request, batches of 5 every 700 ms';

/** @param atOnce items of a run: what HTTP Request has in flight without batching */
export const sideBySide = (atOnce: number) => ({
	ours: withKling(`Kling, Max Concurrency ${String(atOnce)}`, 'none', atOnce),
	theirs: withHttp('HTTP Request'),
});

/** One execution, which waits until all its voices are finished. */
export const pausing = withKling('Kling, waits for the callback', 'callback');

export const contestants: Contestant[] = [
	withKling('Kling', 'none'),
	withHttp('HTTP Request'),
	withHttp('HTTP Request, Retry On Fail', {}, { retryOnFail: true }),
	withHttp(TUNED_NAME, { batching: { batch: { batchSize: 5, batchInterval: 700 } } }),
	pausing,
	withKling('Kling, waits for the finished voice', 'poll'),
	{
		name: `HTTP Request → Wait ${String(POLL_S)} s → Get → IF → loop`,
		build: pollingWorkflow,
	},
];
