import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { textOfCall } from '../api/callbackText';
import { KlingClient } from '../api/client';
import { isRecord } from '../api/envelope';
import { readJson } from '../api/losslessJson';
import { failed, type Reply } from '../api/reply';
import { hasEnded, noteEnd } from '../tasks/pause/ended';
import { TASK_KINDS } from '../tasks/kinds';
import { isUnfinished, readMany } from '../tasks/readMany';
import { taken } from '../tasks/submit';
import { suspended, type Suspended } from '../tasks/pause/suspend';
import { isFinal, keepIds, readTask, type Task } from '../tasks/task';
import { inTurn } from '../tasks/pause/coalesce';
import { isDerived } from './externalTaskId';
import { failedRow } from './items';
import { ownVoiceRow } from './result';
import type { VoiceNote } from './pause';

const KIND = TASK_KINDS.customVoice;

/** A list or replica of Kling may lag behind its callback, or be away; and there is no second callback for a task. */
const LOOKS_AGAIN_AFTER_MS = [1_500, 5_000, 15_000, 30_000];

/**
 * What a callback does: it is a hint to look, never a fact. Kling gets its answer at once; then, if the payload claims
 * that a task is final, all tasks of the run are read back, and when all are final the execution goes on.
 * Never throws, as n8n would then drop everything that ran before and go on with an empty item.
 */
export async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const swallowed: IWebhookResponseData = { noWebhookResponse: true };
	try {
		context.getResponseObject().status(200).json({ received: true });
		const body = readJson(await textOfCall(context));
		const claimed = readTask(isRecord(body) ? body : undefined, KIND.resultKey);
		if (!isFinal(claimed)) return swallowed;
		const key = JSON.stringify([context.getExecutionId(), context.getNode().id]);
		// n8n evaluates expressions in an isolate, which costs more than all the rest: only who looks reads the pause.
		const look = async (claims: ReadonlySet<string>) => {
			const pause = suspended(context);
			const pauseKey = `${key} ${String(pause?.untilMs)}`;
			if (!pause || hasEnded(pauseKey)) return undefined;
			const items = await allFinal(context, pause, claims);
			if (!items) return undefined;
			noteEnd(pauseKey);
			// When the time is up n8n has gone on by itself, perhaps to the pause of another node.
			return { items, isLate: Date.now() >= pause.untilMs };
		};
		const outcome = await inTurn(
			key,
			look,
			[claimed.taskId, claimed.externalTaskId].filter((id) => id !== undefined),
		);
		if (!outcome || outcome.isLate) return swallowed;
		return { ...swallowed, workflowData: [outcome.items] };
	} catch (error) {
		context.logger.error(
			`Kling: a callback could not be used: ${error instanceof Error ? error.message : String(error)}`,
		);
		return swallowed;
	}
}

type Looks = Map<string, Reply<Task>>;

/** @returns the items of the finished node, or `undefined` while there is something to wait for */
async function allFinal(
	context: IWebhookFunctions,
	pause: Suspended,
	claims: ReadonlySet<string>,
): Promise<INodeExecutionData[] | undefined> {
	const opened = await KlingClient.open(context);
	if (!opened.ok) throw new Error(opened.problem.what);
	const notes = pause.notes.map((note) => note as unknown as VoiceNote | null);
	const waitedFor = notes.filter((note) => note !== null);
	const looks = await lookUntilAgreed(opened.value, waitedFor, claims);
	if (!looks) return undefined;
	const oneRow = async (note: VoiceNote | null, item: number): Promise<INodeExecutionData> => {
		const pairedItem = { item };
		const look = looks.get(note?.taskId ?? '');
		if (!note || !look) {
			const { json = {}, binary } = pause.rows[item] ?? {};
			return { json, binary, pairedItem };
		}
		const row = await rowOf(context, opened.value, note, look);
		return { ...(row.ok ? row.value : failedRow(context, row.problem, item)), pairedItem };
	};
	return await Promise.all(notes.map(oneRow));
}

/** Looks again when Kling has called for a task that its API still shows at work, or does not show at all. */
async function lookUntilAgreed(
	client: KlingClient,
	notes: VoiceNote[],
	claims: ReadonlySet<string>,
): Promise<Looks | undefined> {
	const ids = notes.map(({ taskId }) => taskId);
	// A gateway with task IDs of its own may pass on a call of Kling, which has Kling's.
	const externalIds = new Map(notes.map((note) => [note.taskId, note.externalTaskId ?? '']));
	for (const pauseMs of [...LOOKS_AGAIN_AFTER_MS, undefined]) {
		// Who calls while this look is under way is looked for by the next.
		const called = new Set(claims);
		const isCalled = (id: string) => called.has(id) || called.has(externalIds.get(id) ?? '');
		const looks = await readMany(client, KIND, ids, true);
		const unfinished = ids.filter((id) => isWaitedFor(looks.get(id)));
		if (unfinished.length === 0) return looks;
		// One that is behind is enough: by the call for the next, nobody knows any more that it was called for.
		const isBehind =
			unfinished.some((id) => looks.has(id) && isCalled(id)) ||
			unfinished.every((id) => !looks.get(id)?.ok);
		if (!isBehind || pauseMs === undefined) break;
		await client.pause(pauseMs);
	}
	return undefined;
}

async function rowOf(
	context: IWebhookFunctions,
	client: KlingClient,
	note: VoiceNote,
	look: Reply<Task>,
) {
	const { taskId, externalTaskId, voiceName } = note;
	if (!look.ok) {
		const task = { task_id: taskId, external_task_id: externalTaskId };
		return { ...look, problem: { ...look.problem, task } };
	}
	// Each item has an ID of its own, so under another one it is the task of another item.
	const isOthers =
		isDerived(externalTaskId, context.getExecutionId()) &&
		![undefined, externalTaskId].includes(look.value.externalTaskId);
	if (isOthers) {
		const task = { task_id: taskId, external_task_id: externalTaskId };
		return failed({ ...taken(look.value), task });
	}
	const task = keepIds(look.value, { ...look.value, taskId, externalTaskId });
	return await ownVoiceRow(context, client, task, voiceName, note);
}

const isWaitedFor = (look: Reply<Task> | undefined) => look === undefined || isUnfinished(look);
