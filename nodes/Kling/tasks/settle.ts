import type { KlingClient } from '../api/client';
import { CUT_OFF } from '../api/errors';
import type { Cause, Problem, Reply } from '../api/reply';
import { findByExternalId } from './find';
import type { CreatedKind } from './kinds';
import type { Task } from './task';

/** A create whose answer was lost may still be under way, so it is looked for later. */
const LOOK_AFTER_MS = [3_000, 5_000, 8_000, 12_000];
/** What a look may take when the time is up. */
const LEAST_LOOK_MS = 2_000;
/** After what a create may be sent again once it is proven that nothing was made. */
const ACCIDENTS: readonly Cause[] = ['server', 'unreachable', 'timeout', 'unreadable'];

/** Whether a create may have been carried out although its answer says otherwise. */
export const isUnclear = ({ retry, code, mayBeDone }: Problem): boolean =>
	retry === 'afterLook' || mayBeDone === true || code === CUT_OFF;

/** Whether the answer was an accident, as opposed to a refusal or a redirect, which would only come again. */
export const isAccident = ({ cause, retry }: Problem): boolean =>
	ACCIDENTS.includes(cause) && retry !== 'never';

/** What is known of an unclear create: its task, that there is none, or nothing. */
export type Finding = { task: Task } | 'absent' | 'unseen';

/** Looks for one unclear create, a few times over all its sendings. */
export class Search {
	private looks = 0;

	constructor(
		private readonly client: KlingClient,
		private readonly kind: CreatedKind,
		private readonly externalTaskId: string,
	) {}

	/** @param untilMs when the user's time is up, milliseconds since the epoch */
	async afterLostAnswer(untilMs: number): Promise<Finding> {
		for (;;) {
			const pauseMs = LOOK_AFTER_MS[this.looks] ?? 0;
			this.looks += 1;
			const left = Math.max(0, untilMs - LEAST_LOOK_MS - Date.now());
			if (!(await this.client.pause(Math.min(pauseMs, left)))) return 'unseen';
			const finding = findingOf(await this.look(untilMs));
			const isOver = this.looks >= LOOK_AFTER_MS.length || Date.now() + LEAST_LOOK_MS >= untilMs;
			if (finding !== 'unseen' || isOver) return finding;
		}
	}

	/** One look, right now. */
	async look(untilMs: number): Promise<Reply<Task | undefined>> {
		const { client, kind, externalTaskId } = this;
		const until = Math.max(untilMs, Date.now() + LEAST_LOOK_MS);
		return await findByExternalId(client, kind, externalTaskId, until);
	}
}

export function findingOf(look: Reply<Task | undefined>): Finding {
	if (!look.ok) return 'unseen';
	return look.value ? { task: look.value } : 'absent';
}
