import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import { failed, ok, type Reply } from '../api/reply';
import { REACHABLE_ADVICE } from '../media/itemFile';
import { unreachableReason } from '../media/reachable';
import { TASK_KINDS } from '../tasks/kinds';
import { readMany } from '../tasks/readMany';
import { lookWhenCrowded } from '../tasks/pause/crowd';
import { resumeAddress, SHORTEST_PAUSE_MS, suspend } from '../tasks/pause/suspend';
import { isFinal, keepIds, type Task } from '../tasks/task';
import { refused } from './read';
import { failedRow, failRun, type Row } from './items';
import { taskJson, withoutUndefined } from './output';
import { ownVoiceRow, type Wishes } from './result';

const KIND = TASK_KINDS.customVoice;

/**
 * How long ago a create may have been sent for its answer to be news at the pause: an answer that took its time may be
 * older than the voice, whose callback n8n has refused by then. After less, a look would save next to nothing.
 */
const NEWS_MS = 500;

/** A created voice that the run pauses for. */
export interface PausedVoice {
	task: Task;
	/** When Kling was asked for it, in milliseconds of `performance.now()`. */
	askedAt: number;
	client: KlingClient;
	wishes: Wishes;
	voiceName: string;
	timeoutMs: number;
}

/**
 * The `callback_url` of a run that pauses: its own resume address.
 * @param apiHost host of the credential's base URL: a local API can reach a local n8n
 */
export async function callbackAddress(
	context: IExecuteFunctions,
	apiHost: string,
	body: IDataObject,
	timeoutMs: number,
): Promise<Reply<string>> {
	if (body.callback_url !== undefined) {
		return failed(
			refused(
				'There are two callback URLs: the one that ends the pause, and callback_url in Additional Fields (JSON)',
				'Remove callback_url, or choose another value in Wait For.',
			),
		);
	}
	if (timeoutMs < SHORTEST_PAUSE_MS) {
		return failed(
			refused(
				`The timeout of ${timeoutMs / 1000} s is too short for a pause`,
				'Enter 60 or more in Timeout: n8n looks for due executions once a minute. Or choose Finished Voice in Wait For.',
			),
		);
	}
	const address = resumeAddress(context);
	const what = await unreachableReason(address, apiHost);
	return what
		? failed(refused(what, `${REACHABLE_ADVICE} Or choose Finished Voice in Wait For.`))
		: ok(address);
}

/**
 * Looks once more at voices that were not created just now, and pauses until all are final. What n8n must hand on when the time is up is
 * stored as the node's input: the tasks as last seen, with `timed_out`.
 * @param rows one for each item
 * @returns the finished rows when there is nothing to wait for, else none
 * @throws NodeApiError | NodeOperationError when a voice has failed and the run shall stop
 */
export async function pauseUntilFinal(
	context: IExecuteFunctions,
	rows: INodeExecutionData[],
	voices: Map<number, PausedVoice>,
): Promise<INodeExecutionData[]> {
	const seen = await lookOnceMore(voices);
	const unfinished = [...seen.values()].some((task) => !isFinal(task));
	const pending = rows.map(async (row, itemIndex) => {
		const voice = voices.get(itemIndex);
		const task = seen.get(itemIndex);
		if (!voice || !task) return row;
		const made = await madeRow(context, voice, task, unfinished);
		const pairedItem = { item: itemIndex };
		if (made.ok) return { ...made.value, pairedItem };
		if (!context.continueOnFail()) failRun(context, made.problem, itemIndex, rows);
		return { ...failedRow(context, made.problem, itemIndex), pairedItem };
	});
	const now = await Promise.all(pending);
	if (!unfinished) return now;
	const notes = rows.map((_, itemIndex) => noteOf(voices.get(itemIndex), seen.get(itemIndex)));
	const timeoutMs = Math.max(...[...voices.values()].map((voice) => voice.timeoutMs));
	const address = resumeAddress(context);
	await suspend(context, now, notes, timeoutMs);
	void lookWhenCrowded(context, address);
	return [];
}

/** A callback may have come before n8n had stored the execution, and was then refused. */
async function lookOnceMore(voices: Map<number, PausedVoice>): Promise<Map<number, Task>> {
	const [first] = voices.values();
	const unfinished = [...voices.values()].filter(({ task }) => !isFinal(task));
	const isNews = unfinished.every(({ askedAt }) => performance.now() - askedAt < NEWS_MS);
	const ids = unfinished.flatMap(({ task }) => task.taskId ?? []);
	const looks = first && !isNews ? await readMany(first.client, KIND, ids) : undefined;
	return new Map(
		[...voices].map(([itemIndex, { task }]) => {
			const look = looks?.get(task.taskId ?? '');
			return [itemIndex, look?.ok ? keepIds(look.value, task) : task];
		}),
	);
}

/** While others are unfinished, a row is what goes on should the time run out. */
async function madeRow(
	context: IExecuteFunctions,
	{ client, wishes, voiceName }: PausedVoice,
	task: Task,
	pauses: boolean,
): Promise<Reply<Row>> {
	const isDone = !pauses || task.status === 'failed';
	if (isDone) return await ownVoiceRow(context, client, task, voiceName, wishes);
	return ok({
		json: withoutUndefined({
			...taskJson(task, wishes.simple),
			task_id: task.taskId,
			voice_name: voiceName,
			timed_out: isFinal(task) ? undefined : true,
		}),
	});
}

/** What is asked of a voice, kept over the pause. */
export interface VoiceNote extends Wishes {
	taskId: string;
	externalTaskId?: string;
	voiceName: string;
}

/** A voice that has failed by now is done, and its row says so. */
function noteOf(voice: PausedVoice | undefined, task: Task | undefined): IDataObject | null {
	if (!voice || task?.taskId === undefined || task.status === 'failed') return null;
	const { wishes, voiceName } = voice;
	const { taskId, externalTaskId } = task;
	return { ...wishes, taskId, externalTaskId, voiceName };
}
