import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import pLimit, { type LimitFunction } from 'p-limit';

import { failed, ok, refused, type Problem, type Reply } from '../api/reply';
import { mayAnswer } from '../tasks/kinds';
import { memoryOf } from '../tasks/memory';
import type { OutputRow } from '../tasks/pause/notes';
import { cannotPause } from '../tasks/pause/suspend';
import { idBelongsToAnother, nameIn, submit, type Submitted } from '../tasks/submit';
import { isFinal, type Task } from '../tasks/task';
import { isComplete, waitUntilFinal, withoutResult } from '../tasks/wait';
import { inWordsOf } from './advice';
import { readOrder, type CreateSpec, type Order, type WaitFor } from './createOrder';
import type { Item } from './item';
import { forEachItem } from './items';
import { pauseUntilFinal, type PausedTask } from './pause';
import { readLimits } from './read';
import { taskJson } from './output';
import { withPacks } from './packs';
import { tellProgress } from './progress';
import { resultRow, unusableEarlierTask } from './result';

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
		case 'output': {
			const rows = await rowsOf(item, spec, order, submitted);
			// What an earlier create made may have another name.
			return rows.ok && submitted.origin === 'created' && order.output.simple
				? ok(rows.value.map((row) => ({ ...row, json: named(spec, name, row.json) })))
				: rows;
		}
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

/** A new task does not say yet what it was asked to make. */
function named({ kind: { nameKey } }: CreateSpec, name: unknown, json: IDataObject): IDataObject {
	return nameKey === undefined || typeof name !== 'string' || nameKey in json
		? json
		: { [nameKey]: name, ...json };
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

async function finishedRows(
	item: Item,
	spec: CreateSpec,
	order: Order,
	{ task, origin }: Submitted,
): Promise<Reply<OutputRow[]>> {
	const { client } = item;
	const told = tellProgress(item);
	const finished = await waitUntilFinal(client, spec.kind, task, order.timeoutMs, told);
	if (!finished.ok) return finished;
	if (origin === 'created' && !isComplete(spec.kind, finished.value)) {
		return failed(withoutResult(spec.kind, finished.value));
	}
	return await rowsOf(item, spec, order, { origin, task: finished.value });
}

async function rowsOf(
	{ context, client }: Item,
	spec: CreateSpec,
	order: Order,
	{ task, origin }: Submitted,
): Promise<Reply<OutputRow[]>> {
	const problem =
		ownerProblem(spec, order, { task, origin }) ??
		(origin === 'earlier' && isFinal(task) ? unusableEarlierTask(spec.kind, task) : undefined);
	if (problem) return failed(problem);
	const row = await resultRow({ context, client, kind: spec.kind }, task, order.output);
	return row.ok ? ok([row.value]) : row;
}

/** Only a finished task tells its name, and with it whose it is. */
function ownerProblem(
	{ kind }: CreateSpec,
	order: Order,
	{ task, origin }: Submitted,
): Problem | undefined {
	const isOurs =
		order.idOrigin === 'derived' ||
		origin === 'created' ||
		mayAnswer(kind, task, nameIn(kind, order.body));
	return isOurs ? undefined : idBelongsToAnother(task);
}

/** A gateway that names no task leaves one thing to output: the external id, and what to do with it. */
function namelessRow({ words, kind }: CreateSpec, { output, body }: Order, task: Task): OutputRow {
	const hint = `The gateway accepted the request but returned no task ID. Nothing was sent twice. Find the task later with ${words.getWith} and this external task ID, or with Get Many.`;
	return {
		json: {
			...taskJson(task, output.simple, kind),
			external_task_id: task.externalTaskId ?? body.external_task_id,
			hint,
		},
	};
}

const givenTwice = (id: string): Problem =>
	refused(
		`Another item of this run has the external task ID ${id}`,
		'Give each item its own ID, or leave External Task ID empty.',
	);
