import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { textOfCall } from '../api/callbackText';
import { KlingClient } from '../api/client';
import { failed, type Problem, type Reply } from '../api/reply';
import { lookAgain } from '../api/retry';
import type { CreatedKind } from '../tasks/kinds';
import { pauseIn } from '../tasks/pause/address';
import { coalesce } from '../tasks/pause/coalesce';
import { hasEnded, noteEnd } from '../tasks/pause/ended';
import { readHint } from '../tasks/pause/hint';
import type { LostNote, Notes, OutputRow, TaskNote } from '../tasks/pause/notes';
import { forgetPace, noteLook, waitBefore } from '../tasks/pause/pace';
import { forget, remember, remembered } from '../tasks/pause/remembered';
import { keyOf, suspended, type Suspended } from '../tasks/pause/suspend';
import { isUnfinished, readMany } from '../tasks/readMany';
import { idBelongsToAnother } from '../tasks/submit';
import { keepIds, type Task } from '../tasks/task';
import { isComplete, withoutResult } from '../tasks/wait';
import { inWordsOf, type TaskWords } from './advice';
import { isDerived } from './externalTaskId';
import { failedRow } from './nodeError';
import type { PauseSpec } from './pause';
import { limitsOf } from './read';
import { ownResultRow, type ResultSource } from './result';

/** A list or replica of Kling may lag behind its callback, or be down; and there is no second callback for a task. */
const LOOKS_MS = [0, 1_500, 5_000, 15_000, 30_000];
/** After so many, a task that is not known, or has no result, will not change any more. */
const PATIENT_LOOKS = 4;
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
		context.logger.error(
			`Kling: a callback could not be used: ${error instanceof Error ? error.message : String(error)}`,
		);
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

type Looks = Map<string, Reply<Task>>;

/** @returns the tasks as Kling shows them, or `undefined` while there is something to wait for */
const looksWhenFinal = async (
	client: KlingClient,
	kind: CreatedKind,
	notes: Notes,
	calledFor: ReadonlySet<string>,
): Promise<Looks | undefined> => {
	const waitedFor = notes.filter((note) => note !== null);
	return await lookUntilAgreed(client, kind, waitedFor, calledFor);
};

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

/** Looks again when Kling has called for a task that its API still shows at work, or does not show at all. */
async function lookUntilAgreed(
	client: KlingClient,
	kind: CreatedKind,
	notes: (TaskNote | LostNote)[],
	calledFor: ReadonlySet<string>,
): Promise<Looks | undefined> {
	const ids = notes.map(({ taskId }) => taskId);
	// A gateway with task IDs of its own may pass on a call of Kling, which has Kling's.
	const externalIds = new Map(notes.map((note) => [note.taskId, note.externalTaskId]));
	const pause = async (ms: number) => await client.pause(ms);
	let count = 0;
	const look = async (): Promise<Looks | 'stillAtWork' | undefined> => {
		count += 1;
		// A call that comes while this look is under way is for the next one.
		const called = new Set(calledFor);
		const isCalled = (id: string) => called.has(id) || called.has(externalIds.get(id) ?? '');
		const looks = await readMany(client, kind, ids, true, externalIds);
		const unfinished = ids.filter((id) => isWaitedFor(looks.get(id)));
		if (unfinished.length === 0) {
			const mayLag = count < PATIENT_LOOKS && ids.some((id) => isLacking(kind, looks.get(id)));
			return mayLag ? undefined : looks;
		}
		// One lagging task is enough to look again: its call is forgotten when the next callback arrives.
		const isLagging =
			unfinished.some((id) => looks.has(id) && isCalled(id)) ||
			unfinished.every((id) => !looks.get(id)?.ok);
		return isLagging ? undefined : 'stillAtWork';
	};
	const seen = await lookAgain(LOOKS_MS, pause, look);
	return seen === 'stillAtWork' ? undefined : seen;
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

/** One look is no last word: a replica may not know the task yet, or not have its result. */
const isLacking = (kind: CreatedKind, look?: Reply<Task>) =>
	look?.ok ? !isComplete(kind, look.value) : look?.problem.cause === 'missing';

const isWaitedFor = (look: Reply<Task> | undefined) => look === undefined || isUnfinished(look);
