import { taggedAddress } from '../api/callbackTag';
import { CREDENTIAL } from '../api/gateway';
import { isOwnWebhook } from '../api/ownAddress';
import type { CreatedKind } from '../tasks/kinds';
import type { TaskBody } from '../tasks/submit';
import type { Item } from './item';

/**
 * Where the callback URL of a create is a webhook of this n8n, it tells the Kling Trigger which task it was given for, so
 * that the trigger knows its own tasks' callbacks from made-up ones before it asks Kling.
 */
export async function withTaggedCallback(
	{ context }: Item,
	kind: CreatedKind,
	body: TaskBody,
): Promise<TaskBody> {
	const address = body.callback_url;
	if (!isOwnWebhook(context, address)) return body;
	const task = { path: kind.path, externalTaskId: body.external_task_id };
	const credentials = await context.getCredentials(CREDENTIAL);
	return { ...body, callback_url: taggedAddress(address, task, credentials) };
}
