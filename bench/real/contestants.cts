import type { IDataObject, INode } from 'n8n-workflow';

import type { WorkflowFile } from '../../sandbox/engine/index.cjs';
import { done, httpCreate, httpGet, ifFinished, kling, start, wait, workflow } from './nodes.cjs';

/** The interval between polls that n8n's own templates use. */
export const POLL_S = 5;

/** One way to make voices. */
export interface Contestant {
	name: string;
	/** @param path of the webhook that starts it */
	build: (path: string, baseUrl: string) => WorkflowFile;
}

/** Webhook → one item for each name → `nodes` in a row → `last`. */
export function inARow(path: string, nodes: INode[], last = done()): WorkflowFile {
	const all = [...start(path), ...nodes, last];
	const names = all.map(({ name }) => name);
	const lines = names.slice(1).map((name, index): [string, string] => [names[index] ?? '', name]);
	return workflow(path, all, lines);
}

/** What one draws without this package: create → wait → get → finished? if not, wait again. */
export function pollingWorkflow(path: string, baseUrl: string, last = done()): WorkflowFile {
	const nodes = [httpCreate(baseUrl), wait(POLL_S), httpGet(baseUrl), ifFinished()];
	return workflow(
		path,
		[...start(path), ...nodes, last],
		[
			['Webhook', 'Names'],
			['Names', 'Create'],
			['Create', 'Wait'],
			['Wait', 'Get'],
			['Get', 'Finished'],
			['Finished', last.name],
			['Finished', 'Wait', 1],
		],
	);
}

const klingNode = (name: string, waitFor: string, maxConcurrency?: number): Contestant => ({
	name,
	build: (path) =>
		inARow(path, [kling(waitFor, maxConcurrency === undefined ? {} : { maxConcurrency })]),
});

const httpNode = (name: string, options?: IDataObject, settings?: Partial<INode>): Contestant => ({
	name,
	build: (path, baseUrl) => inARow(path, [httpCreate(baseUrl, options, settings)]),
});

/** n8n sends a batch, waits for the interval, and sends the next, answered or not. */
export const TUNED_NAME = 'HTTP Request, batches of 5 every 700 ms';

/** @param atOnce items of a run: what HTTP Request has in flight without batching */
export const sideBySide = (atOnce: number) => ({
	ours: klingNode(`Kling, Max Concurrency ${String(atOnce)}`, 'none', atOnce),
	theirs: httpNode('HTTP Request'),
});

export const contestants: Contestant[] = [
	klingNode('Kling', 'none'),
	httpNode('HTTP Request'),
	httpNode('HTTP Request, Retry On Fail', {}, { retryOnFail: true }),
	httpNode(TUNED_NAME, { batching: { batch: { batchSize: 5, batchInterval: 700 } } }),
	klingNode('Kling, waits for the callback', 'callback'),
	klingNode('Kling, waits for the finished voice', 'poll'),
	{
		name: `HTTP Request → Wait ${String(POLL_S)} s → Get → IF → loop`,
		build: pollingWorkflow,
	},
];
