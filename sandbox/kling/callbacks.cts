import { createHmac } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import axios, { isAxiosError } from 'axios';
import { kinds } from './kinds/index.cjs';
import { proxyFor } from './media/fetchSource.cjs';
import type { SeededRandom } from './random.cjs';
import type { SandboxTask, TaskStatus } from './task.cjs';
import { type Viewer, callbackJson, encode, newStandardJson } from './view.cjs';

const ANSWER_MS = 10_000;

export interface RecordedCallback {
	task_id: string;
	task_status: TaskStatus;
	url: string;
	headers: Record<string, string>;
	/** The very text that was sent and signed. */
	body: string;
	/** performance.now() when it was sent. */
	time: number;
	/** HTTP status of the receiver; absent while it has not answered. */
	status?: number;
	/** Why there is no status: refused, timed out. */
	error?: string;
}

/** Standard Webhooks: `v1,<base64 HMAC-SHA256 of "id.timestamp.body">`, as Kling's page on callbacks says. */
export function signCallback(secret: string, id: string, seconds: number, body: string): string {
	const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
	return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** Tells a task's `callback_url` of each status, in order unless told to shuffle. */
export class CallbackSender {
	readonly sent: RecordedCallback[] = [];
	/** What the `dropped` fault kept back. */
	readonly dropped: RecordedCallback[] = [];
	private readonly waiting = new Map<string, Promise<void>>();
	private readonly held = new Map<string, RecordedCallback[]>();
	private readonly stopping = new AbortController();

	constructor(
		private readonly viewer: Viewer,
		private readonly random: SeededRandom,
	) {
		// Every callback under way listens here.
		setMaxListeners(0, this.stopping.signal);
	}

	stop(): void {
		this.stopping.abort();
	}

	announce(task: SandboxTask): void {
		const { options } = this.viewer;
		if (!options.callbacks || task.callback_url === undefined) return;
		const callback = this.prepare(task, task.callback_url);
		if (!options.callbackFaults?.shuffled) return this.dispatch([callback]);
		const held = [...(this.held.get(task.task_id) ?? []), callback];
		const ended = task.task_status === 'succeed' || task.task_status === 'failed';
		this.held.set(task.task_id, ended ? [] : held);
		if (ended) this.dispatch(this.random.shuffled(held));
	}

	private prepare(task: SandboxTask, url: string): RecordedCallback {
		const { options } = this.viewer;
		const isNew = options.callbackForm === 'newStandard' || kinds[task.kind].isNewStandard;
		const told = isNew
			? newStandardJson(task, this.viewer, options.callbackVoices)
			: callbackJson(task, this.viewer);
		const body = encode(told, options);
		const headers: Record<string, string> = { 'content-type': 'application/json' };
		if (options.webhookSecret !== undefined) {
			const id = this.random.id(9);
			const seconds = Math.floor(Date.now() / 1000);
			headers['webhook-id'] = id;
			headers['webhook-timestamp'] = String(seconds);
			headers['webhook-signature'] = signCallback(options.webhookSecret, id, seconds, body);
		}
		const { task_id, task_status } = task;
		return { task_id, task_status, url, headers, body, time: 0 };
	}

	private dispatch(callbacks: RecordedCallback[]): void {
		const { dropped = 0, doubled = 0, delayedMs = 0 } = this.viewer.options.callbackFaults ?? {};
		for (const callback of callbacks) {
			if (this.random.chance(dropped)) {
				this.dropped.push(callback);
				continue;
			}
			const copies = this.random.chance(doubled) ? [callback, { ...callback }] : [callback];
			const before = this.waiting.get(callback.task_id) ?? Promise.resolve();
			this.waiting.set(callback.task_id, this.sendAll(copies, before, delayedMs));
		}
	}

	private async sendAll(
		copies: RecordedCallback[],
		before: Promise<void>,
		delayMs: number,
	): Promise<void> {
		const { signal } = this.stopping;
		// Only a stop ends this early, and then nobody waits for it.
		await Promise.all([before, sleep(delayMs, undefined, { signal })]).catch(() => undefined);
		for (const callback of copies) if (!signal.aborted) await this.send(callback);
	}

	private async send(callback: RecordedCallback): Promise<void> {
		callback.time = performance.now();
		this.sent.push(callback);
		try {
			const { status } = await axios.post(callback.url, Buffer.from(callback.body), {
				headers: callback.headers,
				timeout: ANSWER_MS,
				proxy: proxyFor(callback.url),
				signal: this.stopping.signal,
				validateStatus: () => true,
			});
			callback.status = status;
		} catch (error) {
			callback.error = isAxiosError(error) ? (error.code ?? error.message) : String(error);
		}
	}
}
