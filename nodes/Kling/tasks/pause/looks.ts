import type { KlingClient } from '../../api/client';
import type { Reply } from '../../api/reply';
import { lookAgain } from '../../api/retry';
import type { CreatedKind } from '../kinds';
import { isUnfinished, readMany } from '../readMany';
import type { Task } from '../task';
import { isComplete } from '../wait';
import type { Notes } from './notes';

/** A list or replica of Kling may lag behind its callback, or be down; and there is no second callback for a task. */
const LOOKS_MS = [0, 1_500, 5_000, 15_000, 30_000];
/** After so many, a task that is not known, or has no result, will not change any more. */
const PATIENT_LOOKS = 4;

/** Tasks as Kling shows them, by their IDs. */
export type Looks = Map<string, Reply<Task>>;

/**
 * Looks again when Kling has called for a task that its API still shows at work, or does not show at all.
 * @returns `undefined` while there is something to wait for
 */
export async function looksWhenFinal(
	client: KlingClient,
	kind: CreatedKind,
	notes: Notes,
	calledFor: ReadonlySet<string>,
): Promise<Looks | undefined> {
	const waitedFor = notes.filter((note) => note !== null);
	const ids = waitedFor.map(({ taskId }) => taskId);
	// A gateway with task IDs of its own may pass on a call of Kling, which has Kling's.
	const externalIds = new Map(waitedFor.map((note) => [note.taskId, note.externalTaskId]));
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

/** One look is no last word: a replica may not know the task yet, or not have its result. */
const isLacking = (kind: CreatedKind, look?: Reply<Task>) =>
	look?.ok ? !isComplete(kind, look.value) : look?.problem.cause === 'missing';

const isWaitedFor = (look: Reply<Task> | undefined) => look === undefined || isUnfinished(look);
