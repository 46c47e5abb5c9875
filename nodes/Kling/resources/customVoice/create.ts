import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { KlingClient } from '../../api/client';
import { failed, ok, type Reply } from '../../api/reply';
import { mayAnswer, TASK_KINDS } from '../../tasks/kinds';
import { submit, taken } from '../../tasks/submit';
import { cannotPause } from '../../tasks/pause/suspend';
import { isFinal, type Task } from '../../tasks/task';
import { waitUntilFinal } from '../../tasks/wait';
import { derivedTaskId } from '../../operation/externalTaskId';
import { readLimits, readTimeout, refused } from '../../operation/read';
import { forEachItem, type Row } from '../../operation/items';
import { jsonObject } from '../../operation/json';
import { shownFor } from '../../operation/shownFor';
import { checkBody, readBody, type CreateBody, type CreateOptions } from './body';
import { readClip, type GivenClip } from './source';
import { createFields } from './fields';
import { notToBeHad, readWishes, voiceRow, type Wishes } from '../../operation/result';
import { callbackAddress, pauseUntilFinal, type PausedVoice } from '../../operation/pause';

export { resume } from '../../operation/resume';

const KIND = TASK_KINDS.customVoice;

export const description = shownFor('customVoice', 'create', createFields);

/** What the items of one run share. */
interface Run {
	/** `poll`, `callback` or `none`. */
	waitFor: string;
	givenIds: Set<string>;
	/** Tasks that the run pauses for, by item. */
	created: Map<number, PausedVoice>;
}

/** Creates one voice per item; see `tasks/submit` for why it is created once and only once. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const run: Run = { waitFor: readWaitFor(context), givenIds: new Set(), created: new Map() };
	const rows = await forEachItem(
		context,
		async (client, itemIndex) => await createOne(context, client, itemIndex, run),
		{ ...readLimits(context), creates: true },
	);
	return run.created.size > 0 ? await pauseUntilFinal(context, rows, run.created) : rows;
}

/** What one item asks for, checked as far as that costs nothing. */
interface Order {
	body: CreateBody;
	/** Whether the external id was made for this item; one that a user gave may belong to another task. */
	isOwnId: boolean;
	clip: GivenClip;
	wishes: Wishes;
	timeoutMs: number;
}

async function readOrder(
	context: IExecuteFunctions,
	apiHost: string,
	itemIndex: number,
	{ waitFor, givenIds }: Run,
): Promise<Reply<Order>> {
	const options = context.getNodeParameter('options', itemIndex, {}) as CreateOptions;
	const wishes = readWishes(context.getNodeParameter('simplify', itemIndex, true), options);
	const extra = jsonObject(options.additionalFields, 'Additional Fields (JSON)');
	if (!extra.ok) return extra;
	const timeout = readTimeout(options.timeout);
	if (!timeout.ok) return timeout;
	const timeoutMs = timeout.value;
	const ownId = derivedTaskId(context, itemIndex);
	const fields = readBody(context, itemIndex, options);
	const given: IDataObject = { external_task_id: ownId, ...fields, ...extra.value };
	if (waitFor === 'callback') {
		const callback = await callbackAddress(context, apiHost, given, timeoutMs);
		if (!callback.ok) return callback;
		given.callback_url = callback.value;
	}
	const lifeS = waitFor === 'none' ? undefined : timeoutMs / 1000;
	const clip = await readClip(context, itemIndex, apiHost, given, { ...options, lifeS });
	if (!clip.ok) return clip;
	const body = await checkBody({ ...given, ...clip.value.fields }, apiHost);
	if (!body.ok) return body;
	const { external_task_id: id } = body.value;
	if (givenIds.has(id)) return failed(givenTwice(id));
	givenIds.add(id);
	return ok({ body: body.value, isOwnId: id === ownId, clip: clip.value, wishes, timeoutMs });
}

async function createOne(
	context: IExecuteFunctions,
	client: KlingClient,
	itemIndex: number,
	run: Run,
): Promise<Reply<Row[]>> {
	const order = await readOrder(context, client.host, itemIndex, run);
	if (!order.ok) return order;
	const { body, isOwnId, clip, wishes, timeoutMs } = order.value;
	const ready = await clip.prepare();
	if (!ready.ok) return ready;
	const askedAt = performance.now();
	const submitted = await submit(client, KIND, { ...body, ...ready.value }, isOwnId);
	if (!submitted.ok) return submitted;
	const pauses = run.waitFor === 'callback' && (isOwnId || submitted.value.found !== true);
	const waits = run.waitFor !== 'none' && !pauses;
	const outcome = waits
		? await waitUntilFinal(client, KIND, submitted.value, timeoutMs)
		: submitted;
	if (!outcome.ok) return outcome;
	const task = outcome.value;
	// Only a finished task tells its name, and with it whose voice it is.
	if (!isOwnId && !mayAnswer(KIND, task, body)) return failed(taken(task));
	if (pauses && task.taskId !== undefined) {
		const voice = { task, askedAt, client, wishes, voiceName: body.voice_name, timeoutMs };
		run.created.set(itemIndex, voice);
		return ok([{ json: { task_id: task.taskId, external_task_id: body.external_task_id } }]);
	}
	const isEarlier = submitted.value.found === true && !isOwnId && isFinal(task);
	const lacking = isEarlier ? notToBeHad(task) : undefined;
	if (lacking) return failed(lacking);
	const row = await voiceRow(context, client, task, wishes);
	const isNamed = task.taskId !== undefined || (waits && isFinal(task));
	return row.ok ? ok([isNamed ? row.value : unnamed(row.value, task)]) : row;
}

/** A run that cannot pause waits in the usual way, and the output pane says so. */
function readWaitFor(context: IExecuteFunctions): string {
	const waitFor = String(context.getNodeParameter('waitFor', 0, 'poll'));
	const obstacle = waitFor === 'callback' ? cannotPause(context) : undefined;
	if (obstacle === undefined) return waitFor;
	context.addExecutionHints({
		message: `Kling was asked until the voices were ready instead of waiting for its callback: ${obstacle}.`,
		location: 'outputPane',
	});
	return 'poll';
}

const givenTwice = (id: string) =>
	refused(
		`Another item of this run has the external task ID ${id}`,
		'Give every item an ID of its own, or leave External Task ID empty.',
	);

/** A gateway that names no task leaves one thing to hand on: the external id, and what to do with it. */
function unnamed(row: Row, { externalTaskId }: Task): Row {
	return {
		...row,
		json: {
			...row.json,
			external_task_id: externalTaskId,
			hint: 'The gateway took the request but named no task. Nothing was sent twice. Find the voice later with Custom Voice: Get and this external task ID, or with Get Many and its name.',
		},
	};
}
