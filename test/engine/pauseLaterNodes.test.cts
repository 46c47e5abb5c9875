import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { IDataObject, INode, INodeExecutionData, INodeType } from 'n8n-workflow';

import type { WorkflowFile } from '../../sandbox/engine/index.cjs';
import { NODE } from '../support/engine/kling.cjs';
import { endOf, endWithin, usePausing, voice, voiceNames } from '../support/engine/pausing.cjs';
import { countingNode, describedAs, waitNode } from '../support/engine/testNodes.cjs';
import { connected, inARow, klingNode, nodeOf } from '../support/workflows.cjs';

const { sandboxOf, startWorkflow, finishAll, callBack, untilPaused } = usePausing();

/** Items → Kling → further nodes, in a row. */
const chainOf = (first: IDataObject, ...others: INode[]): WorkflowFile =>
	inARow('Test', [nodeOf('Items', 'n8n-nodes-base.manualTrigger'), klingNode(first), ...others]);

const second = klingNode(voice({ voiceName: 'Next' }), { id: 'second', name: 'Second' });
const between = nodeOf('Between', 'test.between');

describe('A late callback of a node whose pause is over', () => {
	// A Wait node listens at the bare resume address.
	it('does not resume a Wait node behind it', async () => {
		const file = chainOf(voice(), nodeOf('Wait', 'test.wait'));
		const run = startWorkflow(file, { 'test.wait': waitNode });
		await run.paused;
		finishAll();
		await callBack();
		await sleep(500);
		await callBack();
		expect(await endWithin(run, 1_000)).toBeUndefined();
	});

	it('does not resume a second Kling node behind it, which waits for its own callback', async () => {
		const run = startWorkflow(chainOf(voice(), second));
		await run.paused;
		finishAll();
		await callBack(0);
		await untilPaused(run, 2);
		await callBack(0);
		await sleep(500);
		finishAll();
		await callBack(1);
		expect(voiceNames(await endOf(run), 'Second')).toEqual(['Next']);
		expect(sandboxOf().tasks).toHaveLength(2);
	});

	it('leaves a second Kling node its own Simplify', async () => {
		const run = startWorkflow(chainOf(voice({ simplify: false }), second));
		await run.paused;
		finishAll();
		await callBack(0);
		await untilPaused(run, 2);
		finishAll();
		await callBack(1);
		expect(voiceNames(await endOf(run), 'Second')).toEqual(['Next']);
	});

	// The look began before the time was up; what it gives then would turn the execution back.
	it('does not run later nodes twice when its look at Kling outlasts the time limit', async () => {
		const counter = countingNode();
		const run = startWorkflow(chainOf(voice(), between, second), {
			'test.between': counter.type,
		});
		await run.paused;
		finishAll();
		sandboxOf().addFault({ on: 'get', kind: 'slow', delayMs: 1_000, times: 1 });
		const called = callBack(0);
		await sleep(200);
		await run.timeLimitPasses();
		// The clock of the node says so, too.
		const now = Date.now.bind(Date);
		const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 400_000);
		await untilPaused(run, 2);
		await called;
		await sleep(1_500);
		clock.mockRestore();
		expect(counter.times).toBe(1);
	});

	// n8n has read the execution by the time that the body comes.
	it('does not run later nodes twice when its body arrives slowly', async () => {
		const counter = countingNode();
		const run = startWorkflow(chainOf(voice(), between, second), {
			'test.between': counter.type,
		});
		await run.paused;
		const copy = slowCallback();
		await sleep(300);
		finishAll();
		await callBack(0);
		await untilPaused(run, 2);
		await copy.complete();
		await sleep(500);
		finishAll();
		await callBack(1);
		expect(voiceNames(await endOf(run), 'Second')).toEqual(['Next']);
		expect(counter.times).toBe(1);
	});
});

/** A callback of the first task, of which the end of the body is yet to come. */
function slowCallback(): { complete: () => Promise<void> } {
	const [task] = sandboxOf().tasks;
	const body = JSON.stringify({ task_id: task?.task_id, task_status: 'succeed' });
	const call = request(task?.callback_url ?? '', {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'content-length': body.length },
	});
	const answered = once(call, 'response');
	call.write(body.slice(0, 5));
	return {
		async complete() {
			call.end(body.slice(5));
			await answered;
		},
	};
}

describe('Two Kling nodes in one execution', () => {
	it('make a voice each, even if they have the same node ID', async () => {
		const next = klingNode(voice({ voiceName: 'Next', waitFor: 'none' }), { name: 'Second' });
		await startWorkflow(chainOf(voice({ waitFor: 'none' }), next)).finished;
		expect(sandboxOf().tasks.map((task) => task.voice_name)).toEqual(['Voice 0', 'Next']);
	});
});

describe('A Kling node in a loop', () => {
	it('makes the voices of each round, and pauses for them', async () => {
		let round = 0;
		const again: INodeType = {
			description: describedAs('again', { outputs: ['main', 'main'] }),
			async execute() {
				round += 1;
				const next: INodeExecutionData[] = [{ json: { n: round } }];
				return round < 3 ? [next, []] : [[], this.getInputData()];
			},
		};
		const file = chainOf(voice(), nodeOf('Again', 'test.again'));
		Object.assign(file.connections, connected([['Again', NODE]]));
		const run = startWorkflow(file, { 'test.again': again });
		await run.paused;
		for (const index of [0, 1, 2]) {
			await untilPaused(run, index + 1);
			// A late one of the round before comes first.
			if (index > 0) await callBack(index - 1);
			finishAll();
			await callBack(index);
		}
		const end = await endOf(run);
		const names = ['Voice 0', 'Voice 1', 'Voice 2'];
		expect(sandboxOf().tasks.map((task) => task.voice_name)).toEqual(names);
		const runs = end.data.resultData.runData[NODE] ?? [];
		expect(runs.map((task) => task.data?.main?.[0]?.[0]?.json.voice_name)).toEqual(names);
	});
});
