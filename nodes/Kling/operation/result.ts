import type { IBinaryData, IDataObject } from 'n8n-workflow';
import pLimit, { type LimitFunction } from 'p-limit';

import type { KlingClient } from '../api/client';
import { plainText } from '../api/foreign';
import { failed, ok, refused, type Problem, type Reply } from '../api/reply';
import { downloadFile } from '../media/download';
import type { FileContext } from '../media/webFile';
import { mayAnswer, type CreatedKind, type ResultFile, type TaskKind } from '../tasks/kinds';
import type { OutputRow } from '../tasks/pause/notes';
import { idBelongsToAnother } from '../tasks/submit';
import type { Task } from '../tasks/task';
import { taskFailed } from '../tasks/wait';
import { asText, isSet } from './checks';
import { isDerived } from './externalTaskId';
import { titleOf } from './fields';
import { optionsOf, parameter, type Item } from './item';
import { taskJson } from './output';
import { readOutputChoice } from './outputChoice';
import { readSwitch } from './read';

/** Downloads of a run, which may be as many as its requests. */
const downloads = new WeakMap<KlingClient, LimitFunction>();
/** What a pause still needs to output its items once its downloads have ended. */
const SPARE_MS = 5_000;

/** How a finished task is to leave the node. */
export interface OutputOptions {
	simple: boolean;
	/** The binary field for the file of the result; without it none is downloaded. */
	fileField?: string;
	/** What was done to a file that was given, as a sentence for the item. */
	hint?: string;
}

/** The switch that asks for the file of the result. */
export interface DownloadSwitch {
	/** Its parameter, e.g. `options.downloadSample`. */
	name: string;
	isOnByDefault: boolean;
}

/** @param download if the operation can download a file */
export function readOutputOptions(item: Item, download?: DownloadSwitch): Reply<OutputOptions> {
	const choice = readOutputChoice(item);
	if (!choice.ok) return choice;
	const { simple } = choice.value;
	const options = optionsOf(item);
	if (!download) return ok({ simple });
	const { name, isOnByDefault } = download;
	const given = parameter(item, name, isOnByDefault);
	// As the panel calls it: `options.downloadSample` is Download Sample.
	const label = titleOf(name.replace('options.', ''));
	const downloads = readSwitch(given, label, isOnByDefault);
	if (!downloads.ok) return downloads;
	if (!downloads.value) return ok({ simple });
	const field = asText(options.outputPropertyName ?? '');
	if (typeof field !== 'string') return failed(NO_FIELD);
	return ok({ simple, fileField: field.trim() || 'data' });
}

const NO_FIELD = refused(
	'The name of the output field for the file is not text',
	'Enter the name of an output binary field, such as data.',
);

/** Where a finished task was read, for what belongs to its output. */
export interface ResultSource {
	context: FileContext;
	client: KlingClient;
	kind: CreatedKind;
	/** When n8n ends the pause, milliseconds since the epoch: what is not downloaded by then stays an address. */
	untilMs?: number;
}

/**
 * The output of a task. A file that cannot be had is no reason to lose a result that is paid for: then the item
 * says so.
 */
export async function resultRow(
	{ context, client, kind, untilMs = Infinity }: ResultSource,
	task: Task,
	{ simple, fileField, hint }: OutputOptions,
): Promise<Reply<OutputRow>> {
	if (task.status === 'failed') return failed(taskFailed(kind, task));
	const given = withHint(taskJson(task, simple, kind), hint);
	const json = withHint(given, missingResult(kind, task));
	const { file } = kind;
	if (fileField === undefined || !file || task.results.length === 0) return ok({ json });
	const wanted = file.isEach ? task.results : task.results.slice(0, 1);
	const files = await Promise.all(
		wanted.map(async (result) => {
			const title = kind.nameKey && plainText(result[kind.nameKey]);
			const rules = { ...file, title, untilMs: untilMs - SPARE_MS };
			return await fileOf({ context, client }, result, rules);
		}),
	);
	const row: OutputRow = { json };
	for (const [index, one] of files.entries()) {
		if (typeof one === 'string') row.json = withHint(row.json, one);
		const name = index === 0 ? fileField : `${fileField}_${String(index + 1)}`;
		if (typeof one === 'object') row.binary = { ...row.binary, [name]: one };
	}
	return ok(row);
}

/** @returns the file; or why there is none, as a sentence; nothing where none has to be */
async function fileOf(
	{ context, client }: Pick<ResultSource, 'context' | 'client'>,
	result: IDataObject,
	file: ResultFile & { title?: string; untilMs: number },
): Promise<IBinaryData | string | undefined> {
	const address = file.keys.map((key) => result[key]).find((value) => isSet(value));
	if (typeof address !== 'string') return file.isEach ? undefined : `Kling gave no ${file.name}.`;
	const atOnce = downloads.get(client) ?? pLimit(client.maxConcurrency);
	downloads.set(client, atOnce);
	const stored = await atOnce(async () => await downloadFile(context, address, client.host, file));
	return stored.ok ? stored.value : `The ${file.name} was not downloaded: ${stored.problem.what}.`;
}

/**
 * The same for a task that was found under an external id of the user's own: there it may be another's.
 * @param name the name that was asked for, where the kind has names
 */
export async function ownResultRow(
	source: ResultSource,
	task: Task,
	name: unknown,
	output: OutputOptions,
): Promise<Reply<OutputRow>> {
	const isOurs =
		isDerived(task.externalTaskId, source.context.getExecutionId()) ||
		mayAnswer(source.kind, task, name);
	return isOurs ? await resultRow(source, task, output) : failed(idBelongsToAnother(task));
}

const NOTHING_CREATED =
	'Nothing was created now. To create a new one, change External Task ID, or leave it empty.';

/** Why the finished task of an earlier create under the user's own external id gives nothing, if so. */
export function unusableEarlierTask(kind: CreatedKind, task: Task): Problem | undefined {
	if (task.status === 'failed') {
		const problem = taskFailed(kind, task);
		return {
			...problem,
			what: `An earlier task with this external task ID has failed. ${problem.what}`,
			advice: NOTHING_CREATED,
		};
	}
	if (task.results.length > 0) return undefined;
	return {
		cause: 'missing',
		retry: 'never',
		what: `The ${kind.name} with this external task ID has been deleted`,
		advice: NOTHING_CREATED,
		task: { task_id: task.taskId, external_task_id: task.externalTaskId },
	};
}

/** Said of a success that shows nothing for it, as a sentence. */
export function missingResult({ name }: TaskKind, task: Task): string | undefined {
	return task.status === 'succeed' && task.results.length === 0
		? `The task succeeded, but its ${name} is missing: it may come later, or has been deleted.`
		: undefined;
}

/** A second hint stands behind the first. */
const withHint = (json: IDataObject, hint: string | undefined): IDataObject =>
	hint === undefined ? json : { ...json, hint: [json.hint, hint].filter(Boolean).join(' ') };
