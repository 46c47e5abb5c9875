import type { IDataObject } from 'n8n-workflow';
import pLimit from 'p-limit';

import type { KlingClient } from '../api/client';
import { failed, ok, type Problem, type Reply } from '../api/reply';
import { downloadSample } from '../media/sample';
import type { FileContext } from '../media/webFile';
import { mayAnswer, TASK_KINDS } from '../tasks/kinds';
import { taken } from '../tasks/submit';
import type { Task } from '../tasks/task';
import { taskFailed } from '../tasks/wait';
import { isDerived } from './externalTaskId';
import type { Row } from './items';
import { taskJson } from './output';

const KIND = TASK_KINDS.customVoice;
/** Downloads under way in this n8n process. */
const atOnce = pLimit(4);

/** How a finished voice is to leave the node. */
export interface Wishes {
	simple: boolean;
	/** The binary field for the sample; without it none is downloaded. */
	sampleField?: string;
}

export interface SampleOptions {
	downloadSample?: boolean;
	outputPropertyName?: string;
}

export function readWishes(simplify: unknown, options: SampleOptions): Wishes {
	const field = options.outputPropertyName?.trim();
	return {
		simple: simplify === true,
		...(options.downloadSample === true && { sampleField: field ? field : 'data' }),
	};
}

/**
 * The output of a task. A sample that cannot be had is no reason to lose a voice that is paid for: then the item
 * says so.
 */
export async function voiceRow(
	context: FileContext,
	client: KlingClient,
	task: Task,
	{ simple, sampleField }: Wishes,
): Promise<Reply<Row>> {
	if (task.status === 'failed') return failed(taskFailed(KIND, task));
	const json = taskJson(task, simple);
	const [voice] = task.results;
	if (sampleField === undefined || !voice) return ok({ json });
	const { trial_url: address } = voice;
	if (typeof address !== 'string' || address === '') {
		return ok({ json: withHint(json, 'Kling gave no sample of this voice.') });
	}
	const sample = await atOnce(async () => await downloadSample(context, address, client.host));
	return sample.ok
		? ok({ json, binary: { [sampleField]: sample.value } })
		: ok({ json: withHint(json, `The sample was not downloaded: ${sample.problem.what}.`) });
}

/** Why the task of an earlier create under the user's own external id gives no voice, if so. */
export function notToBeHad(task: Task): Problem | undefined {
	const advice =
		'Nothing was created now. To have a voice made, change External Task ID, or leave it empty.';
	if (task.status === 'failed') {
		const problem = taskFailed(KIND, task);
		return {
			...problem,
			what: `The earlier task of this external task ID has failed. ${problem.what}`,
			advice,
		};
	}
	if (task.results.length > 0) return undefined;
	return {
		cause: 'missing',
		retry: 'never',
		what: 'The voice of this external task ID has been deleted',
		advice,
		task: { task_id: task.taskId, external_task_id: task.externalTaskId },
	};
}

/**
 * The same for a task that was found under an external id of the user's own: there it may be another's.
 * @param voiceName the name that was asked for
 */
export async function ownVoiceRow(
	context: FileContext,
	client: KlingClient,
	task: Task,
	voiceName: unknown,
	wishes: Wishes,
): Promise<Reply<Row>> {
	const isOurs =
		isDerived(task.externalTaskId, context.getExecutionId()) ||
		mayAnswer(KIND, task, { [KIND.nameKeys.body]: String(voiceName) });
	return isOurs ? await voiceRow(context, client, task, wishes) : failed(taken(task));
}

const withHint = (json: IDataObject, hint: string): IDataObject => ({ ...json, hint });
