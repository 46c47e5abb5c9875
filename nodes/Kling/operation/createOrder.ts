import type { IDataObject } from 'n8n-workflow';

import { ok, type Reply } from '../api/reply';
import type { IdOrigin, TaskBody } from '../tasks/submit';
import { readAdditionalFields } from './additionalFields';
import { asText, checkBody, isSet, type Check } from './checks';
import { derivedTaskId } from './externalTaskId';
import { optionsOf, type Item } from './item';
import { withTaggedCallback } from './ownCallback';
import { callbackAddress, type PauseSpec } from './pause';
import { readTimeout } from './read';
import { readOutputOptions, type DownloadSwitch, type OutputOptions } from './result';

/** What one create operation does that others do not. */
export interface CreateSpec extends PauseSpec {
	/** For the file of the result, if there is one. */
	download?: DownloadSwitch;
	/** The documented fields as the panel has them; those that are not set are left out later. */
	readBody: (item: Item) => Reply<IDataObject>;
	/** Body fields that are pasted, often with a blank or line break around them: names, addresses and ids. */
	pasted: readonly string[];
	/** Of the body, in this order; those of every create come after them. */
	checks: readonly Check[];
	/** @param lifeS how long Kling may need the files, in seconds; without a wait it is not known */
	readFiles?: (item: Item, body: IDataObject, lifeS?: number) => Promise<Reply<Files>>;
}

/** Files that a body names by their address: known, but neither checked nor copied yet. */
export interface Files {
	/** What they add to the body. */
	fields: IDataObject;
	/** Whether their content goes into the body: then few items do so at once. */
	areHeld?: boolean;
	/** Checks the files and gives them their final addresses; costs time, so it comes after all other checks. */
	prepare: () => Promise<Reply<Prepared>>;
}

export interface Prepared {
	/** What the files add to the body in the end. */
	fields: IDataObject;
	/** What was done to a file, as a sentence for the item. */
	hint?: string;
}

/** When the node continues, as the panel stores it. */
export type WaitFor = 'poll' | 'callback' | 'none';

/** What one item asks for, checked as far as that costs nothing. */
export interface Order {
	body: TaskBody;
	/** A task under an id that the user gave may be another's. */
	idOrigin: IdOrigin;
	/** @see SubmitOrder */
	nextId: (attempt: number) => string;
	/** @see SubmitOrder */
	withTag: (body: TaskBody) => Promise<TaskBody>;
	files: Files;
	output: OutputOptions;
	timeoutMs: number;
}

const NO_FILES: Files = { fields: {}, prepare: async () => ok({ fields: {} }) };

/** What the panel gives without a look at any file. */
function readFields(
	item: Item,
	spec: CreateSpec,
	derivedId: string,
): Reply<{ given: IDataObject; timeoutMs: number }> {
	const options = optionsOf(item);
	const read = spec.readBody(item);
	if (!read.ok) return read;
	const documented = read.value;
	const extra = readAdditionalFields(item, options.additionalFields, [
		...Object.keys(documented),
		...spec.pasted,
	]);
	if (!extra.ok) return extra;
	const timeout = readTimeout(options.timeout, spec.kind.timeoutS);
	if (!timeout.ok) return timeout;
	const given = {
		external_task_id: derivedId,
		...documented,
		...sharedFields(options),
		...extra.value,
	};
	return ok({ given, timeoutMs: timeout.value });
}

/** Reads what one item asks for, and refuses what Kling would refuse. Nothing is sent. */
export async function readOrder(
	item: Item,
	spec: CreateSpec,
	waitFor: WaitFor,
): Promise<Reply<Order>> {
	const derivedId = derivedTaskId(item);
	const fields = readFields(item, spec, derivedId);
	if (!fields.ok) return fields;
	const { given, timeoutMs } = fields.value;
	if (waitFor === 'callback') {
		const callback = await callbackAddress(item, spec.words, given, timeoutMs);
		if (!callback.ok) return callback;
		given.callback_url = callback.value;
	}
	const lifeS = waitFor === 'none' ? undefined : timeoutMs / 1000;
	const files = (await spec.readFiles?.(item, given, lifeS)) ?? ok(NO_FILES);
	if (!files.ok) return files;
	const whole = { ...given, ...files.value.fields };
	const body = await checkBody(whole, spec, item.client.host);
	if (!body.ok) return body;
	const output = readOutputOptions(item, waitFor === 'none' ? undefined : spec.download);
	if (!output.ok) return output;
	return ok({
		nextId: (attempt) => (attempt === 0 ? derivedId : derivedTaskId(item, attempt)),
		withTag: async (named) => await withTaggedCallback(item, spec.kind, named),
		body: body.value,
		idOrigin: body.value.external_task_id === derivedId ? 'derived' : 'given',
		files: files.value,
		output: output.value,
		timeoutMs,
	});
}

function sharedFields({ callbackUrl, externalTaskId }: IDataObject): IDataObject {
	return {
		callback_url: callbackUrl,
		...(isSet(externalTaskId) && { external_task_id: asText(externalTaskId) }),
	};
}
