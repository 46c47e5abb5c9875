import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { KlingClient } from '../../api/client';
import { failed, ok, type Reply } from '../../api/reply';
import { mayAnswer, TASK_KINDS } from '../../tasks/kinds';
import { submit, taken } from '../../tasks/submit';
import { cannotPause } from '../../tasks/suspend';
import { isFinal, type Task } from '../../tasks/task';
import { waitUntilFinal } from '../../tasks/wait';
import { derivedTaskId } from '../externalTaskId';
import { readLimits, readTimeout, refused } from '../input';
import { forEachItem, type Row } from '../items';
import { jsonObject } from '../json';
import { shownFor } from '../shownFor';
import { checkBody, readBody, type CreateOptions } from './body';
import { readClip } from './clip';
import { createFields } from './createFields';
import { readWishes, voiceRow } from './finished';
import { callbackAddress, pauseUntilFinal, type PausedVoice } from './pause';

export { resume } from './resume';

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

async function createOne(
	context: IExecuteFunctions,
	client: KlingClient,
	itemIndex: number,
	run: Run,
): Promise<Reply<Row[]>> {
	const options = context.getNodeParameter('options', itemIndex, {}) as CreateOptions;
	const wishes = readWishes(context.getNodeParameter('simplify', itemIndex, true), options);
	const extra = jsonObject(options.additionalFields, 'Additional Fields (JSON)');
	if (!extra.ok) return extra;
	const timeoutMs = readTimeout(options.timeout);
	if (!timeoutMs.ok) return timeoutMs;
	const ownId = derivedTaskId(context, itemIndex);
	const fields = readBody(context, itemIndex, options);
	const given: IDataObject = { external_task_id: ownId, ...fields, ...extra.value };
	if (run.waitFor === 'callback') {
		const callback = await callbackAddress(context, client.host, given, wishes, timeoutMs.value);
		if (!callback.ok) return callback;
		given.callback_url = callback.value;
	}
	const lifeS = run.waitFor === 'none' ? undefined : timeoutMs.value / 1000;
	const clip = await readClip(context, itemIndex, client.host, given, { ...options, lifeS });
	if (!clip.ok) return clip;
	const body = await checkBody({ ...given, ...clip.value.fields }, client.host);
	if (!body.ok) return body;
	const { external_task_id: id } = body.value;
	if (run.givenIds.has(id)) return failed(givenTwice(id));
	run.givenIds.add(id);
	const ready = await clip.value.prepare();
	if (!ready.ok) return ready;
	const submitted = await submit(client, KIND, { ...body.value, ...ready.value }, id === ownId);
	if (!submitted.ok) return submitted;
	const waits = run.waitFor === 'poll';
	const outcome = waits
		? await waitUntilFinal(client, KIND, submitted.value, timeoutMs.value)
		: submitted;
	if (!outcome.ok) return outcome;
	const task = outcome.value;
	// Only a finished task tells its name, and with it whose voice it is.
	const isOurs = id === ownId || mayAnswer(KIND, task, body.value);
	if (!isOurs) return failed(taken(task));
	if (run.waitFor === 'callback' && task.taskId !== undefined) {
		const { voice_name: voiceName } = body.value;
		run.created.set(itemIndex, { task, client, wishes, voiceName, timeoutMs: timeoutMs.value });
		return ok([{ json: { task_id: task.taskId, external_task_id: id } }]);
	}
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
