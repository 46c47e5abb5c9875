import type {
	ICredentialDataDecryptedObject,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { messageOf } from '../api/faults';
import { textOfCall } from '../api/callbackText';
import { isRecord } from '../api/envelope';
import { secretsOf } from '../api/gateway';
import { readJson } from '../api/losslessJson';
import { SecretCleaner } from '../api/secrets';
import { isFinal } from '../tasks/task';
import { withinBudget } from './budget';
import { credentialOf } from './credential';
import { isFirstDelivery, isKnown } from './dedup';
import { eventId, eventJson, type KlingEvent } from './event';
import { originOf, type Origin } from './origin';
import { claimOfAddress, readClaim, type Claim } from './payload';
import { inWords, readTaskBack } from './readBack';
import { readSettings, type TriggerSettings } from './settings';

/** Kling calls at once; what changed before that, a stranger may have guessed the ID of. */
const OLDEST_MS = 48 * 3_600_000;

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
const unavailable = (message: string): Verdict => ({ status: 503, message });

/**
 * One callback. The sender is always answered, within ten seconds: 200 for what was understood, also when it starts
 * nothing; 400, 401 and 413 for what is no callback of Kling; 503 when the API could not be asked or does not show yet what
 * the callback says, so that the sender may try again.
 */
export async function onCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	let verdict: Verdict;
	let simple = true;
	try {
		const settings = readSettings(context);
		simple = settings.simple;
		verdict = await judge(context, settings);
	} catch (error) {
		context.logger.error(`Kling Trigger: ${messageOf(error)}`);
		verdict = unavailable('The callback could not be checked');
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
	if (raw === undefined) return { status: 413, message: 'The body is too large' };
	const credentials = await credentialOf(context);
	const origin = originOf(context, credentials, raw);
	if (origin.isSigned === false) return { status: 401, message: 'The signature does not match' };
	// A gateway may echo the key that it was asked with.
	const body = readJson(new SecretCleaner(secretsOf(credentials)).clean(raw));
	if (!isRecord(body)) return { status: 400, message: 'The body is not a JSON object' };
	const said = readClaim(body, settings.types);
	if (!said) return { status: 400, message: 'The body is not a Kling task' };
	const claim = claimOfAddress(said, origin.tagged);
	if (!settings.statuses.has(claim.status))
		return accepted('Not a status that starts the workflow');
	if (claim.tasks.size === 0) return accepted('Not a task type that starts the workflow');
	if (!settings.verify) return believed(context, claim, origin.isSigned === true);
	if (isKnown(context, namesOf(claim))) return accepted('Already known');
	return await shared(context, claim, origin, async () =>
		origin.isSigned || origin.tagged
			? await readBack(context, claim, settings, credentials, true)
			: ((await withinBudget(
					async () => await readBack(context, claim, settings, credentials, false),
				)) ?? unavailable('Too many calls of unknown origin')),
	);
}

/** Verdicts that are being found, by what the calls say. */
const underWay = new Map<string, Promise<Verdict>>();

/** Copies of a call that come while it is judged get its answer, and start nothing. */
async function shared(
	context: IWebhookFunctions,
	claim: Claim,
	origin: Origin,
	find: () => Promise<Verdict>,
): Promise<Verdict> {
	const isTrusted = origin.isSigned ?? origin.tagged !== undefined;
	const { id } = context.getNode();
	const key = JSON.stringify([context.getWorkflow().id, id, isTrusted, namesOf(claim).at(-1)]);
	const other = context.getMode() === 'manual' ? undefined : underWay.get(key);
	if (other) {
		const { status, message, event } = await other;
		return { status, message: event ? 'Already known' : message };
	}
	const verdict = find();
	underWay.set(key, verdict);
	try {
		return await verdict;
	} finally {
		underWay.delete(key);
	}
}

async function readBack(
	context: IWebhookFunctions,
	claim: Claim,
	{ statuses }: TriggerSettings,
	credentials: ICredentialDataDecryptedObject,
	isTrusted: boolean,
): Promise<Verdict> {
	const found = await readTaskBack(context, claim, isTrusted, credentials);
	if (found === 'missing') {
		// Nobody sends a made-up one again, but a gateway may know its task only later.
		return unavailable('Kling does not know this task');
	}
	if (!('type' in found)) throw new Error(inWords(found));
	const { task, type } = found;
	if (!isFinal(task) && task.status !== claim.status) {
		return unavailable('Kling still shows another status');
	}
	if (!statuses.has(task.status)) return accepted('Kling shows another status');
	const ageMs = Date.now() - Date.parse(task.updatedAt ?? '');
	if (!isTrusted && ageMs > OLDEST_MS) return accepted('Kling finished this task long ago');
	return first(context, { task, type, via: 'callback', verified: true }, namesOf(claim));
}

function believed(context: IWebhookFunctions, { tasks }: Claim, verified: boolean): Verdict {
	const [entry] = tasks;
	if (!entry) return accepted('Not a task type that starts the workflow');
	const [type, task] = entry;
	return first(context, { task, type, via: 'callback', verified });
}

/**
 * What this process has given to n8n already need not start an execution that then gives nothing.
 * @param names what the call itself calls the event: a gateway may have ids of its own
 */
function first(context: IWebhookFunctions, event: KlingEvent, names: string[] = []): Verdict {
	return isFirstDelivery(context, eventId(event), names)
		? accepted('Thank you', event)
		: accepted('Already known');
}

/** An external ID alone names no event: another kind of task may have the same. */
const namesOf = ({ taskId, status, tagged, externalTaskId }: Claim): string[] =>
	tagged ? [`${tagged} ${String(externalTaskId)}:${status}`] : [`${taskId}:${status}`];
