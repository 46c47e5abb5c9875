import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { unwrap, type Payload } from './envelope';
import { cancelled, isKlingCode, notSent } from './errors';
import { Flow } from './limiter';
import { CREDENTIAL, baseUrlOf, secretsOf } from './gateway';
import { failed, ok, type Problem, type Reply } from './reply';
import { send, type KlingRequest } from './request';
import { SecretCleaner } from './secrets';

export type KlingContext =
	IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions | IWebhookFunctions;

export interface Limits {
	/** Creates in flight, and reads in flight, at most. */
	maxConcurrency?: number;
	/** How long a full account may let nothing through before an item gives up. */
	patienceMs?: number;
}

const READ_ATTEMPTS = 5;
/** A gateway's bare 429 may hide a permanent cause such as an empty balance, so patience is short. */
const BARE_429_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** A `Retry-After` beyond this is not waited for: the item fails and says so instead of hanging. */
const LONGEST_RETRY_AFTER_MS = 120_000;
/** How soon a waiting node notices that the execution was stopped or that a place became free. */
const SLICE_MS = 200;

/**
 * The one door to the API: keeps the number of requests in flight, repeats what may be repeated, and waits.
 * One client serves all items of a run.
 */
export class KlingClient {
	private readonly flows: Record<KlingRequest['method'], Flow>;

	private halted = false;

	private readonly patienceMs: number;

	private constructor(
		private readonly context: KlingContext,
		private readonly baseUrl: string,
		private readonly secrets: SecretCleaner,
		{ maxConcurrency = 5, patienceMs = 300_000 }: Limits,
	) {
		this.patienceMs = patienceMs;
		// Kling's limit counts creates only, and a read must not queue behind a hundred of them.
		this.flows = { GET: new Flow(maxConcurrency), POST: new Flow(maxConcurrency) };
	}

	/**
	 * Fails in words when the node has no credential, or one without a usable base URL.
	 * @param known the credential, by those who have it already
	 */
	static async open(
		context: KlingContext,
		limits: Limits = {},
		known?: ICredentialDataDecryptedObject,
	): Promise<Reply<KlingClient>> {
		try {
			const credentials: ICredentialDataDecryptedObject =
				known ?? (await context.getCredentials(CREDENTIAL));
			const baseUrl = baseUrlOf(credentials);
			return ok(
				new KlingClient(context, baseUrl, new SecretCleaner(secretsOf(credentials)), limits),
			);
		} catch (error) {
			return failed(notSent(error instanceof Error ? error.message : String(error)));
		}
	}

	get host(): string {
		return new URL(this.baseUrl).hostname;
	}

	/** True once the user has stopped the execution, or another item's error has ended the run. */
	get stopped(): boolean {
		return this.halted || (this.cancelSignal?.aborted ?? false);
	}

	/** Ends every wait and sends nothing more. */
	halt(): void {
		this.halted = true;
	}

	/** Tells those who wait for a place at Kling that one is free. */
	taskFinished(): void {
		this.flows.POST.freedPlace();
	}

	/** A read: repeated on network faults, server errors and refusals that pass; gives the payload. */
	async read(path: string, query?: IDataObject): Promise<Reply<Payload>> {
		for (let attempt = 1; ; attempt += 1) {
			const reply = await this.exchange({ method: 'GET', path, query });
			if (reply.ok || isPointless(reply.problem) || attempt === READ_ATTEMPTS) return reply;
			if (!(await this.backOff(reply.problem, attempt))) return this.endOf(reply);
		}
	}

	/**
	 * One request, one answer. Only a refusal because of too many requests is dealt with here, as nothing was
	 * done then, and is final when it comes out; everything else the caller judges.
	 */
	async exchange(request: KlingRequest): Promise<Reply<Payload>> {
		const flow = this.flows[request.method];
		const crowded = { since: Date.now(), refusals: 0 };
		for (;;) {
			const reply = await flow.run(async () => await this.inTurn(flow, request, crowded));
			if (reply !== 'queueAgain') return reply;
		}
	}

	/**
	 * Waits before the next attempt: as long as the server asks, else exponentially with jitter.
	 * @returns false when there is no point in going on: stopped, or told to wait for minutes
	 */
	async backOff(problem: Problem, attempt: number, enough?: () => boolean): Promise<boolean> {
		const asked = problem.retryAfterMs;
		if (asked !== undefined && asked > LONGEST_RETRY_AFTER_MS) return false;
		const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
		return asked === undefined
			? await this.pause(ceiling * (0.5 + Math.random() / 2), enough)
			: await this.pause(Math.max(asked, ceiling / 2) * (1 + Math.random() / 10));
	}

	/** @returns false when the execution was stopped meanwhile */
	async pause(ms: number, enough?: () => boolean): Promise<boolean> {
		const until = Date.now() + ms;
		while (!this.stopped && !enough?.()) {
			const left = until - Date.now();
			if (left <= 0) break;
			await sleep(Math.min(left, SLICE_MS));
		}
		return !this.stopped;
	}

	/**
	 * Sends while holding a place in the flow. A request that was refused beside others queues again, as
	 * those others set the pace; one that was refused alone keeps its place and lets time pass, so that a
	 * hundred waiting items send one request and not a hundred.
	 */
	private async inTurn(
		flow: Flow,
		request: KlingRequest,
		crowded: { since: number; refusals: number },
	): Promise<Reply<Payload> | 'queueAgain'> {
		for (;;) {
			if (this.stopped) return failed(cancelled());
			const reply = await this.once(request);
			if (reply.ok) {
				flow.wentWell();
				return reply;
			}
			const { problem } = reply;
			if (problem.cause !== 'busy' && problem.cause !== 'rate') return reply;
			crowded.refusals += 1;
			if (crowded.refusals === 1) crowded.since = Date.now();
			const alone = flow.tooMany();
			const stalledMs = Date.now() - Math.max(crowded.since, flow.lastProgressAt);
			const causeHidden = problem.code === undefined || !isKlingCode(problem.code);
			const hopeless = causeHidden && crowded.refusals >= BARE_429_ATTEMPTS;
			if (hopeless || stalledMs > this.patienceMs) return failed({ ...problem, retry: 'never' });
			if (problem.cause === 'busy' && !alone) return 'queueAgain';
			const freedBefore = flow.freedPlaces;
			const { cause } = problem;
			const placeFreed = () => cause === 'busy' && flow.freedPlaces > freedBefore;
			if (!(await this.backOff(problem, crowded.refusals, placeFreed))) {
				return this.endOf(reply);
			}
		}
	}

	/** What a request ends with that may not be repeated any more. */
	private endOf(reply: Reply<Payload>): Reply<Payload> {
		return this.stopped ? failed(cancelled()) : reply;
	}

	private async once(request: KlingRequest): Promise<Reply<Payload>> {
		const answer = await send(this.context, this.baseUrl, request);
		// Cleaned before it is read: a gateway may echo the key anywhere, also in what becomes an output item.
		const reply = answer.ok
			? unwrap({ ...answer.value, text: this.secrets.clean(answer.value.text) })
			: answer;
		return reply.ok ? reply : failed(this.secrets.cleanProblem(reply.problem));
	}

	private get cancelSignal(): AbortSignal | undefined {
		return 'getExecutionCancelSignal' in this.context
			? this.context.getExecutionCancelSignal()
			: undefined;
	}
}

/** What is not at an address now will not be there next time either. */
function isPointless({ retry, cause }: Problem): boolean {
	return retry === 'never' || cause === 'notOffered';
}
