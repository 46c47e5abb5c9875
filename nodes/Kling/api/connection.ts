import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { unwrap, type Payload } from './envelope';
import { notSent } from './errors';
import { NETWORK_FAULTS } from './errorTable';
import { NEVER_CONNECTED, messageOf } from './faults';
import {
	CREDENTIAL,
	baseUrlOf,
	billingModelOf,
	isKlingHost,
	leadsToOneAccount,
	secretsOf,
} from './gateway';
import { noteReached, wasReached } from './reachedHosts';
import { failed, ok, type Problem, type Reply } from './reply';
import { send, type KlingContext, type KlingRequest } from './request';
import { SecretCleaner } from './secrets';

/** A host that has never answered is most likely a wrong address: the user learns of it within five seconds. */
const LONGEST_DEAD_MS = 4_000;

/** The address and the key of one run: sends a request, reads the answer, and keeps the key out of it. */
export class Connection {
	private firstSentMs: number | undefined;

	private readonly secrets: SecretCleaner;

	/** Whether "I do not know this id" from this address proves that nothing was made under it. */
	readonly mayProveAbsence: boolean;

	/** The model by which the gateway bills what has none of its own. */
	private readonly billingModel: string | undefined;

	private constructor(
		private readonly context: KlingContext,
		private readonly credentials: ICredentialDataDecryptedObject,
		private readonly baseUrl: string,
	) {
		this.secrets = new SecretCleaner(secretsOf(credentials));
		this.mayProveAbsence = leadsToOneAccount(credentials);
		this.billingModel = billingModelOf(credentials);
	}

	/**
	 * Fails in words when the node has no credential, or one without a usable base URL.
	 * @param known the credential, by those who have it already
	 */
	static async open(
		context: KlingContext,
		known?: ICredentialDataDecryptedObject,
	): Promise<Reply<Connection>> {
		let credentials: ICredentialDataDecryptedObject;
		try {
			credentials = known ?? (await context.getCredentials(CREDENTIAL));
		} catch (error) {
			// n8n's own words: there is none, or it may not be used here.
			return failed({ ...notSent(messageOf(error)), remedy: 'chooseCredential' });
		}
		try {
			return ok(new Connection(context, credentials, baseUrlOf(credentials)));
		} catch (error) {
			return failed(notSent(messageOf(error)));
		}
	}

	/** Whether somebody else's pages say what this address takes. */
	get isGateway(): boolean {
		return !isKlingHost(this.baseUrl);
	}

	get host(): string {
		return new URL(this.baseUrl).hostname;
	}

	/** One attempt, whatever comes of it. */
	async once(request: KlingRequest): Promise<Reply<Payload>> {
		this.firstSentMs ??= Date.now();
		const answer = await send(this.context, this.baseUrl, this.billed(request), this.credentials);
		// A connection that broke was made, too.
		const { code = '' } = answer.ok ? {} : answer.problem;
		if (answer.ok || NETWORK_FAULTS[code]?.arrived) noteReached(this.baseUrl);
		// Cleaned before it is read: a gateway may echo the key anywhere, also in what becomes an output item.
		const reply = answer.ok
			? unwrap({ ...answer.value, text: this.secrets.clean(answer.value.text) })
			: answer;
		if (reply.ok) return reply;
		const problem = request.method === 'GET' ? asRead(reply.problem) : reply.problem;
		return failed(this.secrets.cleanProblem(problem));
	}

	/** Whether the host has never answered this n8n, so that an answer after one more pause is unlikely. */
	isDead({ code = '' }: Problem, pauseMs: number): boolean {
		const triedMs = Date.now() - (this.firstSentMs ?? Date.now());
		const isUnknown = NEVER_CONNECTED.test(code) && !wasReached(this.baseUrl);
		return isUnknown && triedMs + pauseMs > LONGEST_DEAD_MS;
	}

	/** Some gateways bill what has no model of its own by the model that a credential names. */
	private billed(request: KlingRequest): KlingRequest {
		if (this.billingModel === undefined || request.isAtRoot) return request;
		const named = { model_name: this.billingModel };
		if (request.method === 'GET') return { ...request, query: { ...named, ...request.query } };
		// Only what makes a task has an id of ours.
		const { body } = request;
		return body && 'external_task_id' in body
			? { ...request, body: { ...named, ...body } }
			: request;
	}
}

/** A CDN that takes a client for a robot answers with a page; the next look may pass. */
const asRead = (problem: Problem): Problem =>
	problem.cause === 'unreadable' && problem.httpStatus === 403
		? { ...problem, retry: 'afterLook' }
		: problem;
