import type {
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { KlingClient } from '../../api/client';
import type { Reply } from '../../api/reply';
import { TASK_KINDS } from '../../tasks/kinds';
import { isUnfinished, readMany } from '../../tasks/readMany';
import { suspendedRows } from '../../tasks/suspend';
import { isFinal, keepIds, readTask, type Task } from '../../tasks/task';
import { inTurn } from '../../tasks/turns';
import { failedRow } from '../items';
import { ownVoiceRow, readWishes, type Wishes } from './finished';

const KIND = TASK_KINDS.customVoice;

/**
 * What a callback does: it is a hint to look, never a fact. Kling gets its answer at once; then, if the payload claims
 * that a task is final, all tasks of the run are read back, and when all are final the execution goes on.
 * Never throws, as n8n would then drop everything that ran before and go on with an empty item.
 */
export async function resume(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const swallowed: IWebhookResponseData = { noWebhookResponse: true };
	context.getResponseObject().status(200).json({ received: true });
	try {
		const rows = suspendedRows(context);
		const claimed = readTask(context.getBodyData(), KIND.resultKey);
		if (!isFinal(claimed)) return swallowed;
		const items = await inTurn(context.getExecutionId(), async () => await allFinal(context, rows));
		return items ? { ...swallowed, workflowData: [items] } : swallowed;
	} catch (error) {
		context.logger.error(
			`Kling: a callback could not be used: ${error instanceof Error ? error.message : String(error)}`,
		);
		return swallowed;
	}
}

/** @returns the items of the finished node, or `undefined` while there is something to wait for */
async function allFinal(
	context: IWebhookFunctions,
	rows: IDataObject[],
): Promise<INodeExecutionData[] | undefined> {
	const opened = await KlingClient.open(context);
	if (!opened.ok) throw new Error(opened.problem.what);
	const client = opened.value;
	const tasks = rows.map((json) => (json.error ? undefined : readTask(json, KIND.resultKey)));
	const ids = tasks.flatMap((task) => task?.taskId ?? []);
	const looks = await readMany(client, KIND, ids, true);
	if (ids.some((id) => isWaitedFor(looks.get(id)))) return undefined;
	const wishes = wishesIn(context);
	const oneRow = async (json: IDataObject, item: number): Promise<INodeExecutionData> => {
		const pairedItem = { item };
		const before = tasks[item];
		const look = looks.get(before?.taskId ?? '');
		if (!before || !look) return { json, pairedItem };
		if (!look.ok) return { ...failedRow(context, look.problem, item), pairedItem };
		const task = keepIds(look.value, before);
		const row = await ownVoiceRow(context, client, task, json.voice_name, wishes);
		return { ...(row.ok ? row.value : failedRow(context, row.problem, item)), pairedItem };
	};
	return await Promise.all(rows.map(oneRow));
}

const isWaitedFor = (look: Reply<Task> | undefined) => look === undefined || isUnfinished(look);

/** They came along in the address, see `pauseUntilFinal`. */
function wishesIn(context: IWebhookFunctions): Wishes {
	const { simplify, sample } = context.getQueryData() as Record<string, unknown>;
	const downloads = typeof sample === 'string' && sample !== '';
	return readWishes(simplify !== 'false', {
		downloadSample: downloads,
		outputPropertyName: downloads ? sample : undefined,
	});
}
