import type { BinaryHelperFunctions } from 'n8n-workflow';

export type FileStream = Awaited<ReturnType<BinaryHelperFunctions['getBinaryStream']>>;

/** For the whole file: a server that stops in the middle must not keep the node for ever. */
export const LONGEST_MS = 120_000;

/**
 * Ends a transfer whose time is over, or whose execution is stopped. `AbortSignal.any` is not up to it: Node 20 collects
 * what it gives while a body is still read. Here the body holds its deadline, and the deadline its signals.
 */
export class Deadline {
	private readonly controller = new AbortController();
	private readonly tooLong = AbortSignal.timeout(LONGEST_MS);
	private body: FileStream | undefined;

	/** @param stop of the execution */
	constructor(private readonly stop?: AbortSignal) {
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
		// Whoever reads it hears of an error; between two reads there may be nobody.
		body.on('error', () => undefined);
		body.once('close', () => this.release());
	}

	/** Nothing more will come. */
	release(): void {
		this.tooLong.removeEventListener('abort', this.onTooLong);
		this.stop?.removeEventListener('abort', this.onStop);
		this.body = undefined;
	}

	private readonly onTooLong = () => this.end('it took longer than two minutes');
	private readonly onStop = () => this.end('the execution was stopped');

	private end(why: string): void {
		// First the body, so that its reader is told why.
		this.body?.destroy(new Error(why));
		this.controller.abort();
		this.release();
	}
}
