import type {
	ICredentialDataDecryptedObject,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { Webhook } from 'standardwebhooks';

import { textOfCall } from '../api/callbackText';
import { KlingClient } from '../api/client';
import { isRecord } from '../api/envelope';
import { secretsOf } from '../api/gateway';
import { readJson } from '../api/losslessJson';
import { SecretCleaner } from '../api/secrets';
import { adviceOf } from '../operation/advice';
import { readOne } from '../tasks/find';
import { TASK_KINDS, type TaskKind } from '../tasks/kinds';
import { isFinal } from '../tasks/task';
import { credentialOf } from './credential';
import { eventId, eventJson, type KlingEvent } from './event';
import { isFirstDelivery } from './dedup';
import { readClaim, type Claim } from './payload';
import { readSettings, type TriggerSettings } from './settings';

/** A task has a few thousand bytes; what is larger is no callback of Kling. */
const MOST_BYTES = 1_000_000;
/** The sender waits for the answer, so a read-back gets one attempt and not all the patience of a poll. */
const READ_MS = 10_000;
/** A list or replica of Kling may lag behind its own callback, which may never come again. */
const LOOKS_AGAIN_AFTER_MS = 1_500;

/** How the sender is answered, and the event that starts the workflow, if one does. */
interface Verdict {
	status: number;
	message: string;
	event?: KlingEvent;
}

const accepted = (message: string, event?: KlingEvent): Verdict => ({
	status: 200,
	message,
	event,
});

/**
 * One callback. The sender is always answered: 200 for what was understood, also when it starts nothing; 400, 401 and
 * 413 for what is no callback of Kling; 503 when the API could not be asked, so that the sender may try again.
 */
export async function onCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	let verdict: Verdict;
	let simple = true;
	try {
		const settings = readSettings(context);
		simple = settings.simple;
		verdict = await judge(context, settings);
	} catch (error) {
		context.logger.error(
			`Kling Trigger: ${error instanceof Error ? error.message : String(error)}`,
		);
		verdict = { status: 503, message: 'The callback could not be judged' };
	}
	const { status, message, event } = verdict;
	if (event) {
		// n8n answers on its own once it has stored the event, or says that it could not.
		return { webhookResponse: { message }, workflowData: [[{ json: eventJson(event, simple) }]] };
	}
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

async function judge(context: IWebhookFunctions, settings: TriggerSettings): Promise<Verdict> {
	const raw = await textOfCall(context);
	if (raw.length > MOST_BYTES) return { status: 413, message: 'The body is too large' };
	const credentials = await credentialOf(context);
	const signed = isSigned(context, credentials, raw);
	if (signed === false) return { status: 401, message: 'The signature does not fit' };
	// A gateway may echo the key that it was asked with.
	const body = readJson(new SecretCleaner(secretsOf(credentials)).clean(raw));
	if (!isRecord(body)) return { status: 400, message: 'The body is not a JSON object' };
	const claim = readClaim(body, settings.types);
	if (!claim) return { status: 400, message: 'The body is not a task of Kling' };
	if (!settings.statuses.has(claim.status))
		return accepted('Not a status that starts the workflow');
	if (claim.tasks.size === 0) return accepted('Not a task type that starts the workflow');
	return settings.verify
		? await readBack(context, claim, settings, credentials)
		: believed(context, claim, signed === true);
}

/** Asks each type that the task can be of: only one of them knows it. */
async function readBack(
	context: IWebhookFunctions,
	claim: Claim,
	{ statuses }: TriggerSettings,
	credentials: ICredentialDataDecryptedObject,
): Promise<Verdict> {
	const opened = await KlingClient.open(context, { patienceMs: READ_MS }, credentials);
	if (!opened.ok) throw new Error(opened.problem.what);
	const faults: Error[] = [];
	const note = (fault: Error) => void faults.push(fault);
	for (const type of claim.tasks.keys()) {
		const read = async () => await readClaimed(opened.value, TASK_KINDS[type], claim);
		let task = await read().catch(note);
		if (!task) continue;
		if (task.status !== claim.status && !isFinal(task)) {
			await sleep(LOOKS_AGAIN_AFTER_MS);
			task = (await read()) ?? task;
		}
		if (!statuses.has(task.status)) return accepted('Kling names another status');
		return first(context, { task, type, via: 'callback', verified: true });
	}
	// A gateway need not offer every type; but one that could not be asked may be the one that knows the task.
	if (faults[0]) throw faults[0];
	return accepted('Kling does not know this task');
}

/**
 * The task of a callback as Kling has it. A gateway may have given the task an ID of its own and pass callbacks on
 * that have Kling's; the external ID is the same for both.
 * @returns `undefined` when Kling knows no such task
 * @throws Error in words when Kling could not be asked
 */
async function readClaimed(
	client: KlingClient,
	kind: TaskKind,
	{ taskId, externalTaskId }: Claim,
): Promise<KlingEvent['task'] | undefined> {
	const ids = [taskId, externalTaskId].filter((id) => id !== undefined);
	for (const id of ids) {
		const reply = await readOne(client, kind, id, { timeoutMs: READ_MS });
		if (!reply.ok && reply.problem.cause === 'missing') continue;
		if (!reply.ok && reply.problem.cause === 'mismatch' && id !== ids.at(-1)) continue;
		if (!reply.ok) throw new Error(`${reply.problem.what}. ${adviceOf(reply.problem)}`);
		return { ...reply.value, taskId: reply.value.taskId ?? taskId };
	}
	return undefined;
}

function believed(context: IWebhookFunctions, { tasks }: Claim, verified: boolean): Verdict {
	const [entry] = tasks;
	if (!entry) return accepted('Not a task type that starts the workflow');
	const [type, task] = entry;
	return first(context, { task, type, via: 'callback', verified });
}

/** What this process has given to n8n already need not start an execution that then gives nothing. */
function first(context: IWebhookFunctions, event: KlingEvent): Verdict {
	return isFirstDelivery(context, eventId(event))
		? accepted('Thank you', event)
		: accepted('Known already');
}

/** @returns `undefined` when the credential has no secret to check with */
function isSigned(
	context: IWebhookFunctions,
	{ webhookSecret }: ICredentialDataDecryptedObject,
	raw: string,
): boolean | undefined {
	if (typeof webhookSecret !== 'string' || webhookSecret.trim() === '') return undefined;
	const texts = Object.entries(context.getHeaderData()).map(
		([name, value]) => [name, String(value)] as const,
	);
	try {
		new Webhook(webhookSecret.trim()).verify(raw, Object.fromEntries(texts), { jsonParse: false });
		return true;
	} catch {
		return false;
	}
}
