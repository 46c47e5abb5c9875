import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import pLimit, { type LimitFunction } from 'p-limit';

import { failed, ok, refused, type Problem, type Reply } from '../api/reply';
import { memoryOf } from '../tasks/memory';
import type { OutputRow } from '../tasks/pause/notes';
import { cannotPause } from '../tasks/pause/suspend';
import { nameIn, submit, type Submitted } from '../tasks/submit';
import { inWordsOf } from './advice';
import { finishedRows, namelessRow, ownerProblem, rowsNow } from './createdRows';
import { readOrder, type CreateSpec, type Order, type WaitFor } from './createOrder';
import type { Item } from './item';
import { forEachItem } from './items';
import { pauseUntilFinal, type PausedTask } from './pause';
import { readLimits } from './read';
import { withPacks } from './packs';

/** Each holds a file of up to 10 MB, and its Base64. */
const MOST_HELD = 2;

/** What the items of one run share. */
interface Run {
	waitFor: WaitFor;
	/** An id stands for one task, so the items of a run must not share one. */
	givenIds: Set<string>;
	/** Tasks that the run pauses for, by item. */
	paused: Map<number, PausedTask>;
	/** For items that hold a file in memory until it is sent. */
	atOnce: LimitFunction;
}

/** Creates one task per item; see `tasks/submit` for why it is created once and only once. */
export async function createTasks(
	context: IExecuteFunctions,
	spec: CreateSpec,
): Promise<INodeExecutionData[]> {
	const run: Run = {
		waitFor: readWaitFor(context),
		givenIds: new Set(),
		paused: new Map(),
		atOnce: pLimit(MOST_HELD),
	};
	const work = async (item: Item) => {
		const reply = await createOne(item, spec, run);
		if (reply.ok) return reply;
		const problem = inWordsOf(spec.words, reply.problem);
		return failed(await withPacks(item.client, problem));
	};
	const rows = await forEachItem(context, work, {
		...readLimits(context, spec.kind.timeoutS),
		creates: true,
	});
	return run.paused.size > 0 ? await pauseUntilFinal(context, spec, rows, run.paused) : rows;
}

/** A run that cannot pause polls instead, and the output pane says so. */
function readWaitFor(context: IExecuteFunctions): WaitFor {
	const chosen = context.getNodeParameter('waitFor', 0, 'poll');
	if (chosen === 'none') return 'none';
	if (chosen !== 'callback') return 'poll';
	const obstacle = cannotPause(context);
	if (obstacle === undefined) return 'callback';
	context.addExecutionHints({
		message: `The node polled Kling instead of waiting for its callback: ${obstacle}.`,
		location: 'outputPane',
	});
	return 'poll';
}

async function createOne(item: Item, spec: CreateSpec, run: Run): Promise<Reply<OutputRow[]>> {
	const { client } = item;
	const read = await readOrder(item, spec, run.waitFor);
	if (!read.ok) return read;
	const asked = read.value;
	const id = asked.body.external_task_id;
	if (run.givenIds.has(id)) return failed(givenTwice(id));
	run.givenIds.add(id);
	const sending = async () => await send(item, spec, asked);
	const sent = await (asked.files.areHeld ? run.atOnce(sending) : sending());
	if (!sent.ok) return sent;
	const { submitted, hint, askedAt, name } = sent.value;
	const order = hint === undefined ? asked : { ...asked, output: { ...asked.output, hint } };
	const { task } = submitted;
	switch (endingOf(run.waitFor, submitted)) {
		case 'output':
			return await rowsNow(item, spec, order, submitted, name);
		case 'nameless':
			return ok([namelessRow(spec, order, task)]);
		case 'wait':
			return await finishedRows(item, spec, order, submitted);
		case 'pause': {
			const problem = ownerProblem(spec, order, submitted);
			if (problem) return failed(problem);
			const { output, timeoutMs } = order;
			run.paused.set(item.index, { task, askedAt, client, output, name, timeoutMs });
			return ok([{ json: { task_id: task.taskId, external_task_id: task.externalTaskId ?? id } }]);
		}
	}
}

interface SentOrder {
	submitted: Submitted;
	hint?: string;
	/** In milliseconds of `performance.now()`. */
	askedAt: number;
	name: unknown;
}

/** Prepares the files and creates the task; what was in memory for that is free when it returns. */
async function send(
	{ context, client }: Item,
	spec: CreateSpec,
	order: Order,
): Promise<Reply<SentOrder>> {
	const files = await order.files.prepare();
	if (!files.ok) return files;
	const { fields, hint } = files.value;
	const askedAt = performance.now();
	const body = { ...order.body, ...fields };
	const name = nameIn(spec.kind, body);
	const memory = memoryOf(context);
	const submitted = await submit(client, spec.kind, { ...order, body, memory });
	return submitted.ok ? ok({ submitted: submitted.value, hint, askedAt, name }) : submitted;
}

/**
 * How a create ends: its task is output as it is, or when it is final, or after the pause of the whole run; or there is
 * only its external id to output.
 */
type Ending = 'output' | 'nameless' | 'wait' | 'pause';

function endingOf(waitFor: WaitFor, { task, origin }: Submitted): Ending {
	if (origin === 'nameless') return 'nameless';
	if (waitFor === 'none') return 'output';
	// A pause knows its tasks by their own ids.
	const mayPause = origin === 'created' && task.taskId !== undefined;
	return waitFor === 'callback' && mayPause ? 'pause' : 'wait';
}

const givenTwice = (id: string): Problem =>
	refused(
		`Another item of this run has the external task ID ${id}`,
		'Give each item its own ID, or leave External Task ID empty.',
	);
