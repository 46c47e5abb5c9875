import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { Connection } from './connection';
import type { Payload } from './envelope';
import { cancelled } from './errors';
import { tooLate } from './faults';
import { Limiter } from './limiter';
import { Refusals } from './refusals';
import { failed, ok, type Problem, type Reply } from './reply';
import { cancelSignalOf, type KlingContext, type KlingRequest } from './request';
import { pauseBefore, READS, repeat } from './retry';

export type { KlingContext };

export interface Limits {
	/** Creates in flight, and reads in flight, at most. */
	maxConcurrency?: number;
	/** How long a full account may let nothing through before an item gives up. */
	patienceMs?: number;
}

/** How soon a waiting node notices that the execution was stopped or that a place became free. */
const SLICE_MS = 200;

/**
 * The one door to the API: keeps the number of requests in flight, repeats what may be repeated, and waits.
 * One client serves all items of a run.
 */
export class KlingClient {
	private readonly limiters: Record<KlingRequest['method'], Limiter>;

	private halted = false;

	private readonly patienceMs: number;

	/** Creates in flight, and whatever else of a run is to be as many at most. */
	readonly maxConcurrency: number;

	private constructor(
		private readonly context: KlingContext,
		private readonly connection: Connection,
		{ maxConcurrency = 5, patienceMs = 300_000 }: Limits,
	) {
		this.patienceMs = patienceMs;
		this.maxConcurrency = maxConcurrency;
		// Kling's limit counts creates only, and a read must not queue behind a hundred of them.
		this.limiters = { GET: new Limiter(maxConcurrency), POST: new Limiter(maxConcurrency) };
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
		const connection = await Connection.open(context, known);
		return connection.ok ? ok(new KlingClient(context, connection.value, limits)) : connection;
	}

	/** Whether "I do not know this id" from this address proves that nothing was made under it. */
	get mayProveAbsence(): boolean {
		return this.connection.mayProveAbsence;
	}

	/** Whether somebody else's pages say what this address takes. */
	get isGateway(): boolean {
		return this.connection.isGateway;
	}

	get host(): string {
		return this.connection.host;
	}

	/** True once the user has stopped the execution, or another item's error has ended the run. */
	get stopped(): boolean {
		return this.halted || (cancelSignalOf(this.context)?.aborted ?? false);
	}

	/** Ends every wait and sends nothing more. */
	halt(): void {
		this.halted = true;
	}

	/** Tells those who wait for a place at Kling that one is free. */
	taskFinished(): void {
		this.limiters.POST.freedPlace();
	}

	/**
	 * A read: repeated on network faults, server errors and refusals that pass; gives the payload.
	 * @param timeoutMs for all attempts together
	 */
	async read(path: string, query?: IDataObject, timeoutMs?: number): Promise<Reply<Payload>> {
		return await this.readUntil({ method: 'GET', path, query }, timeoutMs);
	}

	/** The same from the root of the host, where gateways have what is not Kling's. */
	async readAtRoot(path: string): Promise<Reply<Payload>> {
		return await this.readUntil({ method: 'GET', path, isAtRoot: true });
	}

	private async readUntil(request: KlingRequest, timeoutMs?: number): Promise<Reply<Payload>> {
		const until = timeoutMs === undefined ? Infinity : Date.now() + timeoutMs;
		return await repeat(READS, {
			send: async () => await this.exchangeUntil(request, until),
			wait: async (problem, attempt) =>
				Date.now() + (problem.retryAfterMs ?? 0) < until &&
				(await this.backOffUntil(until, problem, attempt)),
			end: (problem, _mayBeDone, isCut) => (isCut ? this.endOf(problem) : problem),
		});
	}

	/**
	 * One request, one answer. Only a refusal because of too many requests is dealt with here, as nothing was
	 * done then, and is final when it comes out; everything else the caller judges. All of it ends with the request's
	 * own time, waiting for a place included.
	 */
	async exchange(request: KlingRequest): Promise<Reply<Payload>> {
		const { timeoutMs } = request;
		const until = timeoutMs === undefined ? Infinity : Date.now() + timeoutMs;
		return await this.exchangeUntil(request, until);
	}

	private async exchangeUntil(request: KlingRequest, until: number): Promise<Reply<Payload>> {
		const limiter = this.limiters[request.method];
		const refusals = new Refusals();
		for (;;) {
			const reply = await limiter.run(
				async () => await this.sendInPlace(limiter, request, refusals, until),
			);
			if (reply !== 'queueAgain') return reply;
		}
	}

	/**
	 * Waits before the next attempt.
	 * @returns false when there is no point in going on: stopped, or told to wait for minutes
	 */
	async backOff(problem: Problem, attempt: number, enough?: () => boolean): Promise<boolean> {
		const ms = pauseBefore(problem, attempt);
		if (ms !== undefined && this.connection.isDead(problem, ms)) return false;
		// Where the server has said how long, an earlier attempt would only be refused.
		const mayEndEarly = problem.retryAfterMs === undefined;
		return ms !== undefined && (await this.pause(ms, mayEndEarly ? enough : undefined));
	}

	/** The same, but never longer than until then; false at the latest when no time is left. */
	private async backOffUntil(
		until: number,
		problem: Problem,
		attempt: number,
		enough?: () => boolean,
	): Promise<boolean> {
		const left = until - Date.now();
		const isTooLong = (problem.retryAfterMs ?? 0) >= left;
		// The caller looks again when its time is up, so until then there is no point in asking.
		if (isTooLong) await this.pause(left);
		return !isTooLong && (await this.backOff(problem, attempt, enough)) && Date.now() < until;
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
	 * Sends while holding a place in the limiter. A request that was refused beside others queues again, as
	 * those others set the pace; one that was refused alone keeps its place and lets time pass, so that a
	 * hundred waiting items send one request and not a hundred.
	 */
	private async sendInPlace(
		limiter: Limiter,
		request: KlingRequest,
		refusals: Refusals,
		until: number,
	): Promise<Reply<Payload> | 'queueAgain'> {
		for (;;) {
			if (this.stopped) return failed(cancelled());
			const leftMs = until - Date.now();
			if (leftMs <= 0) return failed(outOfTime(this.host));
			const timeoutMs = Math.min(leftMs, request.onSend?.() ?? Infinity);
			const reply = await this.connection.once({ ...request, timeoutMs });
			if (reply.ok) {
				limiter.succeeded();
				return reply;
			}
			const { problem } = reply;
			const { cause } = problem;
			if (cause !== 'busy' && cause !== 'rate') return reply;
			refusals.add();
			const alone = limiter.refused();
			if (refusals.areHopeless(problem, limiter.lastProgressAt, this.patienceMs))
				return failed({ ...problem, retry: 'never' });
			if (cause === 'busy' && !alone) return 'queueAgain';
			const freedBefore = limiter.freedPlaces;
			const placeFreed = () => cause === 'busy' && limiter.freedPlaces > freedBefore;
			if (!(await this.backOffUntil(until, problem, refusals.count, placeFreed))) {
				return failed(this.endOf(problem));
			}
		}
	}

	/** What a request ends with that may not be repeated. */
	private endOf(problem: Problem): Problem {
		return this.stopped ? cancelled() : problem;
	}
}

/** Nothing was sent: it never had its turn. */
const outOfTime = (host: string): Problem => ({ ...tooLate(host), retry: 'afterPause' });
