import type { BinaryHelperFunctions } from 'n8n-workflow';

export type FileStream = Awaited<ReturnType<BinaryHelperFunctions['getBinaryStream']>>;

/** For the whole file: a server that stops in the middle must not keep the node for ever. */
export const LONGEST_MS = 120_000;
/** The same where a file may have more than 600 MB: in this time, a line of 10 Mbit/s carries 750 MB. */
const LONGEST_OF_LARGE_MS = 600_000;
const LARGE_BYTES = 600 * 1024 * 1024;

/** How long a file of at most so many bytes may take. */
export const longestMs = (mostBytes: number): number =>
	mostBytes > LARGE_BYTES ? LONGEST_OF_LARGE_MS : LONGEST_MS;

/**
 * Ends a transfer whose time is over, or whose execution is stopped. `AbortSignal.any` does not work here: Node 20
 * garbage-collects its signal while a body is still read. So the body keeps its deadline alive, and the deadline its signals.
 */
export class Deadline {
	private readonly controller = new AbortController();
	private readonly tooLong: AbortSignal;
	private body: FileStream | undefined;

	/**
	 * @param stop of the execution
	 * @param ms for the whole file
	 */
	constructor(
		private readonly stop?: AbortSignal,
		private readonly ms = LONGEST_MS,
	) {
		this.tooLong = AbortSignal.timeout(Math.ceil(ms));
		this.tooLong.addEventListener('abort', this.onTooLong);
		stop?.addEventListener('abort', this.onStop);
		if (stop?.aborted) this.onStop();
	}

	/** For the request. */
	get signal(): AbortSignal {
		return this.controller.signal;
	}

	/** Watches over what came, until it is closed. */
	guard(body: FileStream): void {
		this.body = body;
		// A read rejects with an error; between two reads nobody listens.
		body.on('error', () => undefined);
		body.once('close', () => this.release());
	}

	/** Nothing more will come. */
	release(): void {
		this.tooLong.removeEventListener('abort', this.onTooLong);
		this.stop?.removeEventListener('abort', this.onStop);
		this.body = undefined;
	}

	private readonly onTooLong = () =>
		this.end(`it took longer than ${String(Math.round(this.ms / 1000))} s`);
	private readonly onStop = () => this.end('the execution was stopped');

	private end(why: string): void {
		// First the body, so that its reader is told why.
		this.body?.destroy(new Error(why));
		this.controller.abort();
		this.release();
	}
}
