import { isRecord, type Payload } from '../../api/envelope';
import { failed, ok, type Reply } from '../../api/reply';
import type { CreateSpec } from '../../operation/createOrder';
import { derivedTaskId } from '../../operation/externalTaskId';
import type { Item } from '../../operation/item';
import { readOutputOptions, resultRow } from '../../operation/result';
import { inWordsOfUnnamed } from '../../operation/unnamed';
import { memoryOf } from '../../tasks/memory';
import type { OutputRow } from '../../tasks/pause/notes';
import { readTask } from '../../tasks/task';
import { sendUnnamed } from '../../tasks/unnamed';

const TIMEOUT_MS = 60_000;

/** An endpoint that answers at once and knows no ID of ours: sent once, and never again when that is unclear. */
export async function sendInstant(item: Item, spec: CreateSpec): Promise<Reply<OutputRow[]>> {
	const { context, client } = item;
	const { kind, download, readBody } = spec;
	const body = readBody(item);
	if (!body.ok) return body;
	const output = readOutputOptions(item, download);
	if (!output.ok) return output;
	const payload = await sendUnnamed(client, {
		path: kind.path,
		body: body.value,
		key: `${derivedTaskId(item)}:${kind.path}`,
		memory: memoryOf(context),
		isUsable: isRecord,
		timeoutMs: TIMEOUT_MS,
	});
	if (!payload.ok) return failed(inWordsOfUnnamed(payload.problem));
	const task = readTask(payload.value, kind);
	// What is no task, such as a session, goes out as it came.
	if (task.results.length === 0 && task.status !== 'failed') return ok([rowOf(payload.value)]);
	const row = await resultRow({ context, client, kind }, task, output.value);
	return row.ok ? ok([row.value]) : row;
}

const rowOf = (payload: Payload): OutputRow => ({ json: isRecord(payload) ? payload : {} });
