import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { messageOf } from '../api/faults';
import { textOfCall } from '../api/callbackText';
import { KlingClient } from '../api/client';
import { failed, type Problem, type Reply } from '../api/reply';
import { pauseIn } from '../tasks/pause/address';
import { coalesce } from '../tasks/pause/coalesce';
import { hasEnded, noteEnd } from '../tasks/pause/ended';
import { readHint } from '../tasks/pause/hint';
import { looksWhenFinal, type Looks } from '../tasks/pause/looks';
import type { LostNote, Notes, OutputRow, TaskNote } from '../tasks/pause/notes';
import { forgetPace, noteLook, waitBefore } from '../tasks/pause/pace';
import { forget, remember, remembered } from '../tasks/pause/remembered';
import { keyOf, suspended, type Suspended } from '../tasks/pause/suspend';
import { idBelongsToAnother } from '../tasks/submit';
import { keepIds, type Task } from '../tasks/task';
import { isComplete, withoutResult } from '../tasks/wait';
import { inWordsOf, type TaskWords } from './advice';
import { isDerived } from './externalTaskId';
import { failedRow } from './nodeError';
import type { PauseSpec } from './pause';
import { limitsOf } from './read';
import { ownResultRow, type ResultSource } from './result';

/** How soon a look that waits its turn notices a call that deserves a look at once. */
const SLICE_MS = 100;

/**
 * What a callback does: it is a hint to look, never a fact. Kling gets its answer at once; then, unless the call says
 * that the task is still at work, all tasks of the run are read back, and when all are final the execution continues.
 * Never throws, as n8n would then drop everything that ran before and continue with an empty item.
 */
export async function resumeTasks(
	context: IWebhookFunctions,
	spec: PauseSpec,
): Promise<IWebhookResponseData> {
	const swallowed: IWebhookResponseData = { noWebhookResponse: true };
	try {
		context.getResponseObject().status(200).json({ received: true });
		const pause = pauseIn(context);
		// n8n calls many times what has ended: once for each task and status.
		if (pause !== undefined && hasEnded(keyOf(context, pause))) return swallowed;
		const text = await textOfCall(context);
		const ids = text === undefined ? undefined : readHint(text, spec.kind);
		if (!ids) return swallowed;
		// Whatever pause a caller names, the calls of one execution share their looks and their pace.
		const key = keyOf(context);
		// n8n evaluates expressions in an isolate, which costs more than all the rest: only a caller that looks reads the pause.
		const look = async (calledFor: Set<string>) => {
			await itsTurn(key, calledFor);
			return await endOfPause(context, spec, key, calledFor);
		};
		const end = await coalesce(key, look, ids);
		return end && !end.isLate ? { ...swallowed, workflowData: [end.items] } : swallowed;
	} catch (error) {
		context.logger.error(`Kling: a callback could not be used: ${messageOf(error)}`);
		return swallowed;
	}
}

async function itsTurn(key: string, calledFor: ReadonlySet<string>): Promise<void> {
	for (let ms = waitBefore(key, calledFor); ms > 0; ms = waitBefore(key, calledFor)) {
		await sleep(Math.min(ms, SLICE_MS));
	}
}

interface PauseEnd {
	items: INodeExecutionData[];
	/** Whether n8n has ended the pause on its own meanwhile, and perhaps waits at another node. */
	isLate: boolean;
}

/** @returns `undefined` while there is something to wait for, or when the pause has ended before */
async function endOfPause(
	context: IWebhookFunctions,
	spec: PauseSpec,
	key: string,
	calledFor: Set<string>,
): Promise<PauseEnd | undefined> {
	const named = pauseIn(context);
	const known = named === undefined ? undefined : remembered(keyOf(context, named));
	const read = known ? undefined : pauseNamed(context, named);
	const notes = known ?? read?.notes;
	if (!notes) return undefined;
	noteLook(key, idsOf(notes), calledFor);
	const opened = await KlingClient.open(context, limitsOf(context.getNode()));
	if (!opened.ok) throw new Error(opened.problem.what);
	const looks = await looksWhenFinal(opened.value, spec.kind, notes, calledFor);
	// What this process remembers may be over, ended by another one.
	const pause = looks && (read ?? pauseNamed(context, named));
	if (!pause) return undefined;
	const items = await itemsOf(context, opened.value, spec, pause, looks);
	noteEnd(endKeyOf(context, pause));
	forget(keyOf(context, pause.id));
	forgetPace(key);
	return { items, isLate: Date.now() >= pause.untilMs };
}

/** The pause that n8n has stored, unless it has ended or the call is for another one. */
function pauseNamed(context: IWebhookFunctions, named: string | undefined): Suspended | undefined {
	const pause = suspended(context);
	if (!pause || hasEnded(endKeyOf(context, pause))) return undefined;
	if (named !== undefined && pause.id !== undefined && pause.id !== named) return undefined;
	if (pause.id !== undefined) remember(keyOf(context, pause.id), pause.notes);
	return pause;
}

const endKeyOf = (context: IWebhookFunctions, { id, untilMs }: Suspended): string =>
	keyOf(context, id ?? String(untilMs));

const idsOf = (notes: Notes): Set<string> =>
	new Set(
		notes.flatMap((note) => [note?.taskId, note?.externalTaskId]).filter((id) => id !== undefined),
	);

/** @returns the items of the finished node */
async function itemsOf(
	context: IWebhookFunctions,
	client: KlingClient,
	{ kind, words }: PauseSpec,
	pause: Suspended,
	looks: Looks,
): Promise<INodeExecutionData[]> {
	const source = { context, client, kind, untilMs: pause.untilMs };
	const oneRow = async (note: Notes[number], item: number): Promise<INodeExecutionData> => {
		const pairedItem = { item };
		const look = looks.get(note?.taskId ?? '');
		if (!note || !look) return { json: {}, ...pause.rows[item], pairedItem };
		const row = await rowOf(source, words, note, look);
		if (row.ok) return { ...row.value, pairedItem };
		return { ...failedRow(context, inWordsOf(words, row.problem), item), pairedItem };
	};
	return await Promise.all(pause.notes.map(oneRow));
}

async function rowOf(
	source: ResultSource,
	words: TaskWords,
	note: TaskNote | LostNote,
	look: Reply<Task>,
): Promise<Reply<OutputRow>> {
	const { taskId, externalTaskId } = note;
	const ids = { task_id: taskId, external_task_id: externalTaskId };
	if ('isLost' in note) return failed({ ...lostProblem(words), task: ids });
	if (!look.ok) return failed({ ...look.problem, task: ids });
	// Each item has an ID of its own, so under another one it is the task of another item.
	const isOthers =
		isDerived(externalTaskId, source.context.getExecutionId()) &&
		![undefined, externalTaskId].includes(look.value.externalTaskId);
	if (isOthers) return failed({ ...idBelongsToAnother(look.value), task: ids });
	const task = keepIds(look.value, { ...look.value, taskId, externalTaskId });
	if (!isComplete(source.kind, task)) return failed(withoutResult(source.kind, task));
	return await ownResultRow(source, task, note.name, note);
}

/** Its task is final, but how its result is to leave the node is not known. */
const lostProblem = ({ getWith }: TaskWords): Problem => ({
	cause: 'invalid',
	retry: 'never',
	what: 'What this pause stored for the item cannot be read; another version of n8n-nodes-kling-voice may have stored it',
	advice: `The task has finished at Kling. Get its result with ${getWith} and its task ID.`,
});
