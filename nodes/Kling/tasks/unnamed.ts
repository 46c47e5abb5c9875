import type { IDataObject } from 'n8n-workflow';

import type { KlingClient } from '../api/client';
import type { Payload } from '../api/envelope';
import { isRecord } from '../api/envelope';
import { readJson } from '../api/losslessJson';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import type { CreateMemory } from './memory';
import { isUnclear } from './settle';

/** A request that costs money and knows no external id, so that nothing can be looked for afterwards. */
export interface UnnamedRequest {
	path: string;
	body: IDataObject;
	/** Of this request and no other, for the memory. */
	key: string;
	memory: CreateMemory;
	/** What the answer must have; one without it leaves open what was done. */
	isUsable: (payload: Payload) => boolean;
	timeoutMs: number;
}

const MOST_SENDINGS = 5;
/** More is not worth a place in n8n's database; then a later try asks the user instead. */
const LONGEST_REMEMBERED = 20_000;

/**
 * Sends it once. What was answered is remembered for Retry On Fail; what is unclear is never repeated: the problem then
 * has `mayBeDone`, also in a later try of the same execution.
 */
export async function sendUnnamed(
	client: KlingClient,
	request: UnnamedRequest,
): Promise<Reply<Payload>> {
	const { path, body, key, memory, timeoutMs } = request;
	const mark = memory.read(key);
	if (mark?.state === 'made') {
		const known = readJson(mark.taskId);
		return isRecord(known) ? ok(known) : failed(LOST);
	}
	if (mark?.state === 'sent') return failed(LOST);
	const onSend = () => {
		memory.write(key, { state: 'sent' });
		return timeoutMs;
	};
	for (let sendings = 1; ; sendings += 1) {
		const reply = await client.exchange({ method: 'POST', path, body, onSend });
		if (reply.ok) return judged(request, reply.value);
		const { problem } = reply;
		if (isUnclear(problem)) return failed({ ...problem, mayBeDone: true });
		memory.write(key, undefined);
		const isOpen = problem.retry === 'afterPause' && problem.cause !== 'notOffered';
		const again = isOpen && sendings < MOST_SENDINGS && (await client.backOff(problem, sendings));
		if (!again) return reply;
	}
}

function judged({ key, memory, isUsable }: UnnamedRequest, payload: Payload): Reply<Payload> {
	if (!isUsable(payload)) return failed(EMPTY);
	const text = JSON.stringify(payload);
	if (text.length <= LONGEST_REMEMBERED) memory.write(key, { state: 'made', taskId: text });
	return ok(payload);
}

const LOST: Problem = {
	cause: 'server',
	retry: 'never',
	what: 'An earlier attempt for this item was sent, but its answer was lost',
	mayBeDone: true,
};

const EMPTY: Problem = {
	cause: 'unreadable',
	retry: 'never',
	what: 'Kling accepted the request, but its answer has no result',
	mayBeDone: true,
};
