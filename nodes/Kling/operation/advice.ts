import type { Problem, Remedy } from '../api/reply';
import { isMadeHere } from './externalTaskId';

/** How the panel calls what a task makes, for advice about it. */
export interface TaskWords {
	/** Resource and operation that read this kind of task, e.g. `Custom Voice: Get`. */
	getWith: string;
	/** The choice in Wait For that polls, for runs that cannot pause. */
	waitOption: string;
	/** What to check when Kling could not make it, in sentences. */
	whenFailed: string;
}

const TRY_LATER =
	'Try again later. Retry On Fail looks for the task by its external task ID before it sends anything again.';
const CHECK_NETWORK =
	'Check the base URL of the Kling API credential and the network of the n8n instance.';

const ADVICE: Record<Remedy, string> = {
	allowAddress: 'Add the public address of the n8n instance to the whitelist in the Kling console.',
	askGateway:
		'Run it again. If this keeps happening, the gateway mixes up its answers: report it to the gateway, or use another provider.',
	changeContent: 'Change the content or the name.',
	checkAccount: 'Check the account in the Kling console.',
	checkBaseUrl:
		"Check the base URL of the Kling API credential: it includes the gateway's prefix, such as /kling, but not /v1.",
	checkCertificate: CHECK_NETWORK,
	checkId: 'Check the ID. It may have been deleted, or belong to another account or gateway.',
	checkInput: 'Check the values of this item against the message.',
	checkKey:
		'Open the Kling API credential and check the key, the provider and, for AccessKey and SecretKey, the clock of this machine.',
	checkKeyRights:
		'The key is valid but may not use this model. At the gateway, check the token group and the model restriction of the key; at Kling, check the resource pack.',
	checkProxy:
		'The API was not reached. Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the n8n instance.',
	chooseCredential: 'Choose a Kling API credential in the node, or create one.',
	enterTarget:
		'Redirects are not followed, to protect the key. If that address is right, set Provider to Custom in the Kling API credential and enter the address as Base URL.',
	checkNetwork: `${CHECK_NETWORK} ${TRY_LATER}`,
	newExternalId: 'Leave External Task ID empty, or give each item its own ID.',
	otherGateway:
		'Check the base URL of the Kling API credential. If it is right, use a provider that has this operation.',
	pickUpLater: 'A task that was created continues at Kling. Look it up with Get and its task ID.',
	showFace: 'Choose a video in which a face is clearly visible from the front.',
	slowDown:
		'The node slows down and retries automatically. If this continues, lower Max Concurrency.',
	topUp: 'Top up the account or renew the resource pack, then run the workflow again.',
	tryLater: TRY_LATER,
};

/** The one place that says it; `refused` problems are those that were found before any request. */
const NOTHING_SENT = 'Nothing was sent to Kling.';

/** What the user can do about a problem, in sentences. */
export function adviceOf(problem: Problem): string {
	const { cause, remedy, advice, mayExist, task } = problem;
	return [
		mayExist && mayExistAdvice(String(task?.external_task_id)),
		advice ?? (remedy && !(mayExist && remedy === 'tryLater') && ADVICE[remedy]),
		cause === 'refused' && NOTHING_SENT,
	]
		.filter(Boolean)
		.join(' ');
}

/** The same id is no advice: a gateway with several accounts may take it twice. */
const mayExistAdvice = (externalTaskId: string) =>
	`The task may exist although the answer was lost. Look for external task ID ${externalTaskId} with Get. If you know that nothing was made, change External Task ID and run again.`;

/** The same problem with the advice of its kind of task, where that says more. */
export function inWordsOf(words: TaskWords, problem: Problem): Problem {
	if (problem.advice !== undefined) return problem;
	if (problem.cause === 'timeout') {
		return {
			...problem,
			advice: `Nothing is lost: the task continues at Kling. Pick it up with ${words.getWith} and this task ID, or raise Timeout.`,
		};
	}
	if (problem.cause === 'cancelled') {
		return {
			...problem,
			advice: `A task that was created continues at Kling; look it up with ${words.getWith}.`,
		};
	}
	if (problem.cause !== 'taskFailed') return problem;
	const isDerived = isMadeHere(problem.task?.external_task_id);
	return {
		...problem,
		advice: words.whenFailed + (isDerived ? '' : ' If you set External Task ID, change it.'),
	};
}

/** An id that Kling does not know may be of another kind than what the operation takes. */
export const withIdAdvice = (problem: Problem, advice: string): Problem =>
	problem.cause === 'missing' ? { ...problem, advice: `${advice} ${adviceOf(problem)}` } : problem;
