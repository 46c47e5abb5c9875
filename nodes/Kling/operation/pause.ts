import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { failed, ok, refused, type Problem, type Reply } from '../api/reply';
import { REACHABLE_ADVICE } from '../media/itemFile';
import { unreachableReason } from '../media/reachable';
import type { CreatedKind } from '../tasks/kinds';
import { pauseIdOf, resumeAddress } from '../tasks/pause/address';
import { lookWhenRefused, type PausedRun } from '../tasks/pause/crowd';
import { hasEnded } from '../tasks/pause/ended';
import type { OutputRow, TaskNote } from '../tasks/pause/notes';
import { isLarge } from '../tasks/pause/size';
import { keyOf, SHORTEST_PAUSE_MS, suspend } from '../tasks/pause/suspend';
import { isUnfinished, readMany } from '../tasks/readMany';
import { isFinal, keepIds, type Task } from '../tasks/task';
import { isComplete, waitUntilFinal, withoutResult } from '../tasks/wait';
import { inWordsOf, type TaskWords } from './advice';
import type { Item } from './item';
import { laterStepsHint } from './laterSteps';
import { failedRow, failRun } from './nodeError';
import { taskJson, withoutUndefined } from './output';
import { ownResultRow, type OutputOptions } from './result';

/**
 * A task that was asked for longer ago than this is looked at once more before the pause: it may have ended by now, and n8n
 * has then refused its callback. For a newer one, a look would save next to nothing.
 */
const NEWS_MS = 500;

/** What a pause must know of an operation. */
export interface PauseSpec {
	kind: CreatedKind;
	words: TaskWords;
}

/** A created task that the run pauses for. */
export interface PausedTask {
	task: Task;
	/** When Kling was asked for it, in milliseconds of `performance.now()`. */
	askedAt: number;
	client: KlingClient;
	output: OutputOptions;
	/** The name that was asked for, where the kind has names. */
	name: unknown;
	timeoutMs: number;
}

/**
 * The `callback_url` of a run that pauses: its own resume address.
 * @param body the parameters of the item, which must not have one of their own
 */
export async function callbackAddress(
	{ context, client }: Item,
	{ waitOption }: TaskWords,
	body: IDataObject,
	timeoutMs: number,
): Promise<Reply<string>> {
	if (body.callback_url !== undefined) return failed(TWO_CALLBACKS);
	const otherwise = `Or choose ${waitOption} in Wait For.`;
	if (timeoutMs < SHORTEST_PAUSE_MS) {
		return failed(
			refused(
				`The timeout of ${timeoutMs / 1000} s is too short for a pause`,
				`Enter 60 or more in Timeout: n8n looks for due executions once a minute. ${otherwise}`,
			),
		);
	}
	const address = resumeAddress(context);
	const reason = await unreachableReason(address, client.host);
	return reason ? failed(refused(reason, `${REACHABLE_ADVICE} ${otherwise}`)) : ok(address);
}

const TWO_CALLBACKS: Problem = refused(
	'There are two callback URLs: the one that ends the pause, and callback_url in Additional Fields (JSON)',
	'Remove callback_url, or choose another value in Wait For.',
);

/**
 * Looks once more at tasks that were not created just now, and pauses until all are final. What n8n must output when
 * the time is up is stored as the node's input: the tasks as last seen, with `timed_out`.
 * @param rows one for each item
 * @returns the finished rows when there is nothing to wait for, else none
 * @throws NodeApiError | NodeOperationError when a task has failed and the run shall stop
 */
export async function pauseUntilFinal(
	context: IExecuteFunctions,
	spec: PauseSpec,
	rows: INodeExecutionData[],
	paused: Map<number, PausedTask>,
): Promise<INodeExecutionData[]> {
	const seen = await withResults(spec.kind, paused, await lookOnceMore(spec.kind, paused));
	const unfinished = [...seen.values()].some((task) => !isFinal(task));
	const pending = rows.map(async (row, itemIndex) => {
		const one = paused.get(itemIndex);
		const task = seen.get(itemIndex);
		if (!one || !task) return row;
		const made = await rowNow(context, spec, one, task, unfinished);
		const pairedItem = { item: itemIndex };
		if (made.ok) return { ...made.value, pairedItem };
		const problem = inWordsOf(spec.words, made.problem);
		if (!context.continueOnFail()) failRun(context, problem, itemIndex, rows);
		return { ...failedRow(context, problem, itemIndex), pairedItem };
	});
	const now = await Promise.all(pending);
	if (!unfinished) return now;
	const notes = rows.map((_, itemIndex) => noteOf(paused.get(itemIndex), seen.get(itemIndex)));
	const timeoutMs = Math.max(...[...paused.values()].map((one) => one.timeoutMs));
	const address = resumeAddress(context);
	const hint = laterStepsHint(context);
	if (hint !== undefined) context.addExecutionHints({ message: hint, location: 'outputPane' });
	// The items that come in are most of what n8n stores; they are replaced with the pause.
	const run: PausedRun = {
		address,
		isLarge: isLarge(context.getInputData()),
		isOver: () => hasEnded(keyOf(context, pauseIdOf(context))),
		isFinal: async () => await allFinal(spec.kind, paused),
	};
	await suspend(context, now, notes, timeoutMs);
	void lookWhenRefused(context, run);
	return [];
}

/** Whether a callback for the last of them has been sent by now. */
async function allFinal(kind: CreatedKind, paused: Map<number, PausedTask>): Promise<boolean> {
	const [first] = paused.values();
	if (!first) return true;
	const tasks = [...paused.values()].map(({ task }) => task);
	const ids = tasks.flatMap(({ taskId }) => taskId ?? []);
	const externalIds = new Map(tasks.map((task) => [task.taskId ?? '', task.externalTaskId]));
	const looks = await readMany(first.client, kind, ids, true, externalIds);
	return ids.every((id) => {
		const look = looks.get(id);
		return look !== undefined && !isUnfinished(look);
	});
}

/** A callback may have come before n8n had stored the execution, and was then refused. */
async function lookOnceMore(
	kind: CreatedKind,
	paused: Map<number, PausedTask>,
): Promise<Map<number, Task>> {
	const [first] = paused.values();
	const unfinished = [...paused.values()].filter(({ task }) => !isFinal(task));
	const isNews = unfinished.every(({ askedAt }) => performance.now() - askedAt < NEWS_MS);
	const ids = unfinished.flatMap(({ task }) => task.taskId ?? []);
	const externalIds = new Map(
		unfinished.map(({ task }) => [task.taskId ?? '', task.externalTaskId]),
	);
	const looks =
		first && !isNews ? await readMany(first.client, kind, ids, false, externalIds) : undefined;
	return new Map(
		[...paused].map(([itemIndex, { task }]) => {
			const look = looks?.get(task.taskId ?? '');
			return [itemIndex, look?.ok ? keepIds(look.value, task) : task];
		}),
	);
}

/** When all have ended there will be no pause, so a result that is late has to be waited for here. */
async function withResults(
	kind: CreatedKind,
	paused: Map<number, PausedTask>,
	seen: Map<number, Task>,
): Promise<Map<number, Task>> {
	if (![...seen.values()].every(isFinal)) return seen;
	const whole = [...seen].map(async ([itemIndex, task]) => {
		const one = paused.get(itemIndex);
		const reply = one && (await waitUntilFinal(one.client, kind, task, one.timeoutMs));
		return [itemIndex, reply?.ok ? reply.value : task] as const;
	});
	return new Map(await Promise.all(whole));
}

/** @param pauses while others are unfinished, a row is what leaves the node should the time run out */
async function rowNow(
	context: IExecuteFunctions,
	{ kind }: PauseSpec,
	{ client, output, name }: PausedTask,
	task: Task,
	pauses: boolean,
): Promise<Reply<OutputRow>> {
	if (!pauses && !isComplete(kind, task)) return failed(withoutResult(kind, task));
	if (!pauses || task.status === 'failed') {
		return await ownResultRow({ context, client, kind }, task, name, output);
	}
	const { nameKey } = kind;
	return ok({
		json: withoutUndefined({
			...taskJson(task, output.simple, kind),
			task_id: task.taskId,
			...(nameKey !== undefined && typeof name === 'string' && { [nameKey]: name }),
			timed_out: isFinal(task) ? undefined : true,
		}),
	});
}

/** A task that has failed by now is done, and its row says so. */
function noteOf(paused: PausedTask | undefined, task: Task | undefined): TaskNote | null {
	if (!paused || task?.taskId === undefined || task.status === 'failed') return null;
	const { output, name } = paused;
	const { taskId, externalTaskId } = task;
	return { ...output, taskId, externalTaskId, ...(typeof name === 'string' && { name }) };
}
