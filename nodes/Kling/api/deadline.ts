import type { BinaryHelperFunctions } from 'n8n-workflow';

/** A stream as n8n gives it, without Node's own modules, which n8n refuses. */
export type ByteStream = Awaited<ReturnType<BinaryHelperFunctions['getBinaryStream']>>;

/**
 * Ends a request, its body included, when its time is over or the execution is stopped. axios' own timeout does not
 * bound a body that drips. `AbortSignal.any` does not work either: Node 20 garbage-collects its signal while a body is
 * still read. So the request keeps its deadline alive, and the deadline its signals.
 */
export class Deadline {
	/** Why it ended, once it has. */
	endedBy: 'stop' | 'time' | undefined;

	private readonly controller = new AbortController();
	private readonly time: AbortSignal;
	private body: ByteStream | undefined;

	/**
	 * @param ms from now until the last byte
	 * @param stop of the execution
	 */
	constructor(
		private readonly ms: number,
		private readonly stop?: AbortSignal,
	) {
		this.time = AbortSignal.timeout(Math.max(1, Math.ceil(ms)));
		this.time.addEventListener('abort', this.onTime);
		stop?.addEventListener('abort', this.onStop);
		if (stop?.aborted) this.onStop();
	}

	/** For the request. */
	get signal(): AbortSignal {
		return this.controller.signal;
	}

	/** Watches over the body that came, until it is closed. */
	guard(body: ByteStream): void {
		this.body = body;
		// Its reader hears of an error; between two reads there may be none.
		body.on('error', () => undefined);
		body.once('close', () => this.release());
		if (this.endedBy) body.destroy(new Error(this.reason));
	}

	/** To be called when nothing more will come. */
	release(): void {
		this.time.removeEventListener('abort', this.onTime);
		this.stop?.removeEventListener('abort', this.onStop);
		this.body = undefined;
	}

	private readonly onTime = () => this.end('time');
	private readonly onStop = () => this.end('stop');

	private end(why: 'stop' | 'time'): void {
		this.endedBy ??= why;
		// First the body, so that its reader is told why.
		this.body?.destroy(new Error(this.reason));
		this.controller.abort();
		this.release();
	}

	/** The end of a sentence about a file. */
	private get reason(): string {
		return this.endedBy === 'stop'
			? 'the execution was stopped'
			: `it took longer than ${String(Math.round(this.ms / 1000))} s`;
	}
}
