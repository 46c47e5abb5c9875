import { setTimeout as sleep } from 'node:timers/promises';

import axios from 'axios';
import type { IDataObject, INodeType, IRun } from 'n8n-workflow';

import type { WorkflowFile } from '../../../sandbox/engine/index.cjs';
import {
	CLIP,
	credentialsFor,
	NODE,
	outputOf,
	startOn,
	useInstance,
	useSandbox,
	type InstanceNodeRun,
	type InstanceRun,
	type Sandbox,
	type SandboxOptions,
} from './kling.cjs';

/** Tasks end when a test says so, and only a test calls back. */
const ON_DEMAND: SandboxOptions = { submittedMs: 10, processingMs: 600_000, callbacks: false };

/** No task ends before a test says so; then the sandbox calls back. */
export const CALLING_BACK: SandboxOptions = { submittedMs: 600_000, processingMs: 600_000 };

/** Parameters of a node that waits for the callback; each item makes a voice of another name. */
export const voice = (more: IDataObject = {}): IDataObject => ({
	voiceName: '={{ "Voice " + $json.n }}',
	voiceUrl: CLIP,
	waitFor: 'callback',
	...more,
});

export const items = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

export const rowsOfRun = (run: IRun, output = 0): IDataObject[] =>
	outputOf(run, NODE, output).map(({ json }) => json);

export const voiceNames = (run: IRun, node = NODE) =>
	outputOf(run, node).map(({ json }) => json.voice_name);

/** The last state, or none when the execution still waits after this time. */
export async function endWithin(run: InstanceRun, ms: number): Promise<IRun | undefined> {
	return await Promise.race([run.finished, sleep(ms, undefined, { ref: false })]);
}

/** @throws when the execution still waits after this time */
export async function endOf(run: InstanceRun, withinMs = 40_000): Promise<IRun> {
	const end = await endWithin(run, withinMs);
	if (!end) throw new Error('The execution still waits');
	return end;
}

/** Runs the tests of a file on one n8n that can pause executions, against a sandbox that is made new for each. */
export function usePausing(options: SandboxOptions = ON_DEMAND) {
	const sandboxOf = useSandbox(options);
	const instanceOf = useInstance();
	const start = (run: InstanceNodeRun): InstanceRun => startOn(instanceOf(), sandboxOf(), run);
	return {
		sandboxOf,
		instanceOf,
		start,

		/**
		 * Its tasks end once n8n has stored the pause: a call before that is refused, which has tests of its own. For a
		 * sandbox that calls back.
		 */
		startAndFinish: (run: InstanceNodeRun): InstanceRun => {
			const started = start(run);
			void started.paused.then(() => sandboxOf().hurry());
			return started;
		},

		/** @param given JSON of the items, with files in it where a workflow keeps them there */
		startWorkflow: (
			file: WorkflowFile,
			nodeTypes: Record<string, INodeType> = {},
			given: IDataObject[] = items(1),
		): InstanceRun =>
			instanceOf().startWorkflow(file, {
				credentials: credentialsFor(sandboxOf()),
				items: { Items: given.map((json) => ({ json })) },
				nodeTypes,
			}),

		/** Ends every task that has not ended. */
		finishAll: () => finishAll(sandboxOf()),

		/** What Kling does at the end of the task number `index`, whatever is true. @returns the status of the answer */
		callBack: async (index = 0, body?: unknown, headers?: Record<string, string>) =>
			await callBack(sandboxOf(), index, body, headers),

		/** Until n8n has stored the pause for the task number `count`: a call before that is refused. */
		untilPaused: async (run: InstanceRun, count: number) =>
			await untilPaused(sandboxOf(), run, count),
	};
}

function finishAll(sandbox: Sandbox): void {
	for (const { task_id, task_status } of sandbox.tasks) {
		const hasEnded = task_status === 'succeed' || task_status === 'failed';
		if (!hasEnded) sandbox.finish(task_id);
	}
}

async function callBack(
	{ tasks }: Sandbox,
	index: number,
	body: unknown = { task_id: tasks[index]?.task_id, task_status: 'succeed' },
	headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<number> {
	const url = tasks[index]?.callback_url ?? '';
	const { status } = await axios.post(url, body, { headers, validateStatus: () => true });
	return status;
}

async function untilPaused(sandbox: Sandbox, run: InstanceRun, count: number): Promise<void> {
	for (let tries = 0; tries < 400; tries += 1) {
		if (sandbox.tasks.length >= count && run.status === 'waiting') return;
		await sleep(50);
	}
	throw new Error(`The execution does not wait for task ${count}`);
}
